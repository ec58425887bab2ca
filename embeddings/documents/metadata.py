"""Extract title, date and source from the text of an article."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

import yaml

from embeddings.documents.sentences import Span, line_spans, sentence_spans

VERSION = 2
"""Increase it when the rules below give a different result for the same text."""

_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_HEADER_LINE = re.compile(r"(title|date|published|source|url|link|author|by)\s*:\s*(.+)", re.IGNORECASE)
_DATE_LINE = re.compile(r"(?:date|published(?:\s+on)?|updated)?\s*:?\s*(.+)", re.IGNORECASE)
_MARKDOWN_TITLE = re.compile(r"#\s+(.+?)\s*#*$")
# An agency's sign-off after the last sentence: "///nCa, 16 May 2024", "— TASS, May 16, 2024", "(Reuters, 2024-05-16)".
_SIGN_OFF = re.compile(
    r"(?:(?<!/)/{2,}|[—–]|--|\()\s*(?P<source>[^\W\d][^,;()/\n]{0,40}),\s*(?P<date>[\w ,./-]{8,24}?)\s*\)?\.?$"
)
_DATE_FORMATS = (
    "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%d %b. %Y",
    "%B %d, %Y", "%b %d, %Y", "%b. %d, %Y", "%A, %B %d, %Y", "%A, %d %B %Y",
)  # fmt: skip
_TITLE_CHARS = 200
_SOURCE_CHARS = 100
# "Source: Ministry of Health." is a name with a full stop; a value with more words may be a sentence.
_NAME_WORDS = 4
_PROSE_CHARS = 60
_SENTENCE_MARKS = tuple(".!?:;,…。")
_ADDRESS = re.compile(r"(?:\w+://|[\w-]+\.\w)\S*")
# A top-level entry of front matter with its indented lines.
_ENTRY = re.compile(r"^[^\s:][^\n:]*:(?P<value>.*(?:\n[ \t]+.*|\n[ \t]*$)*)", re.MULTILINE)


@dataclass(frozen=True)
class Metadata:
    """Title, date and source, and the spans of the text that state them. The spans hold no prose and are not chunked."""

    title: str
    date: str | None
    """ISO 8601, `YYYY-MM-DD`."""
    source: str | None
    header: tuple[Span, ...]
    """Front matter, header lines, date line."""
    title_lines: tuple[Span, ...]
    """Lines that state the title; empty if the title comes from the file name."""
    sign_off: Span | None


def read_metadata(text: str, path: str) -> Metadata:
    """Extract title, date and source from an article.

    Each comes from the first of: YAML front matter; `title:`, `date:`, `source:`, `url:` lines and a line with only a
    date at the top; for the title, a Markdown heading, a repeated line or a first line on its own; for date and source,
    an agency's sign-off at the end. If the text has no title, it is made from the file name.

    A line counts as header only if its value is short and not prose. A sentence stays in the text even after a label
    ("Source: the river rises in the hills. It is 300 km long."), so that its facts can be found.
    """
    fields, body_start = _front_matter(text)
    lines = line_spans(text, body_start)
    header = _without_prose(text, body_start) if body_start else []
    while lines and (labelled := _labelled(text[slice(*lines[0])])):
        key, value = labelled
        line = lines.pop(0)
        if value:
            fields.setdefault(key, value)
            if not _is_sentence(value):
                header.append(line)
    title, title_lines = _title(text, lines)
    sign_off_source, sign_off_date, sign_off = _sign_off(text, lines)
    chosen = fields.get("title") or title or title_from_path(path)
    return Metadata(
        title=chosen,
        date=fields.get("date") or sign_off_date,
        source=fields.get("source") or fields.get("url") or sign_off_source,
        header=tuple(header),
        title_lines=tuple(line for line in title_lines if _same_words(_heading(text[slice(*line)]), chosen)),
        sign_off=sign_off,
    )


def title_from_path(path: str) -> str:
    """Make a title from a file name: `Super_Bowl_50.txt` gives "Super Bowl 50"."""
    words = re.sub(r"[_\s]+", " ", PurePosixPath(path).stem).strip()
    if " " not in words:
        words = words.replace("-", " ").strip()
    return words[:1].upper() + words[1:] or PurePosixPath(path).stem


def parse_date(words: str) -> str | None:
    """Return a date in ISO 8601, or None if `words` are not a date or an ambiguous one such as 05/06/2024."""
    words = " ".join(words.split()).rstrip(".")
    if re.match(r"\d{4}-\d\d-\d\dT\d", words):
        words = words[:10]
    for form in _DATE_FORMATS:
        try:
            return datetime.strptime(words, form).date().isoformat()
        except ValueError:
            continue
    return None


def _front_matter(text: str) -> tuple[dict[str, str], int]:
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}, 0
    try:
        values = yaml.safe_load(match[1])
        if not isinstance(values, dict):
            return {}, 0
        fields = {str(key).lower(): _as_field(str(key).lower(), value) for key, value in values.items()}
    except Exception:  # noqa: BLE001
        # Ordinary text between two rules, or broken YAML: treat it as text. PyYAML raises nearly every built-in
        # exception on odd input (the 45th of May, `!!int ""`, deep nesting), not only its own.
        return {}, 0
    return {key: value for key, value in fields.items() if value}, match.end()


def _as_field(key: str, value: Any) -> str | None:
    if isinstance(value, date):
        return value.isoformat()[:10]
    if not isinstance(value, str | int | float):
        return None
    return parse_date(str(value)) if key == "date" else " ".join(str(value).split())


def _without_prose(text: str, end: int) -> list[Span]:
    """Return the spans of the front matter `text[:end]` without its prose entries, such as a summary."""
    spans, position = [], 0
    for entry in _ENTRY.finditer(text, 0, end):
        if _holds_sentences(" ".join(entry["value"].split()).lstrip("|>-+ ").strip("\"'")):
            spans.append((position, entry.start()))
            position = entry.end()
    return [span for span in [*spans, (position, end)] if text[slice(*span)].strip()]


def _labelled(line: str) -> tuple[str, str | None] | None:
    """Return the field that a header line names, and its value (None if invalid). Return None for any other line.

    A line with only a date is a date field.
    """
    if match := _HEADER_LINE.fullmatch(line):
        key = {"published": "date", "link": "url"}.get(match[1].lower(), match[1].lower())
        return key, _VALUES[key](match[2])
    if (match := _DATE_LINE.fullmatch(line)) and (day := parse_date(match[1])):
        return "date", day
    return None


def _title_value(value: str) -> str | None:
    return value if len(value) <= _TITLE_CHARS and _count_sentences(value) == 1 else None


def _source_value(value: str) -> str | None:
    """Return a name or a URL; None for prose."""
    return value if _url_value(value) or (len(value) <= _SOURCE_CHARS and not _is_prose(value)) else None


def _url_value(value: str) -> str | None:
    return value if _ADDRESS.fullmatch(value) else None


def _kept_as_text(value: str) -> None:
    """Return None: documents have no author field, so an author line stays in the text. It must not become the title."""


_VALUES: dict[str, Callable[[str], str | None]] = {
    "title": _title_value, "date": parse_date, "source": _source_value, "url": _url_value,
    "author": _kept_as_text, "by": _kept_as_text,
}  # fmt: skip


def _is_prose(value: str) -> bool:
    """Return whether a value is more than a name: it has sentences, or most of its words are in lower case."""
    words = re.findall(r"[^\W\d_]{4,}", value)
    lower = sum(word[0].islower() for word in words)
    return _holds_sentences(value) or (len(value.split()) > _NAME_WORDS and lower > len(words) / 2)


def _holds_sentences(value: str) -> bool:
    return _count_sentences(value) > 1 or _is_sentence(value)


def _is_sentence(value: str) -> bool:
    return value.endswith("。") or (value.endswith((".", "…", "।")) and len(value.split()) > _NAME_WORDS)


def _count_sentences(value: str) -> int:
    return len(sentence_spans(value, 0, len(value), max_chars=len(value)))


def _title(text: str, lines: list[Span]) -> tuple[str | None, list[Span]]:
    if len(lines) < 2 or lines[0][1] - lines[0][0] > _TITLE_CHARS:
        return None, []
    first = text[slice(*lines[0])]
    if not any(char.isalnum() for char in first):
        return None, []
    if _MARKDOWN_TITLE.fullmatch(first):
        return _heading(first), [lines[0]]
    repeats = [line for line in lines[:5] if _same_words(text[slice(*line)], first)]
    stands_alone = text.count("\n", lines[0][1], lines[1][0]) > 1
    if len(repeats) > 1 or (stands_alone and not first.endswith(_SENTENCE_MARKS) and not first.startswith(("-", "*"))):
        return first, repeats
    return None, []


def _heading(line: str) -> str:
    """Return a title line without its Markdown heading marks."""
    match = _MARKDOWN_TITLE.fullmatch(line)
    return match[1] if match else line


def _same_words(one: str, other: str) -> bool:
    return one.casefold().split() == other.casefold().split()


def _sign_off(text: str, lines: list[Span]) -> tuple[str | None, str | None, Span | None]:
    for start, end in reversed(lines):
        if (match := _SIGN_OFF.search(text, start, end)) and (day := parse_date(match["date"])):
            return match["source"].strip(), day, (match.start(), match.end())
        if end - start >= _PROSE_CHARS and text[start:end].endswith(_SENTENCE_MARKS):
            break  # prose: a dash and a date above it are part of a sentence
    return None, None, None
