import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import reembed, sync
from qa_app.assistant import Assistant, encoder_words, open_assistant, reader_words
from qa_app.pipeline import answer
from qa_app.records.receipts import BrokenReceipt, answer_of, parse_receipt, receipt, receipt_json, receipt_values
from qa_app.records.verification import verify
from qa_app.types import Sentence
from tests.embeddings.helpers import write
from tests.qa_app.records.receipts_made import Articles, article, made, quote, read

QUESTION = "what rainwater system does Arkadag use?"
TOWER = article("The tower is 90 metres high. It was built in 1911.")
RECEIPT = made(quote(TOWER, 0, 28, short=(13, 22)), passages=(read(TOWER, 0, 50),))


@pytest.mark.parametrize("question", [QUESTION, "Who won the 2022 World Cup?"])
def test_a_real_answer_comes_back_whole_and_verifies(assistant: Assistant, seeds: Path, question: str) -> None:
    found = answer(assistant, question)
    with assistant.index.snapshot() as snapshot:
        kept = receipt(found, assistant, snapshot)
        assert parse_receipt(receipt_json(kept)) == kept
        again = answer_of(kept, snapshot)
        assert [v.state for v in verify(kept, snapshot)] == ["there"] * len(found.citations)
    places = [(p.chunk.document, p.chunk.start, p.chunk.end, p.chunk.text, p.chunk.title) for p in found.passages]
    assert [
        (p.chunk.document, p.chunk.start, p.chunk.end, p.chunk.text, p.chunk.title) for p in again.passages
    ] == places
    assert [(p.dense, p.lexical, p.fused, p.reader) for p in again.passages] == [
        (p.dense, p.lexical, p.fused, p.reader) for p in found.passages
    ]
    assert replace(again, passages=found.passages) == found
    sums = [(quote.citation.document, quote.text_sha256) for quote in kept.quotes]
    sums += [(read.document, read.text_sha256) for read in kept.passages]
    for path, digest in sums:
        assert digest == hashlib.sha256((seeds / path).read_bytes()).hexdigest()
    assert (kept.encoder, kept.reader) == (
        encoder_words(assistant.index.encoder.identity),
        reader_words(assistant.index.encoder.identity.name),
    )
    assert (kept.build, kept.generation) == ("0001", found.generation)


def test_a_receipt_written_after_a_re_embedding_names_the_build_that_was_searched(
    tmp_path: Path, encoder: SentenceEncoder
) -> None:
    write(tmp_path / "articles", "Tower.txt", "The tower of Ashford was built in 1911 by Ada Moore.")
    sync(tmp_path / "articles", tmp_path / "index", encoder)
    assistant = open_assistant(tmp_path / "index", encoder=encoder)
    found = answer(assistant, "When was the tower of Ashford built?")
    reembed(tmp_path / "articles", tmp_path / "index", encoder)
    with assistant.index.snapshot() as snapshot:
        kept = receipt(found, assistant, snapshot)
        assert snapshot.build_name == "0002"
    assert found.build == kept.build == "0001"


def test_an_article_that_changed_while_the_answer_was_made_has_no_sha(assistant: Assistant) -> None:
    found = answer(assistant, QUESTION)
    first = found.citations[0]
    changed = article("Other words altogether.", first.document)
    kept = receipt(found, assistant, Articles(changed))
    assert kept.quotes[0].text_sha256 is None and kept.passages[0].text_sha256 is None
    assert parse_receipt(receipt_json(kept)) == kept
    assert answer_of(kept, Articles(changed)).passages == ()


def test_passages_of_a_changed_or_removed_article_are_left_out_and_quotes_stay() -> None:
    other = article("Nothing was built.", "b.txt")
    kept = replace(RECEIPT, passages=(read(TOWER, 0, 50), read(other, 0, 7)))
    shown = answer_of(kept, Articles(TOWER, other))
    assert [(p.chunk.document, p.chunk.text) for p in shown.passages] == [("a.txt", TOWER.text), ("b.txt", "Nothing")]
    shown = answer_of(kept, Articles(article(TOWER.text + " It fell.")))
    assert shown.passages == () and shown.citations == (RECEIPT.quotes[0].citation,)


@given(st.text(max_size=30), st.text(min_size=1, max_size=30), st.booleans())
def test_any_words_come_back(question: str, text: str, supported: bool) -> None:
    document = article(text)
    sentence = Sentence(text, (1,), supported, None if supported else question)
    kept = made(quote(document, 0, len(text)), passages=(read(document, 0, len(text)),), question=question)
    kept = replace(kept, writer="a model", sentences=(sentence,), notice=question)
    assert parse_receipt(receipt_json(kept)) == kept == parse_receipt(receipt_json(kept, indent=None))


def _changed(path: str, value: Any) -> str:
    values = json.loads(receipt_json(RECEIPT))
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    target = values
    for step in way:
        target = target[step]
    target[last] = value
    return json.dumps(values)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Invalid JSON: EOF"),
        ("[]", "Input should be an object"),
        ('{"format": 1, "quotes": []}', "question: Field required"),
        ("[" * 100_000, "recursion limit exceeded"),
        (_changed("format", 2), "format 2, but this program reads format 1"),
        (f'{{"format": {"7" * 97}}}', "format: "),
        (
            _changed("quotes.0.citation.quote", "The tower is 90 m high."),
            r"quotes\[0\]: the quote has 23 characters",
        ),
        (
            _changed("quotes.0.citation.start", -1),
            r"quotes\[0\]: the quote has 28 characters, but its range is \[-1, 28\)",
        ),
        (_changed("quotes.0.citation.short", [20, 29]), r"quotes\[0\]: the short answer is not inside"),
        (_changed("quotes.0.citation.passage_end", 20), r"quotes\[0\]: the quote is not inside its passage"),
        (_changed("quotes.0.citation.start", "0"), r"quotes\[0\]\.citation\.start: Input should be a valid integer"),
        (_changed("passages.0.end", 0), r"passages\[0\]: \[0, 0\) is not a range"),
        (_changed("confidence", float("nan")), "confidence: Input should be a finite number"),
        (_changed("passages.0.fused", float("inf")), r"passages\[0\]\.fused: Input should be a finite number"),
        (_changed("abstained", 0), "abstained: Input should be a valid boolean"),
        (_changed("question", "\ud800"), "Invalid JSON: unexpected end of hex escape"),
    ],
)
def test_an_edited_or_foreign_file_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(BrokenReceipt, match=reason) as broken:
        parse_receipt(text)
    assert broken.value.next_step


def test_the_receipt_has_everything_that_a_checker_needs() -> None:
    values = receipt_values(RECEIPT)
    assert values["format"] == 1
    assert values["quotes"][0]["text_sha256"] == hashlib.sha256(TOWER.text.encode()).hexdigest()
    citation = values["quotes"][0]["citation"]
    assert TOWER.text[citation["start"] : citation["end"]] == citation["quote"]
