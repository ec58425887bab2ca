"""Split text into lines, paragraphs and sentences, with exact offsets."""

import re
from collections.abc import Iterator

from sentencex import get_sentence_boundaries

from embeddings.documents.blocks import Span
from embeddings.documents.scripts import dominant_script

# The segmenter's rules depend on the language; without a model, only the script can be detected.
_LANGUAGE_OF_SCRIPT = {
    "LATIN": "en", "CYRILLIC": "ru", "GREEK": "el", "ARABIC": "ar", "HEBREW": "he", "DEVANAGARI": "hi",
    "CJK": "zh", "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "ARMENIAN": "hy", "GEORGIAN": "ka",
}  # fmt: skip

_SENTENCE_END = re.compile(r"""[.!?…。！？؟।:][)\]"'”’»]*$""")
_BLOCK_START = re.compile(r"(#{1,6}\s|[-*+•–]\s|\d{1,3}[.)]\s|>|\|)")
# A line at least this long that does not end a sentence was wrapped by an editor; a shorter one is a paragraph.
_WRAPPED_LINE_CHARS = 40


def line_spans(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Return the lines of `text[start:end]`, trimmed, without blank ones."""
    lines = (trim(text, m.start(), m.end()) for m in re.compile(r"[^\n]+").finditer(text, start, _end(text, end)))
    return [line for line in lines if line[0] < line[1]]


def ends_sentence(words: str) -> bool:
    """Return whether words end like a sentence: with a mark such as a full stop, behind which quotes may close."""
    return bool(_SENTENCE_END.search(words))


def sentence_spans(text: str, start: int, end: int, max_chars: int) -> list[Span]:
    """Return the sentences of the paragraph `text[start:end]`, trimmed, in order, each at most `max_chars` long.

    Boundaries come from Wikimedia's sentencex (https://github.com/wikimedia/sentencex).
    """
    paragraph = text[start:end]
    # Replace every white space character by a space: sentencex 1.0.32 panics on an initial before U+2028 or U+00A0.
    plain = "".join(" " if c.isspace() else c for c in paragraph)
    language = _LANGUAGE_OF_SCRIPT.get(dominant_script(plain) or "LATIN", "en")
    spans: list[Span] = []
    for boundary in get_sentence_boundaries(language, plain):
        span = trim(text, start + boundary["start_index"], start + boundary["end_index"])
        spans.extend(_pieces(text, span, max_chars))
    return spans


def trim(text: str, start: int, end: int) -> Span:
    """Return `(start, end)` moved inward past white space; a blank span becomes empty, at its `end`."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _pieces(text: str, span: Span, max_chars: int) -> Iterator[Span]:
    """Cut `span` into pieces of at most `max_chars`, each at the last white space of its second half if it has any."""
    start, end = span
    while end - start > max_chars:
        cut = start + max_chars
        while cut > start + max_chars // 2 and not text[cut].isspace():
            cut -= 1
        if not text[cut].isspace():
            cut = start + max_chars
        yield trim(text, start, cut)
        start, _ = trim(text, cut, end)
    if start < end:
        yield start, end


def _end(text: str, end: int | None) -> int:
    return len(text) if end is None else end
