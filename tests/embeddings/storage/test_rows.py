"""What is quoted of a chunk, or read with it, is given as it stands in the document, whatever its markup."""

from hypothesis import given

from embeddings.config import ChunkingConfig
from embeddings.documents.chunks import chunk_document
from embeddings.documents.markdown_blocks import markdown_blocks
from embeddings.storage.rows import StoredChunk
from tests.documents_made import made_document
from tests.embeddings.documents.test_markdown_blocks import markdown_texts


def _chunks(text: str) -> list[StoredChunk]:
    document = made_document(text, blocks=markdown_blocks(text))
    return [
        StoredChunk(1, "a.md", "A", None, c.start, c.end, text[c.start : c.end], c.units, c.context)
        for c in chunk_document(document, ChunkingConfig())
    ]


def test_a_heading_with_markup_inside_is_given_whole() -> None:
    text = "# Tea\n\n## The price of *green* tea in `2024`\n\nA cup costs two crowns.\n"
    (chunk,) = _chunks(text)
    heading = chunk.context[-1]
    assert chunk.words(heading.start, heading.end) == "The price of *green* tea in `2024"
    assert chunk.shown(heading.start, heading.end) == "The price of green tea in 2024"


@given(markdown_texts)
def test_each_unit_and_context_is_given_as_it_stands_in_the_text(text: str) -> None:
    for chunk in _chunks(text):
        spans = [(unit.start, unit.end) for unit in chunk.units] + [(each.start, each.end) for each in chunk.context]
        for start, end in spans:
            assert chunk.words(start, end) == text[start:end]
