"""Extract title, date, author and source from the text of an article."""

import re
from dataclasses import dataclass, field
from typing import Literal

from embeddings.documents.blocks import Span
from embeddings.documents.dates import match_date, parse_date
from embeddings.documents.front_matter import Field, FrontMatter, read_front_matter
from embeddings.documents.header_lines import (
    DATES,
    TITLE_CHARS,
    Stated,
    count_sentences,
    holds_sentences,
    is_address,
    is_author,
    is_name,
    is_source,
    names_a_date,
    read_header_line,
)
from embeddings.documents.page_lines import controls, notice_subject, titles_a_list
from embeddings.documents.sentences import line_spans
from embeddings.documents.titles import (
    date_from_path,
    is_kicker,
    is_markdown_title,
    is_phrase,
    is_question,
    is_quotation,
    is_underline,
    may_be_title,
    title_from_path,
    words_of,
)

VERSION = 3
"""Increase it when the rules give a different result for the same text."""

# The keys of front matter, the best first.
_KEYS = {
    "title": ("title", "headline", "subject"),
    "published": ("date", "published", "publishdate", "publisheddate", "publishedat", "datepublished", "pubdate", "posted"),
    "created": ("created", "createdat", "createddate", "datecreated", "creationdate", "dateadded", "saved"),
    "updated": ("lastmod", "updated", "updatedat", "modified", "lastmodified", "dateupdated", "datemodified"),
    "author": ("author", "authors", "by", "byline", "creator", "writer"),
    "source": ("source", "publisher", "publication", "site", "sitename"),
    "url": ("url", "sourceurl", "link", "canonical", "canonicalurl", "originalurl"),
}  # fmt: skip
# Kinds of dates, the best first.
_DATES = ("published", "created", "dateline", "signed", "updated")
_COMMENT = re.compile(r"\s*(<!--.*?-->)", re.DOTALL)
# An agency's sign-off after the last sentence: "///nCa, 16 May 2024", "— TASS, May 16, 2024", "(Reuters, 2024-05-16)".
_SIGN_OFF = re.compile(
    r"(?:(?<!/)/{2,}|[—–]|--|\()\s*(?P<source>[^\W\d][^,;()/\n]{0,40}),\s*(?P<date>[\w ,./-]{8,32}?)\s*\)?\.?$"
)
# The head of an agency's first paragraph: "PORT, March 3, 2025 (Wire) - The dam …".
_GAP = re.compile(r"[\s,(/]+")
_PLACE_CHARS = 70
_DASH = re.compile(r"[.,]?\s*(?:[(/](?P<agency>[^()/\n]{2,40})[)/]\.?\s*[-–—]{0,2}|\)?\s*[-–—]{1,2})(?=\s)")
_KEY_AND_VALUE = re.compile(r"[^\W\d_][\w ./-]{0,24}:\s*\S.*")
_PROSE_CHARS = 60
# A longer line without a blank line after it was wrapped by an editor.
_WRAPPED_CHARS = 40
_SENTENCE_MARKS = tuple(".!?:;,…。")
# How many lines that are neither title nor header may stand at the head of an article, such as a subtitle.
_OTHER_LINES = 4
_HEAD_LINES = 40
_FOOT_LINES = 8


@dataclass(frozen=True)
class Metadata:
    """What an article says of itself, and the spans that say it."""

    title: str
    date: str | None
    """ISO 8601, `YYYY-MM-DD`."""
    author: str | None
    """As stated; several names are separated as in the text, those of a list by ", "."""
    source: str | None
    date_origin: Literal["stated", "file name"] | None
    title_span: Span | None
    """The words that state the title; None if it comes from the file's name."""
    date_span: Span | None
    author_span: Span | None
    header: tuple[Span, ...]
    """Front matter, header lines, date lines and bylines without any prose. They are not chunked."""
    title_lines: tuple[Span, ...]
    """Lines that state the title; empty if the title comes from the file's name."""
    sign_off: Span | None


@dataclass
class _Head:
    """What is found at the head of an article."""

    stated: dict[str, Stated] = field(default_factory=dict)
    header: list[Span] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    """The lines that may be the title, by their position."""
    dated: set[int] = field(default_factory=set)
    """The lines that state something."""
    first_prose: int = 0
    """The position of the line at which the head ends."""


def read_metadata(text: str, path: str) -> Metadata:
    """Extract title, date, author and source from an article.

    Each comes from the first of: front matter; labelled lines, date lines and bylines at the head; for the title, a
    Markdown heading, a repeated line or a first line on its own; for date and source, the head of an agency's first
    paragraph or its sign-off at the end, then labelled lines at the end. Of several dates, that of publication comes before
    that of creation and of a change. A text without title or date gets them from the file's name.

    A line counts as header only if its value is short and not prose. A sentence stays in the text even after a label
    ("Source: the river rises in the hills. It is 300 km long."), so that its facts can be found.
    """
    matter = read_front_matter(text)
    comments = _comments(text, matter.end)
    lines = line_spans(text, comments[-1][1] if comments else matter.end)
    head = _read_head(text, lines)
    stated = dict(head.stated)
    title, title_lines = _title(text, lines, head)
    for kind, found in [*_dateline(text, lines, head.first_prose), *_sign_off(text, lines), *_foot(text, lines)]:
        stated.setdefault(kind, found)
    stated |= _from_front_matter(matter)
    if "title" in stated:
        title = stated["title"]
    dated = next((stated[kind] for kind in _DATES if kind in stated), None)
    named = None if dated else date_from_path(path)
    source = stated.get("source") or stated.get("url") or stated.get("agency")
    author, sign_off = stated.get("author"), stated.get("sign-off")
    chosen = title.value if title else title_from_path(path)
    return Metadata(
        title=chosen,
        date=dated.value if dated else named,
        author=author.value if author else None,
        source=source.value if source else None,
        date_origin="stated" if dated else "file name" if named else None,
        title_span=title.span if title else None,
        date_span=dated.span if dated else None,
        author_span=author.span if author else None,
        header=(
            *_without_prose(text, matter),
            *(c for c in comments if not holds_sentences(text[slice(*c)])),
            *head.header,
        ),
        title_lines=tuple(line for line in title_lines if _same_words(_heading(text[slice(*line)]), chosen)),
        sign_off=sign_off.span if sign_off else None,
    )


def _comments(text: str, start: int) -> list[Span]:
    """Return the HTML comments at the head of the body; a program's, not the author's."""
    comments: list[Span] = []
    while comment := _COMMENT.match(text, start):
        comments.append(comment.span(1))
        start = comment.end()
    return comments


def _from_front_matter(matter: FrontMatter) -> dict[str, Stated]:
    stated = {}
    for kind, keys in _KEYS.items():
        for key in keys:
            if (found := matter.fields.get(key)) and (value := _value(kind, found)):
                stated[kind] = Stated(kind, value, found.span)
                break
    return stated


def _value(kind: str, found: Field) -> str | None:
    if kind in DATES:
        return parse_date(found.value)
    valid = {"author": is_author, "source": is_source, "url": is_address}.get(kind, bool)
    return found.value if valid(found.value) else None


def _without_prose(text: str, matter: FrontMatter) -> list[Span]:
    """Return the spans of the front matter without its prose entries, such as a summary."""
    spans, position = [], 0
    for start, end in matter.entries:
        if holds_sentences(" ".join(text[start:end].split()).lstrip("|>-+[\"' ").strip("\"'] ")):
            line = text.rfind("\n", 0, start) + 1
            spans.append((position, line))
            position = end
    return [span for span in [*spans, (position, matter.end)] if text[slice(*span)].strip()]


def _read_head(text: str, lines: list[Span]) -> _Head:
    """Read the lines before the article's first prose."""
    head = _Head()
    shown = [text[slice(*line)] for line in lines[:_HEAD_LINES]]
    page = controls(shown)
    waiting: Span | None = None  # a label whose date is on the next line
    for i, (line, words) in enumerate(zip(lines, shown, strict=False)):
        head.first_prose = i
        found = read_header_line(text, line)
        if found:
            head.dated.add(i)
            if found.complete:
                head.header += [waiting, line] if waiting else [line]
            for stated in found.stated:
                head.stated.setdefault(stated.kind, stated)
        elif names_a_date(text, line):
            waiting = line
            continue
        elif not any(char.isalnum() for char in words) and not is_underline(text, lines[max(0, i - 1)], line):
            break  # a rule
        elif i in page or titles_a_list(words) or notice_subject(words) or _is_field(text, lines, i, head):
            pass
        elif len(head.others) == _OTHER_LINES or _starts_prose(text, lines, i, head):
            break
        else:
            head.others.append(i)
        waiting = None
    else:
        head.first_prose = min(len(lines), _HEAD_LINES)
    _drop_dates_of_entries(text, lines, head)
    return head


def _starts_prose(text: str, lines: list[Span], i: int, head: _Head) -> bool:
    """Return whether the article's prose begins with a line."""
    words = text[slice(*lines[i])]
    if len(words) > TITLE_CHARS:
        return True
    after = lines[i + 1] if i + 1 < len(lines) else None
    header_follows = after is not None and _is_header_below(text, lines[i], after)
    alone = after is None or header_follows or text.count("\n", lines[i][1], after[0]) > 1
    if count_sentences(words) > 1:
        return True
    if not head.others and len(_repeats(text, lines, i)) > 1:
        return False
    if is_phrase(words):
        return not alone and len(words) >= _WRAPPED_CHARS and not is_underline(text, lines[i], after or lines[i])
    # A sentence above a header line is a title, or the subtitle of one.
    return not (header_follows or (not head.others and (is_question(words) or is_quotation(words))))


def _is_header_below(text: str, line: Span, after: Span) -> bool:
    """Return whether a header line follows that is not the rest of a wrapped sentence ("…, as / written by Anna Berg")."""
    wrapped = text.count("\n", line[1], after[0]) == 1 and line[1] - line[0] >= _WRAPPED_CHARS
    return read_header_line(text, after) is not None and not (wrapped and text[after[0]].islower())


def _is_field(text: str, lines: list[Span], i: int, head: _Head) -> bool:
    """Return whether a line is one of several of the form "key: value" without a blank line between."""
    if not _KEY_AND_VALUE.fullmatch(text, *lines[i]):
        return False
    before, line, after = lines[max(0, i - 1)], lines[i], lines[min(i + 1, len(lines) - 1)]
    close = [text.count("\n", before[1], line[0]) == 1, text.count("\n", line[1], after[0]) == 1]
    return (close[0] and i - 1 in head.dated) or (close[1] and read_header_line(text, after) is not None)


def _drop_dates_of_entries(text: str, lines: list[Span], head: _Head) -> None:
    """Forget dates on lines of their own if the text has several: they are those of a diary's entries."""
    alone = [line for line in lines if _is_date(text, line) and not _has_label_above(text, lines, line)]
    if len(alone) < 2:
        return
    for kind in [kind for kind in DATES if kind in head.stated]:
        if any(line[0] <= head.stated[kind].span[0] < line[1] for line in alone):
            del head.stated[kind]
    head.header = [line for line in head.header if line not in alone]


def _has_label_above(text: str, lines: list[Span], line: Span) -> bool:
    before = lines[max(0, lines.index(line) - 1)]
    return names_a_date(text, before)


def _is_date(text: str, line: Span) -> bool:
    words = text[slice(*line)]
    return len(words) <= _PROSE_CHARS and not words.isdigit() and parse_date(words) is not None


def _title(text: str, lines: list[Span], head: _Head) -> tuple[Stated | None, list[Span]]:
    """Return the title that a line at the head states, and all lines that state it."""
    if "title" in head.stated:
        wanted = head.stated["title"].value
        return None, [lines[i] for i in head.others if _same_words(_heading(text[slice(*lines[i])]), wanted)][:2]
    others = [i for i in head.others if may_be_title(text[slice(*lines[i])])]
    if not others or len(lines) < 2 or others[0] != head.others[0]:
        return None, []
    first = others[0]
    if len(others) > 1 and _is_alone(text, lines, first, head):
        first = others[1] if is_kicker(*(text[slice(*lines[i])] for i in others[:2])) else first
    line, words = lines[first], text[slice(*lines[first])]
    after = lines[first + 1] if first + 1 < len(lines) else None
    if after and is_underline(text, line, after):
        return _stated_title(text, line), [line, after]
    if is_markdown_title(words):
        return _stated_title(text, line), [line]
    if len(repeats := _repeats(text, lines, first)) > 1:
        return _stated_title(text, line), repeats
    if after and _is_alone(text, lines, first, head) and _reads_as_title(text, lines, first, head):
        return _stated_title(text, line), [line]
    return None, []


def _repeats(text: str, lines: list[Span], i: int) -> list[Span]:
    """Return a line and where a page states it again below; a sentence again only on the next line."""
    words = text[slice(*lines[i])]
    last = i + 5 if is_phrase(words) else i + 2
    return [line for line in lines[i:last] if _same_words(text[slice(*line)], words)]


def _is_alone(text: str, lines: list[Span], i: int, head: _Head) -> bool:
    """Return whether a blank line or a header line follows."""
    return i + 1 in head.dated or (i + 1 < len(lines) and text.count("\n", lines[i][1], lines[i + 1][0]) > 1)


def _reads_as_title(text: str, lines: list[Span], i: int, head: _Head) -> bool:
    words = text[slice(*lines[i])]
    if is_phrase(words):
        return True
    if i + 1 in head.dated and count_sentences(words) == 1:
        return True
    later = [text[slice(*line)] for line in lines[i + 1 :]]
    if is_question(words):
        return not any(is_question(line) for line in later)  # else a list of questions and answers
    return is_quotation(words) and not is_quotation(later[0])


def _stated_title(text: str, line: Span) -> Stated:
    start, end = words_of(text[slice(*line)])
    span = line[0] + start, line[0] + end
    return Stated("title", text[slice(*span)], span)


def _heading(line: str) -> str:
    """Return a title line without its Markdown marks."""
    return line[slice(*words_of(line))]


def _same_words(one: str, other: str) -> bool:
    return one.casefold().split() == other.casefold().split()


def _dateline(text: str, lines: list[Span], first: int) -> list[tuple[str, Stated]]:
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


def _sign_off(text: str, lines: list[Span]) -> list[tuple[str, Stated]]:
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


def _foot(text: str, lines: list[Span]) -> list[tuple[str, Stated]]:
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
