"""Read plain text (`.txt`, `.md`): the decoded file is the canonical text."""

from embeddings.documents.decoding import decode_text
from embeddings.documents.readers.format_reader import Reader


def _read(data: bytes, name: str) -> tuple[str, tuple[int, ...]]:
    return decode_text(data, name), ()


PLAIN_TEXT = Reader("plain text", 1, _read)
