from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.blocks import Block, Kind
from embeddings.documents.markdown_blocks import markdown_blocks
from embeddings.documents.shown import shown_text
from tests.documents_made import made_document
from tests.embeddings.documents.test_markdown_blocks import markdown_texts
from tests.embeddings.odd_text import odd_texts

MARKDOWN = "# The *hut*\n\n![](data:image/png;base64,AAAA)\n\nSee the [map](https://example.org).\nIt is old.\n"


def test_text_without_blocks_is_shown_as_it_is() -> None:
    assert shown_text(made_document("*a*\n\n b", blocks=()), 0, 6) == "*a*\n\n "


def test_markup_and_pictures_are_not_shown_but_line_breaks_are() -> None:
    document = made_document(MARKDOWN, blocks=markdown_blocks(MARKDOWN))
    assert shown_text(document, 0, len(MARKDOWN)) == "The hut\n\nSee the map.\nIt is old."


def test_a_stretch_is_shown_to_its_characters() -> None:
    document = made_document(MARKDOWN, blocks=markdown_blocks(MARKDOWN))
    start = MARKDOWN.index("the [map")
    assert shown_text(document, start, MARKDOWN.index("is old")) == "the map.\nIt "


def test_boilerplate_is_not_shown() -> None:
    text = "It sank.\nShare this\nAll were saved."
    blocks = (
        Block(Kind.PARAGRAPH, 0, 8),
        Block(Kind.BOILERPLATE, 9, 19),
        Block(Kind.PARAGRAPH, 20, len(text)),
    )
    assert shown_text(made_document(text, blocks=blocks), 0, len(text)) == "It sank.\n\nAll were saved."


def test_words_that_are_added_for_the_reader_are_not_shown() -> None:
    text = "1 May 2024"
    blocks = (Block(Kind.FIELD, 0, 10, skips=((0, 0, "Published: "),)),)
    assert shown_text(made_document(text, blocks=blocks), 0, 10) == text


@given(odd_texts)
def test_plain_text_loses_no_letter(text: str) -> None:
    shown = shown_text(made_document(text), 0, len(text))
    assert list(filter(str.isalnum, shown)) == list(filter(str.isalnum, text))


@given(markdown_texts, st.integers(0, 60), st.integers(0, 60))
def test_any_stretch_of_any_markdown_can_be_shown(text: str, start: int, length: int) -> None:
    document = made_document(text, blocks=markdown_blocks(text))
    start = min(start, len(text))
    assert isinstance(shown_text(document, start, min(len(text), start + length)), str)
