import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qa_app.records.export import (
    answer_markdown,
    conversation_json,
    conversation_markdown,
    conversations_json,
    parse_receipts,
)
from qa_app.records.feedback import Feedback
from qa_app.records.receipts import BrokenReceipt, Receipt, receipt_json
from qa_app.records.turns import KeptTurn
from qa_app.types import Sentence
from tests.qa_app.records.receipts_made import article, made, quote

TOWER = article("The tower is 90 metres high. It was built in 1911.")
RECEIPT = made(quote(TOWER, 0, 28, short=(13, 22)), quote(TOWER, 29, 50, 2))


def _turn(receipt: Receipt | None = RECEIPT, failure: str | None = None, feedback: Feedback | None = None) -> KeptTurn:
    return KeptTurn("t", "c", 0, "How high is the tower?", "2026-01-02T03:04:05+00:00", receipt, failure, feedback)


def test_an_answer_as_markdown() -> None:
    assert answer_markdown(RECEIPT) == (
        "# How high is the tower?\n\n"
        "**90 metres**\n\n"
        "> The tower is **90 metres** high.\n>\n> [1] Title of a.txt, 2024-05-17 (a.txt, characters 0–28)\n\n"
        "> It was built in 1911.\n>\n> [2] Title of a.txt, 2024-05-17 (a.txt, characters 29–50)\n\n"
        "*Answered 2026-01-02T03:04:05+00:00; confidence 75.0%, an answer needs 2.0%; index 0001, state 3;"
        " encoder words 12345678, reader 87654321 12345678.*\n"
    )


def test_what_was_searched_doubt_and_notice_are_said() -> None:
    text = answer_markdown(replace(RECEIPT, searched_for="tower height", doubtful=True, notice="The writer is down."))
    assert "Searched for: tower height" in text and "Not sure that" in text and "*The writer is down.*" in text


def test_an_abstention_says_so() -> None:
    assert "The articles don't say." in answer_markdown(made())


def test_a_written_answer_shows_its_words_its_numbers_and_what_was_not_found() -> None:
    sentences = (Sentence("It is 90 m high.", (1, 2), True), Sentence("It is *red*.", (), False, "no colour is named"))
    text = answer_markdown(replace(RECEIPT, writer="small", sentences=sentences))
    assert "It is 90 m high. [1] [2] It is \\*red\\*. *(not found in the articles)*" in text
    assert "> The tower is **90 metres** high." in text and "worded by small" in text


class _Shown(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


@given(st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=40).filter(str.strip))
def test_nothing_from_a_person_an_article_or_a_model_is_markup(words: str) -> None:
    document = replace(article(words, f"{words}.txt"), title=words, date=words)
    sentence = Sentence(words, (1,), True)
    receipt = replace(
        made(quote(document, 0, len(words)), question=words), writer=words, sentences=(sentence,), notice=words
    )
    turn = _turn(receipt, feedback=Feedback("t", "wrong answer", words, "2026", receipt))
    shown = _Shown()
    shown.feed(MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(conversation_markdown(words, [turn])))
    assert set(shown.tags) <= {"h1", "h2", "p", "em", "blockquote"}
    assert "".join(words.split()) in "".join(shown.words.split())


def test_a_conversation_as_markdown_has_every_turn_and_what_was_said_of_it() -> None:
    text = conversation_markdown(
        "Towers",
        [
            _turn(feedback=Feedback("t", "wrong evidence", "another tower", "2026", RECEIPT)),
            _turn(None, "The index is lost. Sync it."),
            _turn(None),
        ],
    )
    assert text.startswith("# Towers\n\n## How high is the tower?\n\n**90 metres**")
    assert "*Feedback: wrong evidence*: another tower" in text
    assert "*The index is lost. Sync it.*" in text and "*No answer was recorded.*" in text
    assert text.count("## How high") == 3


def test_a_conversation_as_json_holds_the_receipts() -> None:
    turns = [_turn(feedback=Feedback("t", "right", "", "2026", RECEIPT)), _turn(None, "lost")]
    exported = conversation_json("Towers", turns)
    values = json.loads(exported)
    assert (values["format"], values["title"], values["turns"][1]["failure"]) == (1, "Towers", "lost")
    assert values["turns"][0]["feedback"] == {"verdict": "right", "note": "", "given_at": "2026"}
    assert parse_receipts(exported, "x") == [RECEIPT]
    assert parse_receipts(conversations_json([("a", turns), ("b", turns), ("c", [])]), "x") == [RECEIPT, RECEIPT]
    assert parse_receipts(receipt_json(RECEIPT), "x") == [RECEIPT]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "x.json cannot be read: Expecting"),
        ("3", "it is not the receipt of an answer"),
        ('{"turns": [3]}', r"turns\[0\] is not a turn"),
        ('{"turns": [{"receipt": null}, {"receipt": {}}]}', r"turns\[1\]: it is not the receipt"),
    ],
)
def test_a_broken_export_is_named_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(BrokenReceipt, match=reason):
        parse_receipts(text, "x.json")
