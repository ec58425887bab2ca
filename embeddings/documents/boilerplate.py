"""Find boilerplate: the parts of a copied web page that are not the article.

Boilerplate stays in the canonical text but is not chunked. In doubt a line is kept: `docs/decisions/0002-boilerplate.md`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from embeddings.documents.blocks import Span
from embeddings.documents.header_lines import count_sentences
from embeddings.documents.metadata import Metadata
from embeddings.documents.page_lines import (
    controls,
    is_comment_sign,
    is_copyright,
    notice_subject,
    titles_a_list,
    titles_comments,
)
from embeddings.documents.scripts import dominant_script
from embeddings.documents.sentences import paragraph_spans

VERSION = 2
"""Increase it when the rules below give a different result for the same text."""

_SENTENCE_END = re.compile(r"[.!?…。！？؟।][)\]\"'”’»]*$")
# A shorter line that ends like a sentence may still be a slogan of the page ("Stay informed.").
_PROSE_CHARS = 60
_SLOGAN_WORDS = 2
# An entry of a menu at the end; a longer line may be the article's ("Doors open at seven").
_ENTRY_WORDS = 2
# A longer paragraph is no teaser in a list of other articles.
_TEASER_CHARS = 250
_HEADLINE_CHARS = 150
# A comment has its age or its buttons within so many lines of those of the one before.
_COMMENT_LINES = 8
# "Harbour office: 0123 456 789"
_LABELLED_NUMBER = re.compile(r"[^\W\d_][^:]{0,40}:\s.*\d.*")


@dataclass(frozen=True)
class Boilerplate:
    """A part of the canonical text, `[start, end)` in characters, that is not the article's and so not chunked."""

    start: int
    end: int
    reason: str
    """"header", "title", "sign-off", "navigation", "notice", "comments", "other articles" or "another language"."""
    is_read: bool = False
    """Whether a person has put it back: it is chunked like the rest."""


def find_boilerplate(text: str, metadata: Metadata) -> tuple[Boilerplate, ...]:
    """Return the boilerplate of `text` in order; empty if all of the text would be boilerplate.

    Args:
        text: the canonical text.
        metadata: what `read_metadata` found in it.
    """
    known = [
        *(Boilerplate(*span, "header") for span in metadata.header),
        *(Boilerplate(*span, "title") for span in metadata.title_lines),
        *([Boilerplate(*metadata.sign_off, "sign-off")] if metadata.sign_off else []),
    ]
    known = _outermost(known)
    paragraphs = _paragraphs_between(text, known)
    reasons = _Page([text[slice(*span)] for span in paragraphs], dominant_script(text)).reasons()
    found = _outermost([*known, *(Boilerplate(*paragraphs[i], reason) for i, reason in reasons.items())])
    is_all = all(not text[start:end].strip() for start, end in _gaps(text, found))
    return () if is_all else tuple(found)


def _outermost(pieces: Iterable[Boilerplate]) -> list[Boilerplate]:
    """Return the pieces in order, without those inside another, such as a sign-off in a copyright line."""
    kept: list[Boilerplate] = []
    for piece in sorted(pieces, key=lambda piece: (piece.start, -piece.end)):
        if not kept or piece.start >= kept[-1].end:
            kept.append(piece)
    return kept


def _paragraphs_between(text: str, known: list[Boilerplate]) -> list[Span]:
    """Return the paragraphs outside what is known. A wrapped line is no line of its own: its words are a sentence's."""
    return [span for gap in _gaps(text, known) for span in paragraph_spans(text, *gap)]


def _gaps(text: str, pieces: list[Boilerplate]) -> Iterator[Span]:
    """Yield the stretches between the pieces, which are in order."""
    starts = [0, *(piece.end for piece in pieces)]
    ends = [*(piece.start for piece in pieces), len(text)]
    return zip(starts, ends, strict=True)


class _Page:
    """The paragraphs (lines) of a text that are neither header nor title, and which of them belong to the page around the article."""

    def __init__(self, lines: list[str], script: str | None) -> None:
        self.lines = lines
        self.foreign = [dominant_script(line) not in (script, None) for line in lines]
        self.found: dict[int, str] = dict.fromkeys(controls(lines), "navigation")
        self.notices = {i: subject for i, line in enumerate(lines) if (subject := notice_subject(line))}

    def reasons(self) -> dict[int, str]:
        """Return why each line that is left out is left out, by the line's position."""
        self._find_comments()
        self._find_lists()
        self._find_notices()
        self._find_rest_of_tail()
        return self.found

    def _prose(self) -> list[int]:
        """Return the positions of the article's sentences, without what is found so far."""
        return [
            i for i in range(len(self.lines)) if i not in self.found and i not in self.notices and self._is_prose(i)
        ]

    def _is_prose(self, i: int) -> bool:
        line = self.lines[i]
        return len(line) >= _PROSE_CHARS and bool(_SENTENCE_END.search(line)) and not self.foreign[i]

    def _find_comments(self) -> None:
        """Find readers' comments: a title such as "3 comments", then lines with the age or the buttons of each comment."""
        prose = self._prose()
        reached = 0
        for title in (i for i, line in enumerate(self.lines) if titles_comments(line)):
            # A title among comments that are found begins no others: each line is looked at once.
            if not prose or prose[0] > title or title < reached:
                continue
            last = title
            for i in range(title + 1, len(self.lines)):
                if i - last > _COMMENT_LINES:
                    break
                if is_comment_sign(self.lines[i]):
                    last = i
            reached = last
            if last > title:
                # The last comment's words stand after its age, unless the buttons below it were the last sign.
                self._mark(range(title, min(last + 2, len(self.lines))), "comments")

    def _find_lists(self) -> None:
        """Find lists of other articles after the article: a title such as "Most read", and then only headlines and teasers."""
        prose = self._prose()
        if not prose:
            return
        first = len(self.lines)  # from here on there are only headlines and teasers
        while first > prose[0] + 1 and self._is_list_item(first - 1):
            first -= 1
        for title in range(max(first - 1, prose[0] + 1), len(self.lines) - 1):
            if title not in self.found and titles_a_list(self.lines[title]):
                self._mark(range(title, len(self.lines)), "other articles")
                return

    def _is_list_item(self, i: int) -> bool:
        line = self.lines[i]
        if i in self.found or i in self.notices or titles_a_list(line):
            return True
        if not self._is_prose(i):
            return len(line) <= _HEADLINE_CHARS
        after_headline = i - 1 not in self.found and not self._is_prose(i - 1)
        return after_headline and len(line) <= _TEASER_CHARS and count_sentences(line) == 1

    def _find_notices(self) -> None:
        """Find what a site says of itself before and after the article: cookies, a newsletter, a limit of free articles."""
        prose = self._prose()
        if not prose:
            return
        article = " ".join(self.lines[i] for i in prose).lower()
        own = {subject for subject in set(self.notices.values()) if subject in article}
        for i, subject in self.notices.items():
            if (i < prose[0] or i > prose[-1]) and subject not in own:
                self._mark([i], "notice")

    def _find_rest_of_tail(self) -> None:
        """Find what stands after the article between what was found, and entries of menus after it.

        Sentences and numbers with a label stay: they may be the article's.
        """
        tail = range(max(self._prose(), default=len(self.lines)) + 1, len(self.lines))
        self._mark((i for i in tail if is_copyright(self.lines[i])), "navigation")
        known = [i for i in tail if i in self.found]
        if not known:
            return
        for i in range(known[0], len(self.lines)):
            line = self.lines[i]
            words = len(line.split())
            if (_SENTENCE_END.search(line) and words > _SLOGAN_WORDS) or _LABELLED_NUMBER.fullmatch(line):
                continue
            foreign = self.foreign[i]
            if foreign or i < known[-1] or words <= _ENTRY_WORDS:
                self._mark([i], "another language" if foreign else "navigation")

    def _mark(self, positions: Iterable[int], reason: str) -> None:
        for i in positions:
            self.found.setdefault(i, reason)
