"""Extract title, date, author and source from the text of an article."""

import re
from dataclasses import dataclass
from typing import Literal

from embeddings.documents.agency_lines import dateline, foot, sign_off
from embeddings.documents.article_head import heading, read_head, same_words, title_of
from embeddings.documents.blocks import Span
from embeddings.documents.dates import parse_date
from embeddings.documents.front_matter import Field, FrontMatter, read_front_matter
from embeddings.documents.header_lines import DATES, Stated, holds_sentences, is_address, is_author, is_source
from embeddings.documents.sentences import line_spans
from embeddings.documents.titles import date_from_path, title_from_path

VERSION = 4
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
_LABELS = ("labels", "label", "tags", "tag", "keywords")
# Kinds of dates, the best first.
_DATES = ("published", "created", "dateline", "signed", "updated")
_COMMENT = re.compile(r"\s*(<!--.*?-->)", re.DOTALL)


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
    labels: tuple[str, ...] = ()
    """Those of the front matter, in order."""


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
    head = read_head(text, lines)
    stated = dict(head.stated)
    title, title_lines = title_of(text, lines, head)
    for kind, found in [*dateline(text, lines, head.first_prose), *sign_off(text, lines), *foot(text, lines)]:
        stated.setdefault(kind, found)
    stated |= _from_front_matter(matter)
    if "title" in stated:
        title = stated["title"]
    dated = next((stated[kind] for kind in _DATES if kind in stated), None)
    named = None if dated else date_from_path(path)
    source = stated.get("source") or stated.get("url") or stated.get("agency")
    author, signed = stated.get("author"), stated.get("sign-off")
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
        title_lines=tuple(line for line in title_lines if same_words(heading(text[slice(*line)]), chosen)),
        sign_off=signed.span if signed else None,
        labels=_labels(matter),
    )


def _labels(matter: FrontMatter) -> tuple[str, ...]:
    """Return the labels of the front matter; those that differ in case alone are one."""
    found: dict[str, str] = {}
    for field in (matter.fields[key] for key in _LABELS if key in matter.fields):
        for label in (part.strip(" #") for part in field.value.split(",")):
            found.setdefault(label.casefold(), label)
    return tuple(filter(None, found.values()))


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
