"""Measure answer quality on SQuAD's measure questions over its 24 development articles; prints Markdown tables.

    python -m benchmarks.quality OUT --data data/squad/dev.jsonl.gz        12 minutes on two cores

Answers come from `python -m qa_app batch`, without abstention; what each threshold would have withheld follows from
their confidence. OUT keeps the corpus, the index and the answers; existing answers are reused.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from benchmarks.squad import DEFAULT_DATA, SquadQuestion, holds, passage_of, question_line, spread, write_corpus
from embeddings.documents.chunks import encoder_input
from embeddings.encoders.sentence_encoder import SentenceEncoder
from qa_app.answer_matching import contains, exact_match, f1
from qa_app.assistant import Assistant, open_assistant
from qa_app.config import AnswerConfig, AssistantConfig
from qa_app.evaluation.metrics.measures import calibration_error
from qa_app.pipeline import answer
from qa_app.question_kinds import wants_sentences, wants_several

_THRESHOLDS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
_TIMED = 200
_OTHERS = 500
_BINS = 10

Flags = npt.NDArray[np.bool_]
Shares = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Answered:
    """A question and the line that `batch` wrote for it."""

    question: SquadQuestion
    answer: dict[str, Any]

    @property
    def exact(self) -> float:
        return exact_match(self.answer["short_answer"] or "", self.question.answers)

    @property
    def f1(self) -> float:
        return f1(self.answer["short_answer"] or "", self.question.answers)

    @property
    def is_right(self) -> bool:
        """Whether a quote of the best passage holds the answer where it was marked, or the short answer is exact."""
        best = self.answer["passages"][0] if self.answer["passages"] else None
        return bool(self.question.answers and self.exact) or any(
            holds(citation["document"], citation["start"], citation["end"], self.question)
            for citation in self.answer["citations"]
            if best and citation["document"] == best["document"] and best["start"] <= citation["start"] < best["end"]
        )

    def gold_within(self, count: int) -> bool:
        """Return whether one of the first `count` passages contains the answer where it was marked."""
        return any(
            holds(passage["document"], passage["start"], passage["end"], self.question)
            for passage in self.answer["passages"][:count]
        )

    def cited(self, count: int | None = None) -> bool:
        """Return whether one of the first `count` citations is from the right paragraph and contains the answer."""
        first, last = self.question.paragraph
        return any(
            citation["document"] == self.question.document
            and first <= citation["start"]
            and citation["end"] <= last
            and any(contains(citation["quote"], words) for words in self.question.answers)
            for citation in self.answer["citations"][:count]
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path, help="working folder")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA / "dev.jsonl.gz")
    parser.add_argument(
        "--others", type=Path, help="train.jsonl.gz: questions about articles that are not in the corpus"
    )
    parser.add_argument("--split", choices=("fit", "measure"), default="measure")
    parser.add_argument("--questions", type=int, metavar="N", help="evenly spread (default: all)")
    options = parser.parse_args()
    everything = write_corpus(options.data, options.out / "articles")
    questions = [question for question in everything if question.split == options.split]
    questions = spread(questions, options.questions or len(questions))
    index = options.out / "index"
    _command("embeddings", "sync", str(options.out / "articles"), "--index", str(index))
    answered = _batch(questions, index, options.out / f"{options.split}.jsonl")
    answerable = [one for one in answered if one.question.answers]
    assistant = open_assistant(index, AssistantConfig(answer=AnswerConfig(threshold=0.0)))

    print(_main_figures(answered, answerable, assistant, options.out / "articles"))
    others = None
    if options.others:
        strange = spread(write_corpus(options.others, options.out / "others"), _OTHERS)
        others = [one.answer["confidence"] for one in _batch(strange, index, options.out / "others.jsonl")]
    print("\n" + _thresholds(answered, others))
    print("\n" + _kinds(answerable))
    _plot(answered, options.out / "reliability.png")


def _batch(questions: Sequence[SquadQuestion], index: Path, file: Path) -> list[Answered]:
    """Answer questions on the command line, without abstention; reuse `file` if it exists."""
    if not file.exists():
        asked = file.with_suffix(".questions.jsonl")
        asked.write_text("".join(json.dumps(question_line(question)) + "\n" for question in questions), "utf-8")
        partial = file.with_suffix(".partial")
        with partial.open("w", encoding="utf-8") as out:
            _command("qa_app", "batch", str(asked), "--index", str(index), "--threshold", "0", stdout=out)
        partial.replace(file)
    answers = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [Answered(question, found) for question, found in zip(questions, answers, strict=True)]


def _command(module: str, *arguments: str, stdout: Any = None) -> None:
    subprocess.run([sys.executable, "-m", module, *arguments], check=True, stdout=stdout)


def _main_figures(
    answered: Sequence[Answered], answerable: Sequence[Answered], assistant: Assistant, articles: Path
) -> str:
    threshold = AnswerConfig().threshold
    kept = [one for one in answerable if one.answer["confidence"] >= threshold]
    confidences, right = _confidences(answered)
    counted = right | np.array([not one.question.answers for one in answered])
    paragraph = _given_paragraph(answered, assistant, articles)

    def share(count: float) -> str:
        return f"{100 * count / len(answerable):.1f}"

    ours, plain = _times([one.question for one in answered], assistant)
    rows = [
        ("exact match / F1, whole corpus, abstaining counts as wrong", f"{share(sum(one.exact for one in kept))} / {share(sum(one.f1 for one in kept))}"),
        ("the same, without abstention", f"{share(sum(one.exact for one in answerable))} / {share(sum(one.f1 for one in answerable))}"),
        ("gold passage first / in the first five", f"{share(sum(one.gold_within(1) for one in answerable))} / {share(sum(one.gold_within(5) for one in answerable))}"),
        ("a citation from the right paragraph contains the answer", share(sum(one.cited() for one in kept))),
        ("the first citation does", share(sum(one.cited(1) for one in kept))),
        ("sentences per answer", f"{np.mean([len(one.answer['citations']) for one in kept]):.2f}"),
        ("AUROC, right answers against unanswerable questions", f"{roc_auc_score(right[counted], confidences[counted]):.3f}"),
        ("expected calibration error", f"{calibration_error(confidences.tolist(), right.tolist()):.3f}"),
        ("exact match / F1, given the gold paragraph", f"{paragraph[0]:.1f} / {paragraph[1]:.1f}"),
        ("AUROC, answerable against unanswerable, given the paragraph", f"{paragraph[2]:.3f}"),
        ("one answer, median", f"{ours:.0f} ms"),
        ("encoding the same passages in float32, median", f"{plain:.0f} ms; ratio {ours / plain:.2f}"),
    ]  # fmt: skip
    heading = f"{len(answered)} questions, {len(answerable)} of them answerable; threshold {threshold}\n\n| figure | |\n|---|---|\n"
    return heading + "\n".join(f"| {name} | {value} |" for name, value in rows)


def _confidences(answered: Sequence[Answered]) -> tuple[Shares, Flags]:
    """Return each answer's confidence, (N,), and whether it is right, (N,)."""
    return (
        np.array([one.answer["confidence"] for one in answered]),
        np.array([one.is_right for one in answered]),
    )


def _given_paragraph(answered: Sequence[Answered], assistant: Assistant, articles: Path) -> tuple[float, float, float]:
    """Return exact match and F1 (per cent, answerable) and AUROC when only the right paragraph is read."""
    texts = {file.name: file.read_text("utf-8") for file in articles.iterdir()}
    exact, overlap, confidence = [], [], []
    for one in answered:
        question = one.question
        start, end = question.paragraph
        title = question.document.removesuffix(".txt")
        passage = passage_of(texts[question.document], start, end, question.document, title)
        best = assistant.reader.read(question.question, [passage])[0]
        confidence.append(best.score)
        if question.answers and best.short_answer:
            exact.append(exact_match(best.short_answer, question.answers))
            overlap.append(f1(best.short_answer, question.answers))
    answerable = [bool(one.question.answers) for one in answered]
    return 100 * float(np.mean(exact)), 100 * float(np.mean(overlap)), float(roc_auc_score(answerable, confidence))


def _times(questions: Sequence[SquadQuestion], assistant: Assistant) -> tuple[float, float]:
    """Return median milliseconds of an answer, and of encoding its passages in float32."""
    plain = SentenceEncoder(bfloat16=False)
    ours, theirs = [], []
    for question in spread(questions, _TIMED):
        started = time.perf_counter()
        found = answer(assistant, question.question)
        ours.append(1000 * (time.perf_counter() - started))
        read = [encoder_input(passage.chunk.title, passage.chunk.readable) for passage in found.passages]
        started = time.perf_counter()
        plain.encode_documents(read)
        theirs.append(1000 * (time.perf_counter() - started))
    return median(ours), median(theirs)


def _thresholds(answered: Sequence[Answered], others: Sequence[float] | None) -> str:
    """Return a Markdown table of what each threshold costs and catches."""
    confidences, right = _confidences(answered)
    unanswerable = np.array([not one.question.answers for one in answered])
    lines = [
        "| threshold | right answers lost | unanswerable, abstained | about other articles, abstained | answers given that are right |",
        "|---|---|---|---|---|",
    ]
    for threshold in sorted({*_THRESHOLDS, AnswerConfig().threshold}):
        below = confidences < threshold
        strange = "" if others is None else f"{100 * np.mean(np.array(others) < threshold):.1f} %"
        mark = "**" if threshold == AnswerConfig().threshold else ""
        lines.append(
            f"| {mark}{threshold:g}{mark} | {100 * below[right].mean():.1f} % | {100 * below[unanswerable].mean():.1f} % "
            f"| {strange} | {100 * right[~below].mean():.1f} % |"
        )
    return "\n".join(lines)


def _kinds(answerable: Sequence[Answered]) -> str:
    """Return a Markdown table of exact match, F1 and citations by kind of question."""
    kinds: dict[str, Callable[[str], bool]] = {
        "wants sentences": wants_sentences,
        "wants several": lambda question: wants_several(question) and not wants_sentences(question),
        "wants a fact": lambda question: not wants_several(question) and not wants_sentences(question),
    }
    lines = ["| kind | questions | exact match | F1 | cited |", "|---|---|---|---|---|"]
    for name, belongs in kinds.items():
        own = [one for one in answerable if belongs(one.question.question)]
        if own:
            values = [np.mean(column) for column in zip(*((o.exact, o.f1, o.cited()) for o in own), strict=True)]
            lines.append(f"| {name} | {len(own)} | " + " | ".join(f"{100 * value:.1f}" for value in values) + " |")
    return "\n".join(lines)


def _plot(answered: Sequence[Answered], file: Path) -> None:
    """Draw a reliability diagram: the share of right answers against confidence."""
    confidences, right = _confidences(answered)
    bins = np.minimum((confidences * _BINS).astype(int), _BINS - 1)
    places = sorted(set(bins.tolist()))
    figure, axes = plt.subplots(figsize=(5, 4.2), layout="constrained")
    axes.plot([0, 1], [0, 1], color="0.7", linestyle="--", label="perfect")
    sizes = [400 * (bins == i).mean() for i in places]
    axes.scatter(
        [confidences[bins == i].mean() for i in places],
        [right[bins == i].mean() for i in places],
        s=sizes,
        label="answers (area: number)",
    )
    axes.set(xlabel="confidence", ylabel="share that is right", xlim=(0, 1), ylim=(0, 1))
    axes.legend(loc="upper left")
    figure.savefig(file, dpi=110)


if __name__ == "__main__":
    main()
