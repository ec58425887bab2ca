"""A result as one HTML page for the person who reads it: no script, nothing loaded from anywhere."""

from functools import lru_cache
from pathlib import Path

from embeddings.storage.atomic import replace_file
from qa_app.evaluation.metrics.mistakes import MISTAKES, Kind, by_kind, in_words
from qa_app.evaluation.report.charts import charts_html
from qa_app.evaluation.report.sections import (
    STYLE,
    Texts,
    circumstances_html,
    legend_html,
    measures_html,
    outcomes_html,
)
from qa_app.evaluation.results import Outcome, Result

# Of each kind; a page of thousands would be slow to open. The result's file has all of them.
_LISTED = 200
_LISTED_RIGHT = 50
_TEXTS_KEPT = 64

_PAGE_STYLE = """
@media (prefers-color-scheme: dark) { :root {
  --q-ink: #f4f4f5; --q-quiet: #b4b4bd; --q-line: #52525b; --q-paper: #18181b; --q-accent: #a5b4fc; --q-strong: #fca5a5;
  --q-cited: #fcd34d; --q-expected: #86efac; --q-both: #7dd3fc;
} }
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem; background: var(--q-paper); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 0.5rem; }
@media print { :root {
  --q-ink: #000; --q-quiet: #333; --q-line: #999; --q-paper: #fff; --q-accent: #333; --q-strong: #000;
  --q-cited: #fff; --q-expected: #fff; --q-both: #fff; color-scheme: light;
} }
"""


def write_report(result: Result, file: Path, texts: Texts) -> None:
    """Write the report of a result.

    Args:
        result: what was measured.
        file: is replaced whole, or left as it was.
        texts: from a document's path to its canonical text, to show evidence in context.

    Raises:
        OSError: the place cannot be written.
    """
    # A lone surrogate of a question's file has no UTF-8; the browser shows its reference as a replacement character.
    replace_file(file, report_html(result, texts).encode("utf-8", "xmlcharrefreplace"))


def report_html(result: Result, texts: Texts) -> str:
    """Return the report; see `write_report`."""
    texts = lru_cache(_TEXTS_KEPT)(texts)
    sorted_out = by_kind(result)
    mistakes = "".join(_section(kind, sorted_out.get(kind, []), texts) for kind in MISTAKES)
    rest = "".join(_folded(kind, sorted_out.get(kind, []), texts) for kind in Kind if kind not in MISTAKES)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>Quality of the answers</title><style>{STYLE.read_text(encoding="utf-8")}{_PAGE_STYLE}</style></head>
<body class="quality"><header><h1>Quality of the answers</h1><p class="plain">{in_words(result)}</p>
{circumstances_html(result.circumstances)}</header>
<main><section><h2>Figures</h2>{measures_html(result.measures)}</section>
<section><h2>Curves</h2>{charts_html(result)}</section>
<h2>Question by question</h2>{legend_html()}{mistakes}{rest}</main></body></html>
"""


def _section(kind: Kind, outcomes: list[Outcome], texts: Texts) -> str:
    if not outcomes:
        return ""
    listed = outcomes[:_LISTED]
    return f"<section><h2>{_heading(kind, len(outcomes), len(listed))}</h2>{outcomes_html(listed, texts)}</section>"


def _folded(kind: Kind, outcomes: list[Outcome], texts: Texts) -> str:
    if not outcomes:
        return ""
    listed = outcomes[:_LISTED_RIGHT]
    return f"<details><summary>{_heading(kind, len(outcomes), len(listed))}</summary>{outcomes_html(listed, texts)}</details>"


def _heading(kind: Kind, count: int, listed: int) -> str:
    """Return a kind's name with how many there are; what is not listed is said."""
    return f"{kind.value} ({count:,}{f', the {listed} most confident listed' if listed < count else ''})"
