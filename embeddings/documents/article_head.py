"""Read the head of an article: its title and its header lines, above the first prose."""

import re
from dataclasses import dataclass, field

from embeddings.documents.blocks import Span
from embeddings.documents.dates import parse_date
from embeddings.documents.header_lines import (
    DATES,
    TITLE_CHARS,
    Stated,
    count_sentences,
    names_a_date,
    read_header_line,
)
from embeddings.documents.page_lines import controls, notice_subject, titles_a_list
from embeddings.documents.titles import (
    is_kicker,
    is_markdown_title,
    is_phrase,
    is_question,
    is_quotation,
    is_underline,
    may_be_title,
    words_of,
)

_KEY_AND_VALUE = re.compile(r"[^\W\d_][\w ./-]{0,24}:\s*\S.*")
# A longer line without a blank line after it was wrapped by an editor.
_WRAPPED_CHARS = 40
_DATE_CHARS = 60
# How many lines that are neither title nor header may stand at the head of an article, such as a subtitle.
_OTHER_LINES = 4
_HEAD_LINES = 40


@dataclass
class Head:
    """What is found at the head of an article."""

    stated: dict[str, Stated] = field(default_factory=dict)
    header: list[Span] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    """The lines that may be the title, by their position."""
    dated: set[int] = field(default_factory=set)
    """The lines that state something."""
    first_prose: int = 0
    """The position of the line at which the head ends."""


def read_head(text: str, lines: list[Span]) -> Head:
    """Read the lines before the article's first prose."""
    head = Head()
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


def _starts_prose(text: str, lines: list[Span], i: int, head: Head) -> bool:
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


def _is_field(text: str, lines: list[Span], i: int, head: Head) -> bool:
    """Return whether a line is one of several of the form "key: value" without a blank line between."""
    if not _KEY_AND_VALUE.fullmatch(text, *lines[i]):
        return False
    before, line, after = lines[max(0, i - 1)], lines[i], lines[min(i + 1, len(lines) - 1)]
    close = [text.count("\n", before[1], line[0]) == 1, text.count("\n", line[1], after[0]) == 1]
    return (close[0] and i - 1 in head.dated) or (close[1] and read_header_line(text, after) is not None)


def _drop_dates_of_entries(text: str, lines: list[Span], head: Head) -> None:
    """Forget dates on lines of their own if the text has several: they are those of a diary's entries."""
    above = [lines[0], *lines[:-1]] if lines else []
    alone = [
        line
        for before, line in zip(above, lines, strict=True)
        if _is_date(text, line) and not names_a_date(text, before)
    ]
    if len(alone) < 2:
        return
    for kind in [kind for kind in DATES if kind in head.stated]:
        if any(line[0] <= head.stated[kind].span[0] < line[1] for line in alone):
            del head.stated[kind]
    head.header = [line for line in head.header if line not in alone]


def _is_date(text: str, line: Span) -> bool:
    words = text[slice(*line)]
    return len(words) <= _DATE_CHARS and not words.isdigit() and parse_date(words) is not None


def title_of(text: str, lines: list[Span], head: Head) -> tuple[Stated | None, list[Span]]:
    """Return the title that a line at the head states, and all lines that state it."""
    if "title" in head.stated:
        wanted = head.stated["title"].value
        return None, [lines[i] for i in head.others if same_words(heading(text[slice(*lines[i])]), wanted)][:2]
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
    return [line for line in lines[i:last] if same_words(text[slice(*line)], words)]


def _is_alone(text: str, lines: list[Span], i: int, head: Head) -> bool:
    """Return whether a blank line or a header line follows."""
    return i + 1 in head.dated or (i + 1 < len(lines) and text.count("\n", lines[i][1], lines[i + 1][0]) > 1)


def _reads_as_title(text: str, lines: list[Span], i: int, head: Head) -> bool:
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


def heading(line: str) -> str:
    """Return a title line without its Markdown marks."""
    return line[slice(*words_of(line))]


def same_words(one: str, other: str) -> bool:
    return one.casefold().split() == other.casefold().split()
