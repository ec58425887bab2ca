"""Read plain text (`.txt`, `.md`): the file decoded is the canonical text."""

from embeddings.documents.decoding import decode_text


def read_plain_text(data: bytes, name: str) -> tuple[str, tuple[int, ...]]:
    """Return the canonical text of a file's bytes, and its page starts, of which plain text has none.

    Raises:
        UnreadableFile: the file holds no text.
    """
    return decode_text(data, name), ()
