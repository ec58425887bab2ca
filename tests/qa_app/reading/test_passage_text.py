from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.blocks import Block
from embeddings.documents.dialogue import with_speakers
from embeddings.documents.markdown_blocks import markdown_blocks
from embeddings.documents.plain_text_blocks import plain_text_blocks
from embeddings.documents.sections import sections_of
from embeddings.documents.units import Unit
from qa_app.reading.passage_text import PassageText, passage_text
from tests.embeddings.documents.test_markdown_blocks import markdown_texts
from tests.embeddings.documents.test_plain_text_blocks import structured_texts
from tests.embeddings.odd_text import odd_texts


def units_of(text: str, blocks: Sequence[Block]) -> list[Unit]:
    sections = sections_of(text, with_speakers(text, blocks), 1000)
    return [unit for section in sections for group in section.groups for unit in group.units]


def plain(text: str) -> PassageText:
    return passage_text(units_of(text, plain_text_blocks(text)))


def markdown(text: str) -> PassageText:
    return passage_text(units_of(text, markdown_blocks(text)))


def pieces(passage: PassageText) -> list[str]:
    return [passage.text[piece.start : piece.end] for piece in passage.pieces]


def place(passage: PassageText, words: str) -> tuple[int, int] | None:
    start = passage.text.index(words)
    return passage.in_document(start, start + len(words))


def test_units_are_one_text_with_a_blank_between_them() -> None:
    passage = plain("It rained.\n\nIt blew. It snowed.")
    assert passage.text == "It rained. It blew. It snowed."
    assert pieces(passage) == ["It rained.", "It blew.", "It snowed."]
    assert [piece.unit for piece in passage.pieces] == [0, 1, 2]


def test_words_stand_at_their_place_in_the_document() -> None:
    text = "It rained.\n\nIt blew."
    assert place(plain(text), "blew") == (15, 19)


def test_an_answer_crosses_markup() -> None:
    text = "See the [red **hut**](https://example.org) now."
    passage = markdown(text)
    assert pieces(passage) == ["See the red hut now."]
    span = place(passage, "red hut")
    assert span
    assert text[slice(*span)] == "red **hut"


def test_an_answer_does_not_cross_cells_and_is_no_name_of_a_column() -> None:
    text = "name;port;built\nMerle;Oddasund;1931\nTern;Skagen;1950"
    passage = plain(text)
    assert passage.text == "name: Merle; port: Oddasund; built: 1931 name: Tern; port: Skagen; built: 1950"
    assert pieces(passage) == ["Merle", "Oddasund", "1931", "Tern", "Skagen", "1950"]
    assert [piece.unit for piece in passage.pieces] == [0, 0, 0, 1, 1, 1]
    assert place(passage, "Skagen") == (41, 47)


def test_a_speakers_name_may_be_an_answer_but_not_together_with_what_is_said_later() -> None:
    passage = plain("ANN: It rained. It blew.\n\nBO: It snowed all the day.\n\nANN: We left.")
    assert pieces(passage)[:3] == ["ANN: It rained.", "ANN:", "It blew."]


def test_words_of_our_own_have_no_place() -> None:
    passage = plain("name;port;built\nMerle;Oddasund;1931\nTern;Skagen;1950")
    assert passage.in_document(*2 * [passage.text.index("; port")]) is None
    assert place(passage, "; ") is None


def test_no_units_are_an_empty_text() -> None:
    assert passage_text(()) == PassageText("", (), (), ())


def check(text: str, passage: PassageText, data: st.DataObject) -> None:
    """Check that each stretch of a piece stands in the document, with the same words where none are skipped."""
    assert all(one.end <= other.start for one, other in pairwise(passage.pieces))
    for begin, (start, end) in passage.places:
        assert passage.text[begin : begin + end - start] == text[start:end]
        if start < end:
            first = data.draw(st.integers(begin, begin + end - start - 1))
            last = data.draw(st.integers(first + 1, begin + end - start))
            assert passage.in_document(first, last) == (start + first - begin, start + last - begin)
    for piece in passage.pieces:
        unit = passage.units[piece.unit]
        span = passage.in_document(piece.start, piece.end)
        assert span
        read = [part.span for part in unit.parts if part.span]
        assert (span[0] in [start for start, _ in read]) and (span[1] in [end for _, end in read])


@given(st.one_of(odd_texts, structured_texts), st.data())
def test_places_of_any_plain_text_are_exact(text: str, data: st.DataObject) -> None:
    check(text, plain(text), data)


@given(markdown_texts, st.data())
def test_places_of_any_markdown_are_exact(text: str, data: st.DataObject) -> None:
    check(text, markdown(text), data)
