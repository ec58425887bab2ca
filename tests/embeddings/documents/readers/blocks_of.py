"""Show an article's blocks in tests, after checking that they are in order and inside the text."""

from collections.abc import Sequence

from embeddings.documents.readers.format_reader import Extracted, Unreadable


def check(article: Extracted) -> None:
    """Check what `Extracted` promises of its offsets."""
    position = 0
    for block in article.blocks:
        assert position <= block.start < block.end <= len(article.text)
        assert article.text[position : block.start].strip() == ""
        words = article.text[block.start : block.end]
        assert words.strip() == words or block.cells  # a row may begin with an empty cell
        assert all(block.start <= start <= end <= block.end for start, end in block.cells)
        assert all(block.start <= start < end <= block.end for start, end, _ in block.skips)
        position = block.end
    assert article.text[position:].strip() == ""


def blocks_of(article: Extracted | Unreadable) -> list[tuple[str, str]]:
    """Return kind and words of each block."""
    assert isinstance(article, Extracted)
    check(article)
    return [(block.kind.value, article.text[block.start : block.end]) for block in article.blocks]


def words_of(article: Extracted | Unreadable, kind: str) -> list[str]:
    """Return the words of each block of a kind."""
    return [words for found, words in blocks_of(article) if found == kind]


def articles_in(found: Sequence[Extracted | Unreadable]) -> list[Extracted]:
    """Return what could be read."""
    return [each for each in found if isinstance(each, Extracted)]
