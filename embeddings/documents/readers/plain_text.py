"""Read plain text (`.txt`, `.md`): the decoded file is the canonical text."""

from dataclasses import dataclass

from embeddings.documents.decoding import decode_text
from embeddings.documents.readers.format_reader import Extracted


@dataclass(frozen=True)
class PlainTextReader:
    """Reads plain text."""

    name: str = "plain text"
    version: int = 1

    def read(self, data: bytes, name: str) -> list[Extracted]:
        """Return the text as one article; see `FormatReader.read`."""
        return [Extracted(decode_text(data, name), ())]
