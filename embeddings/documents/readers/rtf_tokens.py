"""Split RTF into its tokens, and name its code pages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n\0]+|([^\\{}\r\n\0]+)|\\", re.DOTALL
)

CODE_PAGES = {
    0: "cp1252", 77: "mac_roman", 78: "cp932", 79: "cp949", 80: "cp936", 81: "cp950", 83: "mac_arabic", 85: "mac_greek",
    86: "mac_turkish", 88: "mac_latin2", 89: "mac_cyrillic", 128: "cp932", 129: "cp949", 130: "johab", 134: "cp936",
    136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257",
    204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
"""Python's codecs by the number of a font's character set (RTF 1.9.1, "Font Table"); 1, the system's, and 2, Symbol, are not among them."""


@dataclass(frozen=True)
class Token:
    """A token of RTF; the field that is not None says which."""

    word: str | None = None
    """A control word, or the character of a control symbol."""
    number: int | None = None
    """The control word's number."""
    brace: str | None = None
    raw: bytes | None = None
    """Bytes of text in the current code page."""


def tokens(data: bytes) -> Iterator[Token]:
    """Yield the tokens of an RTF file; binary data is skipped."""
    position = 0
    while position < len(data):
        match = _TOKEN.match(data, position)
        if match is None:
            return
        position = match.end()
        word, number, hexadecimal, symbol, brace, raw = match.groups()
        if word is not None:
            value = int(number) if number is not None else None
            if word == b"bin" and value:
                position += max(0, value)
            yield Token(word=word.decode("ascii"), number=value)
        elif hexadecimal is not None:
            yield Token(raw=bytes.fromhex(hexadecimal.decode("ascii")))
        elif symbol is not None:
            yield Token(word=symbol.decode("latin-1"))
        elif brace is not None:
            yield Token(brace=brace.decode("ascii"))
        elif raw is not None:
            yield Token(raw=raw)


def join_surrogates(words: str) -> str:
    """Return text whose characters beyond U+FFFF are whole: RTF writes each as two halves."""
    return words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
