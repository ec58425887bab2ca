"""Files written by earlier versions can still be read. tests/data/stored keeps them; a changed format adds new ones."""

import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from embeddings.scope import Scope
from qa_app.evaluation.results import read_result, result_json
from qa_app.records.conversations import Conversations
from qa_app.records.export import parse_receipts
from qa_app.records.receipts import parse_receipt, receipt_json
from qa_app.threshold import fitted_threshold
from qa_app.types import Sentence

STORED = Path(__file__).resolve().parents[1] / "data" / "stored"
QUESTION = "What rainwater system does Arkadag use?"


def _text(name: str) -> str:
    return (STORED / name).read_text(encoding="utf-8")


def _with_later_fields(name: str) -> dict[str, Any]:
    """Return a stored receipt with the fields that came after it, as they are without a value."""
    values: dict[str, Any] = json.loads(_text(name))
    limits: dict[str, Any] = {"within": [], "authors": [], "languages": [], "after": None, "before": None}
    limits |= {"folders": [], "labels": []}
    later = {"scope": limits | values.get("scope", {}), "searched_documents": values.get("searched_documents")}
    routed: dict[str, Any] = {"kind": "fact", "sections": [], "articles": [], "filter": None}
    for quote in values["quotes"]:
        quote["citation"] = {"context": [], "copies": [], "shown": "", "folder": None} | quote["citation"]
    values["passages"] = [{"folder": None} | passage for passage in values["passages"]]
    return routed | values | later


def test_a_receipt_opens_and_is_written_as_it_was_with_the_fields_that_came_later() -> None:
    receipt = parse_receipt(_text("receipt.json"))
    assert (receipt.question, receipt.short_answer) == (QUESTION, "a rainwater collection system")
    assert receipt.sentences[1] == Sentence("It was built in 1999.", (), False, "1999 is in no passage")
    assert json.loads(receipt_json(receipt)) == _with_later_fields("receipt.json")


def test_a_receipt_with_context_and_copies_opens_and_is_written_as_it_was() -> None:
    receipt = parse_receipt(_text("receipt_with_context.json"))
    citation = receipt.quotes[0].citation
    assert (receipt.short_answer, citation.readable) == ("12 euros", "Boat: Rowing boat; Price: 12 euros")
    assert [(each.kind, each.quote) for each in citation.context] == [
        ("heading", "Prices"),
        ("table header", "Boat | Price"),
    ]
    assert citation.copies == ("Harbour_guide_copy.md",)
    assert json.loads(receipt_json(receipt)) == _with_later_fields("receipt_with_context.json")


def test_a_receipt_with_limits_opens_and_is_written_as_it_was() -> None:
    receipt = parse_receipt(_text("receipt_with_limits.json"))
    assert receipt.scope == Scope(within=("reports/2025",), authors=("Dahl",), languages=("en",), after="2025-03-01")
    assert receipt.searched_documents == 3
    assert json.loads(receipt_json(receipt)) == _with_later_fields("receipt_with_limits.json")


def test_a_receipt_without_its_optional_fields_opens() -> None:
    values = json.loads(_text("receipt.json"))
    for name in ("writer", "sentences", "notice"):
        del values[name]
    del values["quotes"][0]["citation"]["short"]
    receipt = parse_receipt(json.dumps(values))
    assert (receipt.writer, receipt.sentences, receipt.notice, receipt.quotes[0].citation.short) == (
        None,
        (),
        None,
        None,
    )


def test_an_exported_conversation_opens() -> None:
    assert [receipt.question for receipt in parse_receipts(_text("conversation.json"), "x")] == [
        QUESTION,
        "How much does it save?",
        "Who won the 2022 World Cup?",
    ]


def test_a_result_opens_and_is_written_as_it_was() -> None:
    result = read_result(STORED / "result.json")
    assert [outcome.id for outcome in result.outcomes] == ["a", "b", "c"]
    assert json.loads(json.dumps(result_json(result))) == json.loads(_text("result.json"))


def test_a_threshold_opens() -> None:
    assert fitted_threshold(STORED, "all-MiniLM-L6-v2 53aa5117", "e85a64df 24b54df8") == 0.051


@pytest.fixture
def conversations(tmp_path: Path) -> Path:
    return Path(shutil.copy(STORED / "conversations.sqlite3", tmp_path))


def test_conversations_open(conversations: Path) -> None:
    with closing(Conversations(conversations)) as kept:
        (entry,) = kept.entries()
        turns = kept.turns.of(entry.id)
        assert (entry.title, entry.turns) == (QUESTION, 5)
        assert [turn.position for turn in turns] == [0, 1, 2, 3, 4]
        assert [turn.receipt is None for turn in turns] == [False, False, True, False, True]
        assert turns[2].failure == "The question is empty. Type a question."
        assert [(said.verdict, said.note) for said in kept.feedback.all()] == [
            ("right", "that is the sentence"),
            ("wrong answer", ""),
        ]


def test_an_abstention_kept_without_its_kind_is_one() -> None:
    values = json.loads(_text("receipt.json")) | {"abstained": True, "quotes": [], "text": "The articles don't say."}
    assert parse_receipt(json.dumps(values)).kind == "abstention"
