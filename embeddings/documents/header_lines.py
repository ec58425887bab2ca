"""Recognise the lines at the head of an article that state its title, date, author or source."""

import re
from dataclasses import dataclass

from embeddings.documents.blocks import Span
from embeddings.documents.dates import match_date
from embeddings.documents.sentences import sentence_spans, trim

TITLE_CHARS = 200
_NAME_CHARS = 100
# "Source: Ministry of Health." is a name with a full stop; a value with more words may be a sentence.
_NAME_WORDS = 4
_LINE_CHARS = 160

# What each label states, in a few languages.
_LABELS = {
    "title": "title|headline|subject|full title|hd|titel|titre|título|titolo|заголовок|название|başlık",
    "author": "authors?|by|byline|by-line|writers?|written by|posted by|reporter|creator|from|autor(?:en|es)?|von|auteurs?|par|por"
    "|автор(?:ы|лары)?|yazar(?:lar)?",
    "source": "source|publication|publisher|site|website|sn|quelle|fuente|fonte|источник|kaynak|дереккөз",
    "url": "url|link|original(?: link| url)?|permalink|canonical|ссылка",
    "published": "(?:first |originally |date )?(?:published|posted|released|issued)(?: date)?|publication date|pub ?date|dated?|pd"
    "|veröffentlicht|erschienen|datum|publiée?|fecha(?: de publicación)?|publicado|pubblicato|data|опубликовано"
    "|дата(?: публикации)?|опубліковано|yayın(?:lanma)?(?: tarihi)?|tarih|жарияланған(?: күні)?",
    "created": "(?:date )?created(?: at)?|creation date|captured|clipped|saved|added|load-date|erstellt|создано|créée?|creado",
    "updated": "(?:last )?(?:updated?|modified|edited|revised|changed)(?: at)?|lastmod|aktualisiert|stand|mise? à jour"
    "|actualizado|aggiornato|обновлено|изменено|güncelle(?:me|ndi)",
}  # fmt: skip
DATES = ("published", "created", "updated")
"""Kinds of dates, the best first."""
_LABEL = re.compile(
    r"(?:[-*+]\s+)?[*_]{0,3}(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _LABELS.items())
    + r")[*_]{0,3}\s*:[*_]{0,3}\s*(?P<value>.+)",
    re.IGNORECASE,
)
_DATE_WORDS = re.compile(
    "(?:"
    + "|".join(f"(?P<{kind}>{_LABELS[kind]})" for kind in DATES)
    + r")\b[*_]{0,3}:?[*_]{0,3}\s*(?:on|at|am|le|el|il)?\s*",
    re.IGNORECASE,
)
_BY = re.compile(r"(?:(?:written|reported|posted|story|words|text)\s+)?(?:by|von|par|por)\s+", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,|&|\band\b|\bund\b|\bet\b|\by\b|\be\b|\bи\b|\bve\b)\s*")
_PARTICLES = frozenset(
    "de del della di da do dos la le van von der den ten ter bin ibn al el af zu zur oğlu qizi".split()
)
_NAME_PART = re.compile(r"[^|•·,;()–—&\n]+?(?=\s+(?:and|und|et|y|e|и|ve|in|at|for|from)\s|\s*(?:[|•·,;()–—&]|\.?$))")
# "By Anna Berg in Port", "by Anna Berg, chief reporter"
_BESIDE_NAME = re.compile(r"(?:,\s*|\s+(?:in|at|for|from)\s+)(?:[^\s.!?]+\s*){1,6}\.?")
_SEPARATOR = re.compile(r"[\s|•·,;()/*_–—-]*")
_PART = re.compile(r"[^|•·,;()–—]+")
# What pages write beside a date.
_COUNT = re.compile(
    r"\d+\s?(?:min(?:ute)?s?(?:\s+read)?|words|comments?|views|минуты?|просмотров)\b|(?:reading time|read)\b", re.I
)
_ADDRESS = re.compile(r"(?:\w+://|[\w-]+\.\w)\S*")


@dataclass(frozen=True)
class Stated:
    """Something that a header line states."""

    kind: str
    """"title", "author", "source", "url", or one of `DATES`."""
    value: str
    span: Span


@dataclass(frozen=True)
class HeaderLine:
    """A line that belongs to the head of an article."""

    stated: tuple[Stated, ...]
    complete: bool
    """Whether all that the line says is in `stated`, so that nothing is lost if it is not read as text."""


def read_header_line(text: str, line: Span) -> HeaderLine | None:
    """Return what a line states after a label, as a date or as a byline; None for any other line.

    A known label before a value that is prose gives a line that states nothing and is not complete: it stays text, but
    it is no title either.
    """
    if line[1] - line[0] > 4 * TITLE_CHARS:
        return None
    if match := _LABEL.fullmatch(text, *line):
        kind = next(kind for kind in _LABELS if match[kind])
        return _labelled(text, kind, trim(text, *match.span("value")))
    return _parts(text, line, "published") if line[1] - line[0] <= _LINE_CHARS else None


def names_a_date(text: str, line: Span) -> bool:
    """Return whether a line is only the label of a date, such as "Published" above the date."""
    match = _DATE_WORDS.match(text, *line)
    return match is not None and match.end() == line[1]


def is_prose(value: str) -> bool:
    """Return whether a value is more than a name: it has sentences, or most of its words are in lower case."""
    words = re.findall(r"[^\W\d_]{4,}", value)
    lower = sum(word[0].islower() for word in words)
    return holds_sentences(value) or (len(value.split()) > _NAME_WORDS and lower > len(words) / 2)


def holds_sentences(value: str) -> bool:
    """Return whether a value has more than one sentence, or is one."""
    return count_sentences(value) > 1 or _is_sentence(value)


def count_sentences(value: str) -> int:
    """Return the number of sentences."""
    return len(sentence_spans(value, 0, len(value), max_chars=len(value)))


def is_source(value: str) -> bool:
    """Return whether a value is a name or an address, not prose."""
    return is_address(value) or (len(value) <= _NAME_CHARS and not is_prose(value))


def is_address(value: str) -> bool:
    """Return whether a value is a URL, with or without its scheme."""
    return bool(_ADDRESS.fullmatch(value))


def is_author(value: str) -> bool:
    """Return whether a value is one or more names."""
    digits = any(char.isdigit() for char in value) and "@" not in value
    return len(value) <= _NAME_CHARS and not digits and not is_address(value) and not is_prose(value)


def is_name(part: str, words: range = range(1, 6)) -> bool:
    """Return whether words look like a name: none in lower case but particles, no sentence."""
    found = part.strip().strip("*_ ").split()
    return (
        len(found) in words
        and not part.rstrip().endswith(("?", "!", ":"))
        and not found[0][:1].islower()
        and any(char.isalpha() for char in part)
        and all(not word[:1].islower() or word in _PARTICLES for word in found)
    )


def _is_sentence(value: str) -> bool:
    return value.endswith("。") or (value.endswith((".", "…", "।")) and len(value.split()) > _NAME_WORDS)


def _labelled(text: str, kind: str, span: Span) -> HeaderLine:
    value = text[slice(*span)]
    if kind in DATES:
        return _with_date(text, kind, span) or HeaderLine((), False)
    stated = HeaderLine((Stated(kind, value, span),), True)
    if kind == "title" and len(value) <= TITLE_CHARS and count_sentences(value) == 1:
        return HeaderLine(stated.stated, not _is_sentence(value))
    valid = {"source": is_source, "url": is_address, "author": is_author}.get(kind)
    return stated if valid and valid(value) else HeaderLine((), False)


def _with_date(text: str, kind: str, span: Span) -> HeaderLine | None:
    """Return the line of a labelled date, which other parts may follow."""
    found = _parts(text, span, kind)
    return found if found and any(stated.kind in DATES for stated in found.stated) else None


def _parts(text: str, line: Span, kind: str) -> HeaderLine | None:
    """Read a line of dates, bylines and short names, separated by signs; None if it is something else.

    Args:
        text: the text.
        line: the line's span.
        kind: the kind of a date without a label.
    """
    stated: list[Stated] = []
    position, end = line
    known, complete = True, True  # whether the part before `position` is known; whether all are
    while (position := _separated(text, position, end)) < end:
        words = _DATE_WORDS.match(text, position, end)
        label = next((name for name in DATES if words and words[name]), kind)
        start = words.end() if words else position
        if (date := match_date(text, start, end)) and (words or not text[start : date[1]].isdigit()):
            stated.append(Stated(label, date[0], (start, date[1])))
            position, known = date[1], True
        elif names := _byline(text, position, end):
            stated.append(Stated("author", text[slice(*names)], names))
            position, known = names[1], True
        elif count := _COUNT.match(text, position, end):
            position = count.end()
        else:
            part = _PART.match(text, position, end)
            if stated and stated[-1].kind == "author" and _BESIDE_NAME.fullmatch(text, stated[-1].span[1], end):
                return HeaderLine(tuple(stated), False)
            if not part or not is_name(part[0]) or (known and stated and not _is_set_off(text, position)):
                return None
            position, known, complete = part.end(), False, False
    return HeaderLine(tuple(stated), complete) if stated else None


def _separated(text: str, position: int, end: int) -> int:
    match = _SEPARATOR.match(text, position, end)
    position = match.end() if match else position
    return end if text[position:end] in (".", "…") else position


def _is_set_off(text: str, position: int) -> bool:
    """Return whether a sign separates the part that begins at `position` from the one before."""
    return text[:position].rstrip()[-1:] in "|•·,;()/–—-*_"


def _byline(text: str, start: int, end: int) -> Span | None:
    """Return the names after "by"; None if there are none."""
    by = _BY.match(text, start, end)
    if not by:
        return None
    stop = position = by.end()
    while position < end and (name := _NAME_PART.match(text, position, end)):
        span = trim(text, *name.span())
        if not is_name(text[slice(*span)], words=range(2, 6)):
            break
        stop = span[1]
        more = _AND.match(text, stop, end)
        if not more or more.end() == stop:
            break
        position = more.end()
    return (by.end(), stop) if stop > by.end() else None
