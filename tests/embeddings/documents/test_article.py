from hypothesis import given

from embeddings.documents.article import article_blocks, left_out, stated_blocks
from embeddings.documents.blocks import Block, Kind, Span
from embeddings.documents.boilerplate import Boilerplate, find_boilerplate
from embeddings.documents.metadata import Metadata, read_metadata
from embeddings.documents.plain_text_blocks import plain_text_blocks
from tests.embeddings.documents.structure import assert_sound
from tests.embeddings.helpers import uncovered
from tests.embeddings.odd_text import odd_texts

TEXT = "Ferry sinks\n\nBy Ann Vik\n1 May 2024\n\nIt sank at nine. Share this\n\nAll were saved.\n"


def place(words: str) -> Span:
    start = TEXT.index(words)
    return start, start + len(words)


def metadata(title: str | None = None, date: str | None = None, author: str | None = None) -> Metadata:
    """Return metadata with the places of these words."""
    return Metadata(
        title="",
        date=None,
        author=None,
        source=None,
        date_origin=None,
        title_span=place(title) if title else None,
        date_span=place(date) if date else None,
        author_span=place(author) if author else None,
        header=(),
        title_lines=(),
        sign_off=None,
    )


def blocks_of(*left: str, **stated: str) -> tuple[tuple[Block, ...], tuple[Boilerplate, ...]]:
    """Return the article's blocks and what is left out, when these words are boilerplate."""
    blocks = plain_text_blocks(TEXT)
    boilerplate = [Boilerplate(*place(words), "header") for words in left]
    known = stated_blocks(blocks, metadata(**stated), boilerplate)
    outside = left_out(TEXT, known, boilerplate)
    found = article_blocks(TEXT, blocks, known, outside)
    assert_sound(TEXT, found)
    return found, outside


def shown(*left: str, **stated: str) -> list[tuple[str, str]]:
    return [(block.kind.value, TEXT[block.start : block.end]) for block in blocks_of(*left, **stated)[0]]


def test_without_metadata_and_boilerplate_the_blocks_stay() -> None:
    assert blocks_of() == (plain_text_blocks(TEXT), ())


def test_a_stated_title_date_and_author_in_a_header_are_blocks_and_the_rest_is_left_out() -> None:
    header = ("Ferry sinks", "By Ann Vik", "1 May 2024")
    stated = {"title": "Ferry sinks", "date": "1 May 2024", "author": "Ann Vik"}
    assert shown(*header, **stated)[:4] == [
        ("title", "Ferry sinks"),
        ("boilerplate", "By"),
        ("field", "Ann Vik"),
        ("field", "1 May 2024"),
    ]
    blocks, outside = blocks_of(*header, **stated)
    assert [block.skips[0][2] for block in blocks if block.kind is Kind.FIELD] == ["Author: ", "Published: "]
    assert [TEXT[piece.start : piece.end] for piece in outside] == ["By"]


def test_a_date_that_prose_states_stays_in_the_prose() -> None:
    assert shown(date="nine") == shown()


def test_boilerplate_inside_a_paragraph_is_cut_out() -> None:
    assert shown("Share this")[3:] == [
        ("paragraph", "It sank at nine."),
        ("boilerplate", "Share this"),
        ("paragraph", "All were saved."),
    ]


def test_cells_and_skips_of_a_cut_block_are_those_of_what_is_left() -> None:
    block = Block(Kind.TABLE_ROW, 0, 11, cells=((0, 5), (6, 11)), skips=((0, 1, ""), (6, 7, "")))
    left = article_blocks(TEXT, [block], [], [Boilerplate(0, 5, "navigation")])[1]
    assert (left.start, left.cells, left.skips) == (6, ((6, 11),), ((6, 7, ""),))


def test_a_rest_without_letters_is_no_block() -> None:
    text = "Share: -"
    blocks = article_blocks(text, plain_text_blocks(text), [], [Boilerplate(0, 6, "navigation")])
    assert blocks == (Block(Kind.BOILERPLATE, 0, 6),)


@given(odd_texts)
def test_blocks_of_any_article_are_sound_and_hold_every_letter(text: str) -> None:
    blocks, found = plain_text_blocks(text), read_metadata(text, "Some_article.txt")
    boilerplate = find_boilerplate(text, found)
    stated = stated_blocks(blocks, found, boilerplate)
    outside = left_out(text, stated, boilerplate)
    blocks = article_blocks(text, blocks, stated, outside)
    assert_sound(text, blocks)
    assert not any(map(str.isalnum, uncovered(text, [(block.start, block.end) for block in blocks])))
    pieces = [(block.start, block.end) for block in blocks if block.kind is Kind.BOILERPLATE]
    assert pieces == [(piece.start, piece.end) for piece in outside]
