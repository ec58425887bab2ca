"""Prefer the article of the time that a question asks about: the newest for "now", one of 2021 for "in 2021"."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from qa_app.answering.alternatives import alternatives, have_one_answer
from qa_app.answering.finding import content_words
from qa_app.answering.relative_dates import relative_date
from qa_app.answering.years import day_told
from qa_app.config import AnswerConfig
from qa_app.language.names import names_inside
from qa_app.rendering.readable import day_in_words
from qa_app.routing.periods import Period
from qa_app.routing.time_asked import TimeAsked
from qa_app.types import Candidate, Citation


class Timely(NamedTuple):
    """The candidates of the time that was asked about."""

    candidates: list[Candidate]
    """Best first."""
    as_of: str | None = None
    """The day, ISO 8601, or year of the article that was preferred to others; None if none had to be."""


def timely(asked: TimeAsked, candidates: Sequence[Candidate], config: AnswerConfig) -> Timely:
    """Return the candidates without those of articles of another time, if dated articles give different answers.

    Of a period, the best answer of an article dated in it is preferred, or of a sentence that states its year; without any,
    the newest article before its end tells how things were. The preferred candidate takes over the best one's confidence:
    they answer alike, and the time decides between them.
    """
    # What changes is told in other words each time; what it is about keeps its name.
    names = [word for match in names_inside(asked.words) for word in content_words(match[0])]
    sides = alternatives(names or content_words(asked.words), candidates, config) if candidates else []
    dated = [side for side in sides if _day(side)]
    if have_one_answer(dated):
        return Timely(list(candidates))
    chosen = max(dated, key=_day) if asked.period is None else _of_period(asked.period, dated)
    if chosen is None:
        return Timely(list(candidates))
    others = {side.passage.chunk.address for side in sides} - {chosen.passage.chunk.address}
    kept = [each for each in candidates if each.passage.chunk.address not in others and each != chosen]
    return Timely([replace(chosen, score=candidates[0].score), *kept], _day(chosen))


def remarks(citation: Citation, as_of: str | None) -> list[str]:
    """Return what is said beside the quote of a dated article: which day a relative date in it is, and when a state was so."""
    said = []
    if citation.date and citation.short_in_quote:
        said.append(relative_date(citation.quote, citation.short_in_quote, citation.date))
    if as_of and citation.date == as_of:
        said.append(f"As of {day_in_words(as_of)}, the article's date.")
    return [remark for remark in said if remark]


def _of_period(period: Period, sides: Sequence[Candidate]) -> Candidate | None:
    first, last = period.after or "", period.before or "9999"
    for side in sides:  # best first
        if first[: len(_day(side))] <= _day(side) <= last or {first[:4], last[:4]} & set(
            re.findall(r"\d{4}", side.sentence)
        ):
            return side
    return max((side for side in sides if period.before and _day(side) <= last), key=_day, default=None)


def _day(side: Candidate) -> str:
    return day_told(side.passage.chunk)
