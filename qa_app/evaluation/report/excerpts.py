"""Excerpts of articles that show cited and expected evidence in context."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from qa_app.evaluation.results import Outcome, Place

Texts = Callable[[str], str | None]
"""From a document's path to its canonical text; None when there is no such document."""

# Context on each side, and how much of the start and end of a long excerpt is shown; in characters.
_AROUND = 200
_LONG = 300


class Mark(Enum):
    """Why a span is highlighted."""

    CITED = "cited"
    EXPECTED = "expected"
    BOTH = "both"


@dataclass(frozen=True)
class Excerpt:
    """A part of an article, or why it cannot be shown."""

    document: str
    start: int
    end: int
    """From the first to the last highlighted span: characters, [start, end)."""
    parts: tuple[tuple[str, Mark | None], ...]
    """Pieces of text in order, each with its highlighting."""
    missing: str | None = None


@dataclass(frozen=True)
class OutcomeInContext:
    """The outcome of a question, with excerpts around the cited and the expected evidence."""

    outcome: Outcome
    excerpts: tuple[Excerpt, ...]


def in_context(outcome: Outcome, texts: Texts) -> OutcomeInContext:
    return OutcomeInContext(outcome, tuple(excerpts(outcome, texts)))


def excerpts(outcome: Outcome, texts: Texts) -> list[Excerpt]:
    """Return excerpts of what an answer cited, in the order of the citations, then of the evidence it missed.

    Evidence that is no longer in the articles is reported as gone.
    """
    cited = [c.place for c in outcome.citations]
    quotes = {c.place: c.quote for c in outcome.citations}
    found: list[Excerpt] = []
    for document in dict.fromkeys(place.document for place in (*cited, *outcome.gold)):
        text = texts(document)
        if text is None:
            found.append(Excerpt(document, 0, 0, (), "no longer among the articles."))
            continue
        own = [p for p in dict.fromkeys((*cited, *outcome.gold)) if p.document == document]
        stands = [
            p for p in own if 0 <= p.start < p.end <= len(text) and quotes.get(p) in (None, text[p.start : p.end])
        ]
        if len(stands) < len(own):
            found.append(Excerpt(document, 0, 0, (), "has changed since; the words are no longer there."))
        at_cited = [p for p in stands if p in quotes]
        expected = [p for p in stands if p in outcome.gold]
        found.extend(_excerpt(document, text, group, at_cited, expected) for group in _groups(stands))
    return found


def _groups(places: Iterable[Place]) -> list[list[Place]]:
    """Merge places whose contexts touch."""
    groups: list[list[Place]] = []
    reach = -1
    for place in sorted(places, key=lambda p: p.start):
        if groups and place.start - _AROUND <= reach:
            groups[-1].append(place)
        else:
            groups.append([place])
            reach = -1
        reach = max(reach, place.end + _AROUND)
    return groups


def _excerpt(document: str, text: str, group: list[Place], cited: list[Place], expected: list[Place]) -> Excerpt:
    start, end = group[0].start, max(place.end for place in group)
    low, high = _word_start(text, max(0, start - _AROUND)), _word_end(text, min(len(text), end + _AROUND))
    bounds = sorted({low, high, *(p.start for p in group), *(p.end for p in group)})
    parts = []
    for begin, stop in pairwise(bounds):
        in_cited = any(p.start <= begin and stop <= p.end for p in cited)
        in_expected = any(p.start <= begin and stop <= p.end for p in expected)
        mark = (Mark.BOTH if in_expected else Mark.CITED) if in_cited else (Mark.EXPECTED if in_expected else None)
        parts.append((_cut(text[begin:stop]), mark))
    return Excerpt(document, start, end, tuple(_with_ends(parts, low > 0, high < len(text))))


def _with_ends(
    parts: list[tuple[str, Mark | None]], cut_before: bool, cut_behind: bool
) -> Iterator[tuple[str, Mark | None]]:
    if cut_before:
        yield "… ", None
    yield from parts
    if cut_behind:
        yield " …", None


def _cut(words: str) -> str:
    return words if len(words) <= 2 * _LONG + 3 else f"{words[:_LONG]} … {words[-_LONG:]}"


def _word_start(text: str, at: int) -> int:
    """Return the next start of a word at or after `at`, if one is near."""
    return next((i for i in range(at, min(at + 20, len(text))) if i == 0 or text[i - 1].isspace()), at)


def _word_end(text: str, at: int) -> int:
    return next((i for i in range(at, max(at - 20, 0), -1) if i == len(text) or text[i].isspace()), at)
