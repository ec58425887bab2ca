"""Decode a file's bytes to canonical text."""

import codecs
import re
from dataclasses import dataclass

from embeddings.errors import UnreadableFile

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
# Nearly no file is in these, but short French, Czech and Arabic texts look like them.
_RARE = (
    "mac-latin2",
    "mac-greek",
    "mac-iceland",
    "mac-turkish",
    "cp720",
    "cp856",
    "cp864",
    "cp1006",
    "hp-roman8",
    "utf-7",
)
_COMMON = (*(f"cp125{digit}" for digit in range(9)), "koi8-r", "koi8-u")
# A well-formed UTF-8 sequence of more than one byte (RFC 3629, section 4, apart from surrogates and overlong forms).
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# A sequence that the end of the file cuts off after at least two of its bytes.
_CUT_END = re.compile(rb"(?:[\xe0-\xef][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{1,2})\Z")
_REPLACEMENT = "\ufffd"
_ODD_SHARE = 0.01
# chardet compares scores; of two code pages that fit about equally well, the more common one is the better guess.
_TIE = 0.99


@dataclass(frozen=True)
class Decoded:
    """A file's text and how its bytes were decoded."""

    text: str
    r"""Without byte order mark, and with `\n` for newlines. U+FFFD stands for bytes that could not be decoded."""
    encoding: str
    """Python's name of the encoding."""
    guessed: bool
    """Whether the encoding was guessed: no byte order mark states it, and the bytes are not valid UTF-8."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What to tell of it, as in `Extracted.notes`."""
        return (f"read as {re.sub('^cp(?=125)', 'windows-', self.encoding)} (guessed)",) if self.guessed else ()


def decode(data: bytes, name: str) -> Decoded:
    r"""Decode `data` and make newlines `\n`. Nothing else changes, so that offsets can be checked against the file.

    A byte order mark is believed. Without one, valid UTF-8 is UTF-8; so is text with at least as many valid
    sequences as bad bytes, as after a faulty byte or a cut end. The rest is detected by chardet.

    Raises:
        UnreadableFile: `data` is empty, only white space, binary, damaged, or in an unknown encoding.
    """
    if not data:
        raise UnreadableFile(f"{name} is empty.", "Fill it or delete it.")
    text, encoding, guessed = _decode(data, name)
    if not text.strip():
        raise UnreadableFile(f"{name} contains only white space.", "Fill it or delete it.")
    return Decoded(text.replace("\r\n", "\n").replace("\r", "\n"), encoding, guessed)


def decode_text(data: bytes, name: str) -> str:
    """Return the text of `decode`."""
    return decode(data, name).text


def _decode(data: bytes, name: str) -> tuple[str, str, bool]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, "replace")
            if "\0" in text:
                raise _binary(name)
            # One bad place in a short text, such as a cut end, is more than the share that is allowed in a long one.
            bad = text.count(_REPLACEMENT)
            if bad and (not text.strip(f"{_REPLACEMENT} ") or (bad > 1 and _odd_share(text) > _ODD_SHARE)):
                raise UnreadableFile(f"{name} is damaged {encoding.upper()} text.", "Save it again as UTF-8.")
            return text, encoding, False
    # A text in one or more bytes a character has no NUL byte; git uses the same rule.
    wide = b"\0" in data
    if not wide:
        try:
            return data.decode("utf-8"), "utf-8", False
        except UnicodeDecodeError:
            if _is_mostly_utf8(data):
                return data.decode("utf-8", "replace"), "utf-8", True
    guess = _guess(data, wide)
    text = data.decode(guess, "replace") if guess else ""
    if wide and (not guess or "\0" in text or _odd_share(text) > _ODD_SHARE):
        raise _binary(name)
    if not guess or _odd_share(text) > _ODD_SHARE:
        raise UnreadableFile(f"{name} has an unknown encoding.", "Save it again as UTF-8.")
    return text, guess, True


def _is_mostly_utf8(data: bytes) -> bool:
    """Return whether there are at least as many valid sequences as bad bytes. By chance this happens in no other encoding."""
    rest, valid = _SEQUENCE.subn(b"", data)
    cut = _CUT_END.search(rest)
    if cut:
        rest, valid = rest[: cut.start()], valid + 1
    return valid >= len(rest.translate(None, bytes(range(128))))


def _guess(data: bytes, wide: bool) -> str | None:
    """Return the encoding that chardet finds most likely, None if it finds none."""
    # Imported here: it takes 0.15 s, and nearly all files are UTF-8.
    from chardet import EncodingEra, detect_all

    no_mainframes = EncodingEra.ALL & ~EncodingEra.MAINFRAME
    found = detect_all(
        data, encoding_era=no_mainframes, compat_names=False, ignore_threshold=True, exclude_encodings=_RARE
    )
    ranked = [(guess["confidence"], encoding) for guess in found if (encoding := guess["encoding"])]
    if wide:
        return next((encoding for _, encoding in ranked if encoding in _WIDE), None)
    close = [encoding for confidence, encoding in ranked if confidence >= _TIE * ranked[0][0]]
    return next((encoding for encoding in close if encoding in _COMMON), close[0] if close else None)


def _odd_share(text: str) -> float:
    """Return the share, 0..1, of characters that a text does not have: controls (not tab, newline, form feed) and U+FFFD."""
    odd = sum(1 for c in text if (c < " " and c not in "\t\n\r\f") or "\x7f" <= c <= "\x9f" or c == _REPLACEMENT)
    return odd / max(1, len(text))


def _binary(name: str) -> UnreadableFile:
    return UnreadableFile(f"{name} is binary, not text.", "Save its text as .txt or .md.")
