"""Read Markdown (`.md`): the decoded file is the canonical text, its markup included."""

from dataclasses import dataclass

from embeddings.documents.decoding import decode
from embeddings.documents.dialogue import with_speakers
from embeddings.documents.markdown_blocks import markdown_blocks
from embeddings.documents.quoted_mail import with_quoted_authors
from embeddings.documents.readers.format_reader import Extracted


@dataclass(frozen=True)
class MarkdownReader:
    """Reads Markdown."""

    name: str = "Markdown"
    version: int = 4

    def read(self, data: bytes, name: str) -> list[Extracted]:
        """Return the text as one article; see `FormatReader.read`."""
        decoded = decode(data, name)
        text = decoded.text
        blocks = tuple(with_quoted_authors(text, markdown_blocks(text)))
        return [Extracted(text, with_speakers(text, blocks), notes=decoded.notes)]
