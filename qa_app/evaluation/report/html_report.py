"""Write a result as a self-contained HTML page without scripts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from embeddings.storage.atomic import replace_file
from qa_app.evaluation.metrics.mistakes import MISTAKES, Kind, by_kind, in_words
from qa_app.evaluation.report.charts import charts
from qa_app.evaluation.report.excerpts import OutcomeInContext, Texts, in_context
from qa_app.evaluation.results import Outcome, Result
from qa_app.rendering.html import render

STYLE = Path(__file__).parent / "quality.css"
"""Styles shared by the report and the page."""
_REPORT_STYLE = Path(__file__).parent / "report.css"

# Per kind; a page with thousands would be slow to open. The result file has all of them.
_LISTED = 200
_LISTED_RIGHT = 50
_TEXTS_KEPT = 64


@dataclass(frozen=True)
class Listing:
    """The outcomes of one kind."""

    name: str
    count: int
    listed: tuple[OutcomeInContext, ...]
    """The most confident outcomes."""


def write_report(result: Result, file: Path, texts: Texts) -> None:
    """Write the report of a result.

    Args:
        result: the evaluation.
        file: replaced atomically.
        texts: from a document's path to its canonical text, to show evidence in context.

    Raises:
        OSError: the file cannot be written.
    """
    # A lone surrogate in a question file has no UTF-8 form; the browser shows a replacement character.
    replace_file(file, report_html(result, texts).encode("utf-8", "xmlcharrefreplace"))


def report_html(result: Result, texts: Texts) -> str:
    """Return the report; see `write_report`."""
    texts = lru_cache(_TEXTS_KEPT)(texts)
    outcomes = by_kind(result)
    return render(
        "report/report.html",
        style=Markup(STYLE.read_text(encoding="utf-8") + _REPORT_STYLE.read_text(encoding="utf-8")),  # our own files
        in_words=in_words(result),
        result=result,
        charts=charts(result),
        mistakes=_listings(outcomes, MISTAKES, _LISTED, texts),
        rest=_listings(outcomes, [kind for kind in Kind if kind not in MISTAKES], _LISTED_RIGHT, texts),
    )


def _listings(
    outcomes: dict[Kind, list[Outcome]], kinds: Iterable[Kind], at_most: int, texts: Texts
) -> Iterator[Listing]:
    """Yield the outcomes of each kind that occurs, the first ones with excerpts."""
    for kind in kinds:
        if own := outcomes.get(kind):
            yield Listing(kind.value, len(own), tuple(in_context(outcome, texts) for outcome in own[:at_most]))
