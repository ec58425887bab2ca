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

_SPACE = re.compile(r"\s")
_SENTENCE_END = re.compile(r"""[.!?…。！？؟।:][)\]"'”’»]*$""")
_BLOCK_START = re.compile(r"(#{1,6}\s|[-*+•–]\s|\d{1,3}[.)]\s|>|\|)")
# A line at least this long that does not end a sentence was wrapped by an editor; a shorter one is a paragraph.
_WRAPPED_LINE_CHARS = 40
# What numbers a sentence and is none: "1." "2)" "b." "IV." "§ 5." "Article 7."
_NUMBERING = re.compile(r"\W*(?:[^\W\d_]+\s)?[\W\d]*(?:\b(?:[^\W\d_]|[IVXLC]+))?[.)\W]*")
# The number of a step: "2. " after "1. " begins a sentence.
_STEP = re.compile(r"\(?(\d{1,3})[.)](?:\s|$)")
_LAST_WORD = re.compile(r"([^\W\d_]+)\.$")
# As much of a stretch is looked at for what numbers it and for its last word; longer ones are neither numbers nor words.
_EDGE_CHARS = 60
# A longer word before a full stop is hardly an abbreviation.
_ABBREVIATION_CHARS = 6
_ROMAN = re.compile(r"(?:[IVXLC]{2,}|[VXL])\b")  # "I" alone is rather the pronoun
# Abbreviations of scholarly, technical and legal prose after which a capital does not begin a sentence: those of the Chicago
# Manual of Style, 17th edition, 10.42 and 10.49, that are no words and do not end sentences. "App." is an appendix, "app." a
# program at the end of a sentence.
_ABBREVIATIONS = frozenset(
    """abbr anon App approx appx arch avg bibl bk bks ca cf chap chaps cit cl col comp cont cp def dept diss ed eds eq eqn eqq
    eqs esp est et ex exx ff fig figs fl fn fol freq gen ibid illus incl lit max min misc ms mss nn nos obs opp par para paras
    pl pp prelim prop pt pts quot ref refs resp rev ser supp suppl syn tab temp trans viz vol vols vs wt""".split()
)
# The segmenter's time grows with the square of a text without spaces (sentencex 1.0.32); it is given this much at once.
_WINDOW_CHARS = 4_000
# Longer than nearly every sentence. A text without marks of punctuation is cut into pieces of this size instead.
_LONG_CHARS = 300
_PIECE_CHARS = 240
# Coordinating conjunctions of English, German, French, Spanish, Russian and Turkish: before them a text without marks is cut.
_CONJUNCTION = re.compile(
    r"\s(?:and|but|or|so|und|aber|oder|et|mais|ou|y|pero|o|и|а|но|или|ve|ama|veya)\s", re.IGNORECASE
)
_MARKS = re.compile(r"[,;:.!?–—()\"“”。，、؛،]")
_MARK_EVERY_CHARS = 150


def line_spans(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Return the lines of `text[start:end]`, trimmed, without blank ones."""
    lines = (trim(text, m.start(), m.end()) for m in re.compile(r"[^\n]+").finditer(text, start, _end(text, end)))
    return [line for line in lines if line[0] < line[1]]


def paragraph_spans(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Return the paragraphs of `text[start:end]`, trimmed, in order; together they cover all but white space.

    A paragraph ends at a blank line, at a line that ends a sentence or is too short to be wrapped,
    and before a heading, a list item or a table row.
    """
    paragraphs: list[Span] = []
    for line in line_spans(text, start, end):
        if paragraphs and _continues(text, paragraphs[-1][1], line):
            paragraphs[-1] = (paragraphs[-1][0], line[1])
        else:
            paragraphs.append(line)
    return paragraphs


def ends_sentence(words: str) -> bool:
    """Return whether words end like a sentence: with a mark such as a full stop, behind which quotes may close."""
    return bool(_SENTENCE_END.search(words))


def sentence_spans(text: str, start: int, end: int, max_chars: int) -> list[Span]:
    """Return the sentences of the paragraph `text[start:end]`, trimmed, in order, each at most `max_chars` long.

    Boundaries come from Wikimedia's sentencex (https://github.com/wikimedia/sentencex), without those after abbreviations
    and numbers. When in doubt two sentences stay together: a quote is longer then, but whole.
    """
    paragraph = text[start:end]
    # Replace every white space character by a space: sentencex 1.0.32 panics on an initial before U+2028 or U+00A0.
    plain = _SPACE.sub(" ", paragraph)
    language = _LANGUAGE_OF_SCRIPT.get(dominant_script(plain) or "LATIN", "en")
    spans: list[Span] = []
    for found in _segments(language, plain):
        span = trim(text, start + found[0], start + found[1])
        if spans and not _is_boundary(text, spans[-1], span):
            span = (spans.pop()[0], span[1])
        spans.append(span)
    return [piece for span in spans for piece in _pieces(text, span, _most_chars(text[slice(*span)], max_chars))]


def _segments(language: str, text: str) -> Iterator[Span]:
    """Yield what the segmenter takes for sentences, in time that grows with the length of the text.

    It sees a window at a time, which begins where a sentence does. The last sentence of a window may go on behind it: the
    next window begins with that, or goes on with it where it fills a window alone.
    """
    begun = position = 0
    while position < len(text):
        window = text[position : position + _WINDOW_CHARS]
        found = [position + each["start_index"] for each in get_sentence_boundaries(language, window)][1:]
        is_last = position + len(window) == len(text)
        for start in found:
            yield begun, start
            begun = start
        position = position + len(window) if is_last or not found else begun
    if begun < len(text):
        yield begun, len(text)


def _is_boundary(text: str, before: Span, after: Span) -> bool:
    """Return whether a sentence ends between two stretches that the segmenter took for sentences."""
    length = before[1] - before[0]
    begins = text[before[0] : min(before[1], before[0] + _EDGE_CHARS)]
    ends = text[max(before[0], before[1] - _EDGE_CHARS) : before[1]]
    follows = text[after[0] : min(after[1], after[0] + _EDGE_CHARS)]
    one, other = _STEP.match(begins), _STEP.match(follows)
    if one and other and int(other[1]) == int(one[1]) + 1 and one.end() < length:
        return True
    if (length <= _EDGE_CHARS and _NUMBERING.fullmatch(begins)) or (ends.endswith(".") and follows[:1].islower()):
        return False
    last = _LAST_WORD.search(ends)
    if last is None:
        return True
    if follows[:1].isdigit() or _ROMAN.match(follows):
        return len(last[1]) > _ABBREVIATION_CHARS
    return not {last[1], last[1].lower()} & _ABBREVIATIONS


def _most_chars(sentence: str, max_chars: int) -> int:
    """Return how long the pieces of a sentence may be: shorter where a text has no marks of punctuation."""
    is_marked = len(_MARKS.findall(sentence)) * _MARK_EVERY_CHARS >= len(sentence)
    return max_chars if len(sentence) <= _LONG_CHARS or is_marked else min(max_chars, _PIECE_CHARS)


def trim(text: str, start: int, end: int) -> Span:
    """Return `(start, end)` moved inward past white space; a blank span becomes empty, at its `end`."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _continues(text: str, previous_end: int, line: Span) -> bool:
    if text.count("\n", previous_end, line[0]) != 1:
        return False
    previous_start = text.rfind("\n", 0, previous_end) + 1
    previous = text[previous_start:previous_end]
    return (
        len(previous) >= _WRAPPED_LINE_CHARS
        and not _SENTENCE_END.search(previous)
        and not _BLOCK_START.match(text, line[0], line[1])
    )


def _pieces(text: str, span: Span, max_chars: int) -> Iterator[Span]:
    """Cut `span` into pieces of at most `max_chars`, each at the last white space of its second half if it has any."""
    start, end = span
    while end - start > max_chars:
        cut = start + max_chars
        clause = list(_CONJUNCTION.finditer(text, start + max_chars // 2, cut))
        if clause and max_chars < _LONG_CHARS:
            cut = clause[-1].start()
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
