"""The parts of an evaluation as HTML, which the report and the page share. Looks: quality.css beside it."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from qa_app.evaluation.report.excerpts import Excerpt, Mark, excerpts
from qa_app.evaluation.results import Circumstances, Measure, Outcome
from qa_app.rendering.html import escape

STYLE = Path(__file__).parent / "quality.css"

Texts = Callable[[str], str | None]
"""From a document's path to its canonical text; None when there is no such document."""

# What a figure says, for those who don't know its name.
_MEANING = {
    "exact match": "the short answer is an expected one (SQuAD's normalisation)",
    "F1": "words shared by the short answer and an expected one",
    "contains": "the quoted sentences hold an expected answer",
    "gold in 1": "the first passage found holds the evidence",
    "gold in 3": "one of the first 3 passages does",
    "gold in 5": "one of the first 5 does",
    "gold in 10": "one of the first 10 does",
    "MRR": "one over the place of the first passage with evidence, on average",
    "cited": "a citation holds the evidence",
    "first cited": "the first citation does",
    "sentences an answer": "how many are quoted",
    "quotes exact": "every quote stands in the article, character for character",
    "answerable abstained": "an answer was withheld, though the articles answer",
    "unanswerable abstained": "it said that the articles don't say, and they don't",
    "AUROC": "how well confidence tells answerable from unanswerable; 0.5 is chance",
    "AURC": "wrong answers, averaged over every threshold; less is better",
    "risk": "of the answers given, how many are wrong",
    "coverage": "of the questions, how many get an answer",
    "calibration error": "how far confidence and share right lie apart; less is better",
    "latency p50": "half of the answers take at most this",
    "latency p95": "95 of 100 take at most this",
}
_MARK_NAMES = {Mark.CITED: "cited", Mark.EXPECTED: "expected", Mark.BOTH: "cited, as expected"}


def circumstances_html(circumstances: Circumstances) -> str:
    """Return when, over what and with what it was measured."""
    c = circumstances
    rows = {
        "Measured": f"{c.made_at[:16].replace('T', ' ')} UTC",
        "Questions": f"{c.questions_file} (SHA-256 {c.questions_sha256[:8]})",
        "Articles": f"{c.folder}: {c.documents:,} article{'s' * (c.documents != 1)}, {c.chunks:,} passages",
        "Index": f"build {c.build}, generation {c.generation}",
        "Encoder": c.encoder,
        "Reader": c.reader,
        "Threshold": f"{c.threshold:.3g}: an answer of less confidence is withheld",
    }
    items = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in rows.items())
    return f'<dl class="circumstances">{items}</dl>'


def measures_html(measures: Sequence[Measure]) -> str:
    """Return the figures as a table, each with its interval and what it was counted over."""
    if not measures:
        return '<p class="hint">The file says too little for a figure.</p>'
    rows = "".join(
        f'<tr><th scope="row">{escape(m.name)}<small>{escape(_MEANING.get(m.name, ""))}</small></th>'
        f'<td data-label="Value">{_value(m.value, m.unit)}</td>'
        f'<td data-label="95 % interval">{_value(m.low, m.unit)} to {_value(m.high, m.unit)}</td>'
        f'<td data-label="Counted over">{m.count:,}</td></tr>'
        for m in measures
    )
    return f"""<table class="measures"><caption class="unseen">Figures with their 95 % bootstrap intervals</caption>
<thead><tr><th scope="col">Figure</th><th scope="col">Value</th><th scope="col">95 % interval</th><th scope="col">Counted over</th></tr></thead>
<tbody>{rows}</tbody></table>"""


def legend_html() -> str:
    """Return what the two ways of highlighting mean."""
    marks = " ".join(f'<mark class="{mark.value}">{words}</mark>' for mark, words in _MARK_NAMES.items())
    return f'<p class="legend">In the articles: {marks}</p>'


def outcome_html(outcome: Outcome, texts: Texts, *, openers: bool = False) -> str:
    """Return one question with its answer, the expected ones, and both kinds of evidence in their context.

    Args:
        outcome: the question.
        texts: where the context comes from.
        openers: with buttons that open the article; page.js acts on them.
    """
    facts = []
    if outcome.short_answer:
        facts.append(("Short answer", escape(outcome.short_answer)))
    quoted = " ".join(cited.quote for cited in outcome.citations)
    facts.append(("Answer", escape(_shortened(quoted)) if quoted else '<span class="none">none</span>'))
    if outcome.unanswerable:
        facts.append(("Expected", '<span class="none">that the articles don\'t say</span>'))
    elif outcome.answers:
        facts.append(("Expected", escape(_shortened(" / ".join(outcome.answers)))))
    facts.append(("Confidence", f"{outcome.confidence:.1%}"))
    if outcome.gold_rank is not None:
        found = f"passage {outcome.gold_rank}" if outcome.gold_rank else f"in none of {len(outcome.passages)}"
        facts.append(("Evidence found", found))
    items = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts)
    context = "".join(_excerpt_html(excerpt, openers) for excerpt in excerpts(outcome, texts))
    return f'<article class="outcome"><h3>{escape(outcome.question)} <small>{escape(outcome.id)}</small></h3><dl>{items}</dl>{context}</article>'


def _excerpt_html(excerpt: Excerpt, opener: bool) -> str:
    path = escape(excerpt.document)
    if excerpt.missing is not None:
        return f'<p class="gone">{path}: {escape(excerpt.missing)}</p>'
    words = "".join(
        escape(text)
        if mark is None
        else f'<mark class="{mark.value}"><span class="unseen">{_MARK_NAMES[mark]}: </span>{escape(text)}</mark>'
        for text, mark in excerpt.parts
    )
    button = ""
    if opener:
        place = f'data-document="{path}" data-start="{excerpt.start}" data-end="{excerpt.end}"'
        button = f' <button type="button" class="open" {place}>Open the article</button>'
    return f'<figure class="excerpt"><blockquote>{words}</blockquote><figcaption>{path}{button}</figcaption></figure>'


def outcomes_html(outcomes: Iterable[Outcome], texts: Texts) -> str:
    return "".join(outcome_html(outcome, texts) for outcome in outcomes)


def _value(value: float, unit: str) -> str:
    return {"share": f"{value:.1%}", "score": f"{value:.3f}", "ms": f"{value:.0f} ms"}.get(unit, f"{value:.2f}")


def _shortened(text: str, characters: int = 600) -> str:
    return text if len(text) <= characters else f"{text[: characters - 1]}…"
