import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.grounding.splitting import Splitter, Written


def _split(text: str, size: int = 1000, cut_off: bool = False) -> list[Written]:
    splitter = Splitter()
    found = [one for i in range(0, len(text), size) for one in splitter.feed(text[i : i + size])]
    return found + splitter.finish(cut_off)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Denver won [1]. Carolina lost [2].", [("Denver won.", (1,)), ("Carolina lost.", (2,))]),
        ("Denver won.[1] Carolina lost. [2]", [("Denver won.", (1,)), ("Carolina lost.", (2,))]),
        ("It cost 3.5 million [1][3].", [("It cost 3.5 million.", (1, 3))]),
        ("It cost much [3, 1] and [passage 2].", [("It cost much and.", (1, 2, 3))]),
        ("Dr. Smith came 【2】. He met J. S. Bach.", [("Dr. Smith came.", (2,)), ("He met J. S. Bach.", ())]),
        ("[1] Denver won. [2] Carolina lost.", [("Denver won.", (1,)), ("Carolina lost.", (2,))]),
        ("- **Denver** won [1]\n- Carolina lost [2]", [("Denver won", (1,)), ("Carolina lost", (2,))]),
        ("1. Denver won [1]\n2. Carolina lost", [("Denver won", (1,)), ("Carolina lost", ())]),
        ("<think>Is it [9]? Yes.</think>\n\nDenver won. [1]", [("Denver won.", (1,))]),
        ("<think>It never ends", []),
        (" \n [1] . ", []),
        ("", []),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_sentences_keep_their_numbers_however_the_pieces_fall(
    text: str, wanted: list[tuple[str, tuple[int, ...]]], size: int
) -> None:
    assert [(one.text, one.cited) for one in _split(text, size)] == wanted


def test_a_sentence_is_returned_once_the_next_has_started() -> None:
    splitter = Splitter()
    assert splitter.feed("It cost 3.") == [] and splitter.feed("5 million. [1") == [] and splitter.feed("] It") == []
    assert splitter.feed(" was") == [Written("It cost 3.5 million.", (1,), False)]
    assert splitter.finish() == [Written("It was", (), False)]


def test_a_new_line_starts_a_paragraph() -> None:
    assert [one.begins_paragraph for one in _split("Denver won. It rained.\n\nCarolina lost.")] == [False, False, True]


def test_the_incomplete_last_sentence_of_a_reply_cut_off_is_dropped() -> None:
    assert [one.text for one in _split("Denver won [1]. Carolina lo", cut_off=True)] == ["Denver won."]
    assert next(one.text for one in _split("Denver won [1]. Carolina lost. [2", cut_off=True)) == "Denver won."
    assert [one.text for one in _split("Denver won [1]. Carolina lost [2].", cut_off=True)][1] == "Carolina lost."
    assert _split("Denver", cut_off=True) == []


@given(st.text(alphabet="aB1 .[]\n*-", max_size=60), st.integers(1, 7))
def test_no_letter_is_lost_or_made_up(text: str, size: int) -> None:
    letters = "".join(c for one in _split(text, size) for c in one.text if c.isalpha())
    assert letters == "".join(c for c in text if c.isalpha())
