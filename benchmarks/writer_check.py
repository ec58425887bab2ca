"""Measure the check of a writer's sentences on SQuAD: correct ones kept, wrong ones caught; prints a Markdown table.

    python -m benchmarks.writer_check OUT --data data/squad/dev.jsonl.gz          3 minutes on two busy cores
    python -m benchmarks.writer_check OUT --data data/squad/dev.jsonl.gz --fit    prints the weights, fitted on fit questions

Each question is searched and read as in the pipeline. If its passage is among those a writer would get, correct sentences
are made in three ways, and wrong ones from these (benchmarks/planting.py). OUT keeps articles and index.
"""

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, fields
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from benchmarks.planting import Example, Ground, planted, right, statement
from benchmarks.squad import DEFAULT_DATA, SquadQuestion, spread, write_corpus
from embeddings.command_line import run_command
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.answering.fact import reranked
from qa_app.assistant import Assistant, open_assistant
from qa_app.evaluation.threshold_fitting import wilson
from qa_app.generation.prompts import PASSAGES
from qa_app.grounding.checker import Checker, Features, Verdict
from qa_app.grounding.splitting import Written
from qa_app.retrieval import retrieve
from qa_app.types import Candidate, Passage

_SEED = 5
# A sentence and the check's verdict on it.
Judged = tuple[Example, Verdict]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path, help="working folder: articles and index")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA / "dev.jsonl.gz")
    parser.add_argument("--questions", type=int, default=60, metavar="N", help="evenly spread (default: 60)")
    parser.add_argument("--fit", action="store_true", help="use the fit questions and print fitted weights too")
    parser.add_argument("--missed", action="store_true", help="print the sentences that were misjudged")
    options = parser.parse_args(arguments)
    return run_command(lambda: _measure(options))


def _measure(options: argparse.Namespace) -> int:
    everything = write_corpus(options.data, options.out / "articles")
    split = "fit" if options.fit else "measure"
    questions = [
        one for one in everything if one.split == split and one.answers and statement(one.question, one.answers[0])
    ]
    encoder = SentenceEncoder()
    sync(options.out / "articles", options.out / "index", encoder)
    assistant = open_assistant(options.out / "index", encoder=encoder)
    judged: list[Judged] = []
    for question in tqdm(spread(questions, options.questions), file=sys.stderr):
        judged += _judged(question, everything, assistant)
    print(table(judged))
    if options.fit:
        print(fitted(judged))
    if options.missed:
        for example, verdict in judged:
            if bool(verdict.sources) == bool(example.planted):
                print(f"\n{example.made} | {example.planted} | {example.text}\n    {verdict.reason} {verdict.features}")
    return 0


def _judged(question: SquadQuestion, everything: Sequence[SquadQuestion], assistant: Assistant) -> Iterator[Judged]:
    """Yield the sentences made from a question, each with the check's verdict."""
    with assistant.index.snapshot() as snapshot:
        passages = retrieve(snapshot, question.question, assistant.config.retrieval)
    candidates = assistant.reader.read(question.question, passages)
    given = reranked(passages, candidates)[:PASSAGES]
    ground = _ground(question, everything, given, candidates)
    if ground is None:
        return
    checker = Checker(question.question, given, candidates, assistant.reader, assistant.index.encoder)
    dice = random.Random(f"{_SEED} {question.id}")
    for example in right(ground):
        # Errors planted in the shortened sentence would repeat those in the whole one.
        wrong = () if example.made == "clause dropped" else planted(example, ground, dice)
        for one in (example, *wrong):
            yield one, checker.check(Written(one.text, (one.cited,), False))


def _ground(
    question: SquadQuestion,
    everything: Sequence[SquadQuestion],
    given: Sequence[Passage],
    candidates: Sequence[Candidate],
) -> Ground | None:
    """Return what sentences are made from; None if no passage contains the answer where it was marked."""
    answer, (start, end) = question.answers[0], sorted(question.spans)[0]
    for n, passage in enumerate(given, start=1):
        chunk = passage.chunk
        if chunk.document != question.document or not chunk.start <= start < end <= chunk.end:
            continue
        for one in candidates:
            if one.passage.chunk.document == chunk.document and one.start <= start < end <= one.end:
                others = [p.chunk for p in given if p.chunk.document != question.document]
                return Ground(
                    question.question,
                    answer if answer in one.sentence else passage.words(start, end),
                    one.sentence,
                    chunk.text,
                    n,
                    tuple(
                        other.answers[0]
                        for other in everything
                        if other.answers
                        and (other.document, other.paragraph) == (question.document, question.paragraph)
                    ),
                    next((p.chunk.text for p in given if p.chunk.document != question.document), ""),
                    next((i for i, p in enumerate(given, 1) if p.chunk in others), None),
                )
    return None


def table(judged: Sequence[Judged]) -> str:
    """Return a Markdown table of the shares kept and caught, one row per kind, with 95 % intervals (Wilson)."""
    lines = ["| sentences | number | judged correctly | 95 % |", "|---|---|---|---|"]

    def row(name: str, chosen: Callable[[Example], bool]) -> None:
        own = [(e, v) for e, v in judged if chosen(e)]
        if own:
            fine = sum(bool(v.sources) != bool(e.planted) for e, v in own)
            low, high = wilson(fine / len(own), len(own))
            lines.append(
                f"| {name} | {len(own)} | {100 * fine / len(own):.1f} % | {100 * low:.1f} to {100 * high:.1f} |"
            )

    made = list(dict.fromkeys(e.made for e, _ in judged))
    row("**correct, kept**", lambda e: not e.planted)
    for kind in made:
        row(kind, lambda e, kind=kind: not e.planted and e.made == kind)  # type: ignore[misc]
    row("**wrong, caught**", lambda e: bool(e.planted))
    for kind in made:
        row(f"made from: {kind}", lambda e, kind=kind: bool(e.planted) and e.made == kind)  # type: ignore[misc]
    for plant in dict.fromkeys(e.planted for e, _ in judged if e.planted):
        row(plant, lambda e, plant=plant: e.planted == plant)  # type: ignore[misc]
    return "\n".join(lines)


def fitted(judged: Sequence[Judged]) -> str:
    """Return weights fitted on the sentences that the rules for names, numbers and negation do not decide.

    Each kind has the same total weight.
    """
    open_ones = [(e, v.features) for e, v in judged if v.features]
    features = np.array([astuple(c) for _, c in open_ones])  # (sentences, features)
    is_right = np.array([not e.planted for e, _ in open_ones])
    sizes: dict[tuple[str, bool], int] = defaultdict(int)
    for e, _ in open_ones:
        sizes[e.made, bool(e.planted)] += 1
    weights = np.array([1 / sizes[e.made, bool(e.planted)] for e, _ in open_ones])
    model = LogisticRegression(C=3, max_iter=5000).fit(features, is_right, weights / weights.mean())
    p = model.predict_proba(features)[:, 1]
    lines = [f"{f.name}={w:.2f}" for f, w in zip(fields(Features), model.coef_[0], strict=True)]
    text = f"\n{len(open_ones)} undecided: " + ", ".join(lines) + f", bias {model.intercept_[0]:.2f}\n"
    for threshold in np.arange(0.1, 0.9, 0.1):
        kept = {
            kind: np.mean(
                [q >= threshold for (e, _), q in zip(open_ones, p, strict=True) if not e.planted and e.made == kind]
            )
            for kind, _ in sizes
        }
        caught = np.mean([q < threshold for (e, _), q in zip(open_ones, p, strict=True) if e.planted])
        text += (
            f"threshold {threshold:.1f}: kept "
            + ", ".join(f"{k} {100 * v:.0f}" for k, v in kept.items())
            + f"; caught {100 * caught:.0f}\n"
        )
    return text


if __name__ == "__main__":
    sys.exit(main())
