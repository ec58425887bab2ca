"""Find the line that is an article's title, or make a title from the file's name."""

import re
from datetime import date
from pathlib import PurePosixPath

from embeddings.documents.blocks import Span
from embeddings.documents.header_lines import TITLE_CHARS, count_sentences

_ATX = re.compile(r"#{1,3}[ \t]+(?P<title>.+?)[ \t]*#*")
_UNDERLINE = re.compile(r"={3,}|-{3,}")
_EMPHASIS = re.compile(r"(?P<mark>\*\*|__|\*|_)(?P<title>[^*_]+)(?P=mark)")
_NO_TITLE = re.compile(
    r"[-*+•–—]\s.*|!?\[.*\]\(.*\)|<.*>|\(.*\)|\w+://\S+|(?:photo|image|picture|video|фото|foto|bild)\b\s?[:/].*|q:.*|a:.*",
    re.I,
)
_NO_TITLE_END = (":", ";", ",")
_SENTENCE_END = re.compile(r"""[.!…。]["'”’»)]*$""")
_QUESTION = re.compile(r"""[?？؟]["'”’»)]*$""")
_QUOTATION = re.compile(r"""["“„«].*["”“»][.!…]?""")
_KICKER_WORDS = 3
# A date at the beginning or the end of a file's name, with or without signs between its parts.
_NAMED_DATE = re.compile(
    r"(?:^|(?<=[\W_]))(?P<y>(?:19|20)\d\d)(?P<sign>[-_.]?)(?P<m>\d\d)(?P=sign)(?P<d>\d\d)(?!\d)(?:T?\d{4,6}(?!\d))?"
)
_FOLDER_DATE = re.compile(r"(?:^|/)(?P<y>(?:19|20)\d\d)/(?P<m>\d\d)/(?P<d>\d\d)/")
# Notion appends an identifier to the names of exported files.
_IDENTIFIER = re.compile(r"[\s_-][0-9a-f]{32}$")


def words_of(line: str) -> Span:
    """Return where the words of a title line stand in it, without the marks of a Markdown heading or of emphasis."""
    match = _ATX.fullmatch(line)
    start, end = match.span("title") if match else (0, len(line))
    emphasis = _EMPHASIS.fullmatch(line, start, end)
    return emphasis.span("title") if emphasis else (start, end)


def is_markdown_title(line: str) -> bool:
    """Return whether a line is a Markdown heading of the upper levels."""
    return bool(_ATX.fullmatch(line))


def is_underline(text: str, line: Span, after: Span) -> bool:
    """Return whether the line `after` underlines `line`, which makes it a heading in Markdown."""
    return bool(_UNDERLINE.fullmatch(text, *after)) and text.count("\n", line[1], after[0]) == 1


def may_be_title(line: str) -> bool:
    """Return whether a line has the form of a title: short, one phrase, sentence or question; no list item, no picture."""
    return (
        len(line) <= TITLE_CHARS
        and any(char.isalpha() or char.isdigit() for char in line)
        and not _NO_TITLE.fullmatch(line)
        and not line.endswith(_NO_TITLE_END)
    )


def is_phrase(line: str) -> bool:
    """Return whether a line ends no sentence."""
    return not _SENTENCE_END.search(line) and not _QUESTION.search(line)


def is_question(line: str) -> bool:
    """Return whether a line is a single question."""
    return bool(_QUESTION.search(line)) and count_sentences(line) == 1


def is_quotation(line: str) -> bool:
    """Return whether a line is a quotation of one sentence and nothing else."""
    return bool(_QUOTATION.fullmatch(line)) and count_sentences(line) == 1 and not re.search(r"[”\"»]\s*\w", line[1:-2])


def is_kicker(line: str, title: str) -> bool:
    """Return whether a line in capitals is only the section's name above a longer title."""
    words = line.split()
    return (
        len(words) <= _KICKER_WORDS
        and line.isupper()
        and not any(char.isdigit() for char in line)
        and len(title.split()) >= _KICKER_WORDS
        and len(title) > len(line)
        and not title.isupper()
    )


def title_from_path(path: str) -> str:
    """Make a title from a file name: `2025-03-01_Super_Bowl_50.txt` gives "Super Bowl 50"."""
    stem = _IDENTIFIER.sub("", PurePosixPath(path).stem)
    dated = _named_date(stem)
    if dated:
        rest = stem[: dated.start()] + stem[dated.end() :]
        stem = rest.strip("-_. ()[]") or stem
    words = re.sub(r"[_\s]+", " ", stem).strip()
    if " " not in words and not re.fullmatch(r"[\d-]+", words):
        words = words.replace("-", " ").strip()
    return words[:1].upper() + words[1:] or PurePosixPath(path).stem


def date_from_path(path: str) -> str | None:
    """Return the date that a file's name begins or ends with, or its folders are named for; None if there is none."""
    match = _named_date(PurePosixPath(path).stem) or _FOLDER_DATE.search(path)
    return _date(match) if match else None


def _named_date(stem: str) -> re.Match[str] | None:
    for match in _NAMED_DATE.finditer(stem):
        edge = not stem[: match.start()].strip("-_. ([") or not stem[match.end() :].strip("-_. )]")
        if edge and _date(match):
            return match
    return None


def _date(match: re.Match[str]) -> str | None:
    try:
        return date(int(match["y"]), int(match["m"]), int(match["d"])).isoformat()
    except ValueError:
        return None
