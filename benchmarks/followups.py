"""Compare ways to search follow-up questions, over sixty written conversations; prints Markdown tables.

    python -m benchmarks.followups OUT --data data/squad/dev.jsonl.gz        4 minutes on two cores

The conversations (benchmarks/conversations.jsonl) are about the seeds and ten of SQuAD's 24 development articles; all of
these are indexed. Each conversation is held with the real assistant. Its last question is then searched and answered in
several ways, with the same history. Twenty conversations (`fit`) were used to correct the rules of `qa_app.rewriting`;
forty (`measure`) were used only for the figures. OUT/followups.jsonl lists what each question searched and found.
"""

import argparse
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from benchmarks.squad import DEFAULT_DATA, write_corpus
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.index import Snapshot
from embeddings.sync import sync
from qa_app.assistant import Assistant, open_assistant
from qa_app.config import AnswerConfig, AssistantConfig
from qa_app.evaluation.metrics.bootstrap import bootstrap, chance, interval
from qa_app.evaluation.metrics.judging import given, holds, judge, places_of, right, without_abstention
from qa_app.evaluation.metrics.weighted import mean
from qa_app.evaluation.question_files import Question, parse_question
from qa_app.evaluation.results import Outcome, Place
from qa_app.pipeline import answer
from qa_app.retrieval import retrieve
from qa_app.rewriting import exchanges, rewrite
from qa_app.types import Exchange, Turn

_HERE = Path(__file__).parent
_SEEDS = _HERE.parent / "seeds"
_FIRST = 5
_KINDS = ("follow-up", "stand-alone", "topic change")
_ALONE = "the question alone"
_PASTED = "the whole history and the question"
_QUESTIONS = "all questions so far"
_OURS = "rewritten"
_TEXT_ONLY = "rewritten, history as text (`batch`)"
_FIGURES = ("found by the search", "found after reranking", "answered correctly")


@dataclass(frozen=True)
class Conversation:
    """A written conversation: its questions, and the gold answers and evidence of the last one."""

    split: str
    """"fit" or "measure"."""
    kind: str
    """The last question's kind, one of `_KINDS`."""
    earlier: tuple[str, ...]
    last: Question


@dataclass(frozen=True)
class Row:
    """The last question of a conversation, searched and answered in one way."""

    conversation: Conversation
    way: str
    searched_for: str
    found: tuple[bool, bool, bool]
    """One flag for each of `_FIGURES`; the first two look at the first five passages."""
    outcome: Outcome


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path, help="working folder")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA / "dev.jsonl.gz")
    parser.add_argument("--split", choices=("fit", "measure"), help="only these conversations (default: both)")
    options = parser.parse_args()
    articles = options.out / "articles"
    write_corpus(options.data, articles)
    for seed in _SEEDS.iterdir():
        shutil.copy(seed, articles)
    encoder = SentenceEncoder()
    sync(articles, options.out / "index", encoder)
    assistant = open_assistant(options.out / "index", AssistantConfig(), encoder)
    conversations = [c for c in read_conversations() if options.split in (None, c.split)]
    with assistant.index.snapshot() as snapshot:
        rows = [row for c in tqdm(conversations, unit="conversation") for row in _rows(c, assistant, snapshot)]
    with (options.out / "followups.jsonl").open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(_row_json(row), ensure_ascii=False) + "\n" for row in rows)
    for split in dict.fromkeys(c.split for c in conversations):
        print(_tables(split, [row for row in rows if row.conversation.split == split]))


def read_conversations(file: Path = _HERE / "conversations.jsonl") -> list[Conversation]:
    """Return the written conversations, in order.

    Raises:
        BrokenLine: a line is not a valid question.
    """
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        values = json.loads(line)
        *earlier, last = values.pop("turns")
        question = parse_question(json.dumps(values | {"question": last}), number, str(file))
        found.append(Conversation(values["split"], values["kind"], tuple(earlier), question))
    return found


def _rows(conversation: Conversation, assistant: Assistant, snapshot: Snapshot) -> Iterator[Row]:
    """Hold a conversation up to its last question; yield that question's row for each way of searching it."""
    earlier: list[Exchange] = []
    for question in conversation.earlier:
        found = answer(assistant, question, earlier)
        titles = tuple(dict.fromkeys(citation.title for citation in found.citations))
        earlier.append(Exchange(question, found.searched_for, found.text, found.short_answer, titles))
    last = conversation.last.question
    turns = [Turn(*turn) for e in earlier for turn in (("user", e.question), ("assistant", e.answer))]
    ways = {
        _ALONE: last,
        _PASTED: " ".join([*(turn.content for turn in turns), last]),
        _QUESTIONS: " ".join([*conversation.earlier, last]),
        _OURS: rewrite(last, earlier),
        _TEXT_ONLY: rewrite(last, exchanges(turns)),
    }
    gold = [place for piece in conversation.last.evidence for place in places_of(piece, snapshot)]
    for way, searched_for in ways.items():
        yield _row(conversation, way, searched_for, gold, assistant, snapshot)


def _row(
    conversation: Conversation,
    way: str,
    searched_for: str,
    gold: Sequence[Place],
    assistant: Assistant,
    snapshot: Snapshot,
) -> Row:
    passages = retrieve(snapshot, searched_for, assistant.config.retrieval)[:_FIRST]
    places = [Place(p.chunk.document, p.chunk.start, p.chunk.end) for p in passages]
    question = Question(conversation.last.id, searched_for, answers=conversation.last.answers)
    outcome = judge(question, gold, without_abstention(assistant), snapshot)
    rank = outcome.gold_rank or 0
    answered = given(outcome, AnswerConfig().threshold) and bool(right(outcome)) and bool(outcome.cited)
    return Row(
        conversation,
        way,
        searched_for,
        (any(holds(place, gold) for place in places), 0 < rank <= _FIRST, answered),
        outcome,
    )


def _tables(split: str, rows: Sequence[Row]) -> str:
    """Return a Markdown table for each figure: shares, and differences with their intervals."""
    ways = list(dict.fromkeys(row.way for row in rows))
    lines = []
    for i, figure in enumerate(_FIGURES):
        groups = {"all": rows} | {kind: [r for r in rows if r.conversation.kind == kind] for kind in _KINDS}
        counts = {name: len(group) // len(ways) for name, group in groups.items()}
        heading = " | ".join(f"{name} ({count})" for name, count in counts.items())
        lines += [
            "",
            f"**{figure}**, per cent of the `{split}` conversations",
            "",
            f"| | {heading} | {_OURS} minus this, all |",
            f"|---{'|---' * 5}|",
        ]
        ours = _flags(rows, _OURS, i)
        for way in ways:
            shares = " | ".join(_share(_flags(group, way, i)) for group in groups.values())
            lines.append(f"| {way} | {shares} | {'' if way == _OURS else _difference(ours, _flags(rows, way, i))} |")
    return "\n".join(lines)


def _flags(rows: Sequence[Row], way: str, figure: int) -> list[bool]:
    return [row.found[figure] for row in rows if row.way == way]


def _share(flags: Sequence[bool]) -> str:
    return f"{100 * sum(flags) / len(flags):.0f}" if flags else ""


def _difference(ours: Sequence[bool], theirs: Sequence[bool]) -> str:
    """Return the difference ours - theirs in points, with its 95 % interval and p from the paired bootstrap."""
    resampled = bootstrap([mean(ours), mean(theirs)], len(ours))
    differences = resampled[0] - resampled[1]
    low, high = interval(differences)
    points = 100 * (sum(ours) - sum(theirs)) / len(ours)
    return f"{points:+.0f} ({100 * low:+.0f} to {100 * high:+.0f}), p {chance(differences):.3f}"


def _row_json(row: Row) -> dict[str, object]:
    return {
        "id": row.outcome.id,
        "kind": row.conversation.kind,
        "earlier": row.conversation.earlier,
        "question": row.conversation.last.question,
        "way": row.way,
        "searched_for": row.searched_for,
        **dict(zip(_FIGURES, row.found, strict=True)),
        "short_answer": row.outcome.short_answer,
        "answers": row.outcome.answers,
        "answer": row.outcome.answer,
    }


if __name__ == "__main__":
    main()
