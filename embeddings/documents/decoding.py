"""Decode a file's bytes to canonical text."""

import codecs

from charset_normalizer import from_bytes

from embeddings.errors import UnreadableFile

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode_text(data: bytes, name: str) -> str:
    r"""Decode `data`: UTF-8 first (its byte order mark dropped), then the detected encoding; newlines become `\n`.

    Nothing else changes, so that offsets can be checked against the file.

    Raises:
        UnreadableFile: `data` is empty, only white space, binary, or in an unknown encoding.
    """
    if not data:
        raise UnreadableFile(f"{name} is empty.", "Fill it or delete it.")
    text = _decode(data, name)
    if not text.strip():
        raise UnreadableFile(f"{name} contains only white space.", "Fill it or delete it.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode(data: bytes, name: str) -> str:
    if data.startswith(_UTF16_MARKS):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise UnreadableFile(f"{name} is damaged UTF-16 text.", "Save it again as UTF-8.") from error
        if "\0" not in text:
            return text
    # A text file has no NUL byte; git uses the same rule.
    if b"\0" in data:
        raise UnreadableFile(f"{name} is binary, not text.", "Save its text as .txt or .md.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        guesses = from_bytes(data)
    best = guesses.best()
    if best is None:
        raise UnreadableFile(f"{name} has an unknown encoding.", "Save it again as UTF-8.")
    # Western and Central European code pages differ in few letters. Where both are as likely, prefer the more common Western.
    western = next((g for g in guesses if g.encoding == "cp1252" and g.chaos <= best.chaos), None)
    text = str(western or best)
    if _control_share(text) > 0.01:
        raise UnreadableFile(f"{name} has an unknown encoding.", "Save it again as UTF-8.")
    return text


def _control_share(text: str) -> float:
    """Return the share, 0..1, of control characters (except tab, newline, form feed) and undecodable characters."""
    odd = sum(1 for c in text if (c < " " and c not in "\t\n\r\f") or "\x7f" <= c <= "\x9f" or c == "\ufffd")
    return odd / len(text)
