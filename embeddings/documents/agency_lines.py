"""Find what an agency's first paragraph, its sign-off and the last lines of an article state."""

import re

from embeddings.documents.blocks import Span
from embeddings.documents.dates import match_date, parse_date
from embeddings.documents.header_lines import DATES, Stated, is_name, read_header_line

# An agency's sign-off after the last sentence: "///nCa, 16 May 2024", "— TASS, May 16, 2024", "(Reuters, 2024-05-16)".
_SIGN_OFF = re.compile(
    r"(?:(?<!/)/{2,}|[—–]|--|\()\s*(?P<source>[^\W\d][^,;()/\n]{0,40}),\s*(?P<date>[\w ,./-]{8,32}?)\s*\)?\.?$"
)
# The head of an agency's first paragraph: "PORT, March 3, 2025 (Wire) - The dam …".
_GAP = re.compile(r"[\s,(/]+")
_PLACE_CHARS = 70
_DASH = re.compile(r"[.,]?\s*(?:[(/](?P<agency>[^()/\n]{2,40})[)/]\.?\s*[-–—]{0,2}|\)?\s*[-–—]{1,2})(?=\s)")
_PROSE_CHARS = 60
_SENTENCE_MARKS = tuple(".!?:;,…。")
_FOOT_LINES = 8


def dateline(text: str, lines: list[Span], first: int) -> list[tuple[str, Stated]]:
    """Return the date and the agency at the head of the first paragraph. It stays in the text."""
    if first >= len(lines):
        return []
    start, end = lines[first]
    for gap in _GAP.finditer(text, start, min(end, start + _PLACE_CHARS)):
        place = text[start : gap.start()].strip("/ ")
        if not place or not all(is_name(part) for part in re.split(r"[,/(]\s*", place) if part):
            return []
        if date := match_date(text, gap.end(), end):
            dash = _DASH.match(text, date[1], end)
            # "Anna Berg (17 July 1846 – 20 May 1911)" is no dateline.
            if not dash or "(" in gap[0] or match_date(text, dash.end() + 1, end):
                return []
            agency = dash["agency"] and Stated("agency", dash["agency"].strip(), dash.span("agency"))
            stated = [("dateline", Stated("dateline", date[0], (gap.end(), date[1])))]
            return [*stated, ("agency", agency)] if agency else stated
    return []


def sign_off(text: str, lines: list[Span]) -> list[tuple[str, Stated]]:
    for start, end in reversed(lines):
        if (match := _SIGN_OFF.search(text, start, end)) and (day := parse_date(match["date"])):
            return [
                ("signed", Stated("signed", day, match.span("date"))),
                ("agency", Stated("agency", match["source"].strip(), match.span("source"))),
                ("sign-off", Stated("sign-off", match[0], match.span())),
            ]
        if end - start >= _PROSE_CHARS and text[start:end].endswith(_SENTENCE_MARKS):
            break  # prose: a dash and a date above it are part of a sentence
    return []


def foot(text: str, lines: list[Span]) -> list[tuple[str, Stated]]:
    """Return what a labelled line after the last prose states. It stays in the text."""
    for i in range(len(lines) - 1, max(len(lines) - 1 - _FOOT_LINES, -1), -1):
        words = text[slice(*lines[i])]
        if len(words) >= _PROSE_CHARS and words.endswith(_SENTENCE_MARKS):
            break
        if words[0].isalpha() and (found := read_header_line(text, lines[i])):
            stated = [(stated.kind, stated) for stated in found.stated if stated.kind in (*DATES, "author")]
            # A list of entries, such as changes, has more such lines; the last is that of its last entry.
            if any(_states_a_date(text, line) for line in lines[: max(i - _FOOT_LINES, 0)]):
                return []
            return stated
    return []


def _states_a_date(text: str, line: Span) -> bool:
    found = read_header_line(text, line)
    return found is not None and any(stated.kind in DATES for stated in found.stated)
