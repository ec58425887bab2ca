"""Read plain text (`.txt`): the decoded file is the canonical text."""

from dataclasses import dataclass

from embeddings.documents.decoding import decode
from embeddings.documents.dialogue import with_speakers
from embeddings.documents.plain_text_blocks import plain_text_blocks
from embeddings.documents.quoted_mail import with_quoted_authors
from embeddings.documents.readers.format_reader import Extracted


@dataclass(frozen=True)
class PlainTextReader:
    """Reads plain text."""

    name: str = "plain text"
    version: int = 5

    def read(self, data: bytes, name: str) -> list[Extracted]:
        """Return the text as one article; see `FormatReader.read`."""
        decoded = decode(data, name)
        text = decoded.text
        blocks = tuple(with_quoted_authors(text, plain_text_blocks(text)))
        return [Extracted(text, with_speakers(text, blocks), notes=decoded.notes)]
