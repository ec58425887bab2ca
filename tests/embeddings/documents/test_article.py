from hypothesis import given

from embeddings.documents.article import article_blocks
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
    spans = [place(words) if words else None for words in (title, date, author)]
    return Metadata("", None, None, None, None, *spans, header=(), title_lines=(), sign_off=None)


def shown(*left_out: str, **stated: str) -> list[tuple[str, str]]:
    boilerplate = [Boilerplate(*place(words), "navigation") for words in left_out]
    blocks = article_blocks(TEXT, plain_text_blocks(TEXT), metadata(**stated), boilerplate)
    assert_sound(TEXT, blocks)
    return [(block.kind.value, TEXT[block.start : block.end]) for block in blocks]


def test_without_metadata_and_boilerplate_the_blocks_stay() -> None:
    assert article_blocks(TEXT, plain_text_blocks(TEXT), metadata(), ()) == plain_text_blocks(TEXT)


def test_the_heading_that_states_the_title_is_the_title() -> None:
    assert shown(title="Ferry sinks")[0] == ("title", "Ferry sinks")


def test_date_and_author_are_fields_read_with_what_they_are() -> None:
    blocks = article_blocks(TEXT, plain_text_blocks(TEXT), metadata(date="1 May 2024", author="Ann Vik"), ())
    fields = [block for block in blocks if block.kind is Kind.FIELD]
    assert [(TEXT[block.start : block.end], block.skips[0][2]) for block in fields] == [
        ("Ann Vik", "Author: "),
        ("1 May 2024", "Published: "),
    ]


def test_a_stated_title_and_date_in_a_header_that_is_left_out_stay() -> None:
    assert shown("Ferry sinks", "By Ann Vik\n1 May 2024", title="Ferry sinks", date="1 May 2024")[:3] == [
        ("title", "Ferry sinks"),
        ("boilerplate", "By Ann Vik"),
        ("field", "1 May 2024"),
    ]


def test_boilerplate_inside_a_paragraph_is_cut_out() -> None:
    assert shown("Share this")[3:] == [
        ("paragraph", "It sank at nine."),
        ("boilerplate", "Share this"),
        ("paragraph", "All were saved."),
    ]


def test_cells_and_skips_of_a_cut_block_are_those_of_what_is_left() -> None:
    block = Block(Kind.TABLE_ROW, 0, 11, cells=((0, 5), (6, 11)), skips=((0, 1, ""), (6, 7, "")))
    left = article_blocks(TEXT, [block], metadata(), [Boilerplate(0, 5, "navigation")])[1]
    assert (left.start, left.cells, left.skips) == (6, ((6, 11),), ((6, 7, ""),))


def test_a_rest_without_letters_is_no_block() -> None:
    text = "Share: -"
    blocks = article_blocks(text, plain_text_blocks(text), metadata(), [Boilerplate(0, 6, "navigation")])
    assert blocks == (Block(Kind.BOILERPLATE, 0, 6),)


@given(odd_texts)
def test_blocks_of_any_article_are_sound_and_hold_every_letter(text: str) -> None:
    found = read_metadata(text, "Some_article.txt")
    blocks = article_blocks(text, plain_text_blocks(text), found, find_boilerplate(text, found))
    assert_sound(text, blocks)
    assert not any(map(str.isalnum, uncovered(text, [(block.start, block.end) for block in blocks])))
