from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from embeddings.index import Index
from embeddings.sync import sync
from qa_app.assistant import Assistant
from qa_app.rendering.answer_json import LimitsJson
from qa_app.serving.tools import BadCall, ask, read_article, search
from tests.fakes import WordEncoder

QUESTION = "what rainwater system does Arkadag use?"


def test_quotes_match_read_article(assistant: Assistant) -> None:
    found = ask(assistant, QUESTION, [{"role": "user", "content": "Who came?"}])
    assert found["citations"]
    for citation in found["citations"]:
        assert (
            read_article(assistant, citation["document"], citation["start"], citation["end"])["text"]
            == citation["quote"]
        )


@pytest.mark.parametrize("turn", [{"role": "user"}, {"content": "x"}, "words", None])
def test_an_invalid_turn_is_named_by_its_number(assistant: Assistant, turn: object) -> None:
    with pytest.raises(BadCall, match="Turn 2 of the history"):
        ask(assistant, QUESTION, [{"role": "user", "content": "x"}, turn])  # type: ignore[list-item]


@pytest.mark.parametrize("k", [-1, 0, 101])
def test_search_refuses_an_invalid_k(assistant: Assistant, k: int) -> None:
    with pytest.raises(BadCall, match="from 1 to 100"):
        search(assistant, "rain", k)
    assert len(search(assistant, "rain", 3)) == 3


def test_a_long_article_is_read_in_several_calls(assistant: Assistant, tmp_path: Path) -> None:
    folder, index, encoder = tmp_path / "articles", tmp_path / "index", WordEncoder()
    folder.mkdir()
    text = "".join(f"Sentence {number} of a long article, with an é. " for number in range(1500))
    (folder / "long.txt").write_text(text, encoding="utf-8")
    sync(folder, index, encoder)
    reading = replace(assistant, index=Index(index, encoder))
    pieces, end, length = [], 0, len(text)
    while end < length:
        piece = read_article(reading, "long.txt", end)
        assert (piece["start"], piece["length"]) == (end, len(text))
        pieces.append(piece["text"])
        end = piece["end"]
    assert "".join(pieces) == text and len(pieces) > 2
    assert read_article(reading, "long.txt", 0, length)["text"] == text
    assert read_article(reading, "long.txt", length)["text"] == ""
    for place in ((-1, 5), (5, 4), (0, length + 1), (length + 1, None)):
        with pytest.raises(BadCall, match=rf"long\.txt has no characters \[.*\)\. It has {length}"):
            read_article(reading, "long.txt", *place)


@pytest.mark.parametrize("path", ["none.txt", "../README.md", "/etc/passwd", ""])
def test_only_articles_can_be_read(assistant: Assistant, path: str) -> None:
    with pytest.raises(BadCall, match="There is no article"):
        read_article(assistant, path)


def test_limits_choose_what_is_searched(assistant: Assistant) -> None:
    (document,) = {passage["document"] for passage in search(assistant, "Kazan delegation", 3)}
    with assistant.index.snapshot() as snapshot:
        (other,) = {each.path for each in snapshot.addresses() if each.path != document}
    found = search(assistant, "Kazan delegation", 3, {"within": [other]})
    assert {passage["document"] for passage in found} == {other}
    answered = ask(assistant, "Who met?", limits={"within": [other], "after": None})
    assert answered["scope"]["within"] == [other]
    assert answered["searched_documents"] == 1


@pytest.mark.parametrize(
    ("limits", "said"),
    [({"after": "May"}, "May is not a day"), ({"within": "a.txt"}, "within"), ({"authors": [1]}, "authors")],
)
def test_a_limit_that_is_none_is_named(assistant: Assistant, limits: LimitsJson, said: str) -> None:
    with pytest.raises(BadCall, match=said):
        ask(assistant, "Who met?", limits=limits)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        (ask, (5,)),
        (ask, (None,)),
        (ask, (["x"],)),
        (ask, ("x" * 20_001,)),
        (ask, ("half \ud800",)),
        (
            ask,
            (
                QUESTION,
                "history",
            ),
        ),
        (
            ask,
            (
                QUESTION,
                {"role": "user"},
            ),
        ),
        (
            ask,
            (
                QUESTION,
                [{"role": "user", "content": "\ud800"}],
            ),
        ),
        (
            ask,
            (
                QUESTION,
                [],
                None,
                7,
            ),
        ),
        (
            ask,
            (
                QUESTION,
                [],
                None,
                {"within": 7},
            ),
        ),
        (
            search,
            (
                "x",
                5,
                {"labels": ["\ud800"]},
            ),
        ),
        (search, ({"query": 1},)),
        (
            search,
            (
                "x",
                "many",
            ),
        ),
        (
            search,
            (
                "x",
                None,
            ),
        ),
        (
            search,
            (
                "x",
                2.5,
            ),
        ),
        (
            search,
            (
                "x",
                True,
            ),
        ),
        (read_article, (3,)),
        (
            read_article,
            (
                "x.txt",
                "0",
            ),
        ),
        (
            read_article,
            (
                "x.txt",
                0,
                [1],
            ),
        ),
        (
            read_article,
            (
                "x.txt",
                0,
                1,
                5,
            ),
        ),
        (read_article, ("\ud800",)),
    ],
)
def test_values_of_a_wrong_type_are_told_in_words(
    assistant: Assistant, tool: Callable[..., object], arguments: tuple[object, ...]
) -> None:
    with pytest.raises(BadCall):
        tool(assistant, *arguments)
