"""Read Markdown (`.md`): the decoded file is the canonical text, its markup included."""

from dataclasses import dataclass

from embeddings.documents.decoding import decode
from embeddings.documents.dialogue import with_speakers
from embeddings.documents.markdown_blocks import markdown_blocks
from embeddings.documents.readers.format_reader import Extracted


@dataclass(frozen=True)
class MarkdownReader:
    """Reads Markdown."""

    name: str = "Markdown"
    version: int = 3

    def read(self, data: bytes, name: str) -> list[Extracted]:
        """Return the text as one article; see `FormatReader.read`."""
        decoded = decode(data, name)
        text = decoded.text
        return [Extracted(text, with_speakers(text, markdown_blocks(text)), notes=decoded.notes)]
