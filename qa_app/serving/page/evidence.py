"""The evidence of an answer as HTML: a card for each citation, then what was read but not cited."""

from collections.abc import Sequence

from embeddings.documents.document import Document
from embeddings.index import Snapshot
from qa_app.records.conversations import VERDICTS, Feedback
from qa_app.records.verification import Verified
from qa_app.rendering.html import emphasised, escape, marked
from qa_app.types import Answer, Citation, Passage

EMPTY = """<p class="hint">Ask a question: the exact words that the answer rests on will stand here.</p>"""


def searching_html(searched_for: str) -> str:
    """Return the panel while the search runs."""
    return f'<p class="hint" role="status">Searching the articles for “{escape(searched_for)}” …</p>'


def evidence_html(
    answer: Answer, answer_id: str, verified: Sequence[Verified], said: Feedback | None, snapshot: Snapshot
) -> str:
    """Return the panel of an answer.

    Args:
        answer: the answer.
        answer_id: what names it in links and buttons.
        verified: what became of each quote in `snapshot`; one that stands nowhere any more is withheld.
        said: what a person said of it.
        snapshot: the articles as they are now.
    """
    heading = f'<p class="asked">{escape(answer.question)}</p>{_searched(answer)}'
    cards = "".join(_card(quote, answer_id, snapshot) for quote in verified)
    cited = {(c.document, c.passage_start) for c in answer.citations}
    uncited = [p for p in answer.passages if (p.chunk.document, p.chunk.start) not in cited]
    tools = _tools(answer_id, said)
    if answer.abstained:
        return heading + _abstention(answer) + tools + _passages(uncited, answer_id)
    rest = ""
    if uncited:
        rest = f'<details class="uncited"><summary>Read but not cited ({len(uncited)})</summary>{_passages(uncited, answer_id)}</details>'
    worded = (
        f'<p class="scores">Worded by {escape(answer.writer)}; the quotes are the articles\' own.</p>'
        if answer.writer
        else ""
    )
    return f"{heading}{cards}{_confidence(answer)}{worded}{tools}{rest}"


def article_html(document: Document, start: int, end: int) -> str:
    """Return a whole article with `[start, end)` highlighted and its page furniture greyed."""
    parts, position = [], 0
    for piece in document.furniture:
        parts.append(_stretch(document.text, position, piece.start, start, end))
        parts.append(
            f'<span class="furniture" title="Left out of the index: {escape(piece.reason)}">{escape(document.text[piece.start : piece.end])}</span>'
        )
        position = piece.end
    parts.append(_stretch(document.text, position, len(document.text), start, end))
    return f"""<header><h2>{escape(document.title)}</h2><p>{_origin(document.date, document.path, document.source)}</p></header>
<div class="article-text" tabindex="0">{"".join(parts)}</div>"""


def _searched(answer: Answer) -> str:
    """Return what was searched for, to be changed and asked again."""
    return f"""<form class="searched"><label>Searched for <textarea name="text" rows="1">{escape(answer.searched_for)}</textarea></label>
<button type="submit">Ask again</button></form>"""


def _tools(answer_id: str, said: Feedback | None) -> str:
    """Return what can be done with an answer: taking it away, and saying whether it is right."""
    verdicts = "".join(
        f'<label><input type="radio" name="verdict" value="{verdict}" required{" checked" * bool(said and said.verdict == verdict)}> {verdict.capitalize()}</label>'
        for verdict in VERDICTS
    )
    note, words = (escape(said.note), f"Noted: {said.verdict}.") if said else ("", "")
    return f"""<div class="tools" role="group" aria-label="Take this answer away">
<button type="button" class="export" data-answer="{answer_id}" data-form="markdown">Export as text</button>
<button type="button" class="export" data-answer="{answer_id}" data-form="json">Export the receipt</button></div>
<details class="feedback"><summary>Is it right?</summary><form data-answer="{answer_id}"><fieldset><legend class="unseen">Is the answer right?</legend>{verdicts}</fieldset>
<label>Note <input name="note" maxlength="2000" autocomplete="off" value="{note}"></label> <button type="submit">Send</button><p role="status">{words}</p></form></details>"""


def _stretch(text: str, begin: int, stop: int, start: int, end: int) -> str:
    """Return `text[begin:stop]` with the part of it in [start, end) highlighted."""
    low, high = max(begin, start), min(stop, end)
    if low >= high:
        return escape(text[begin:stop])
    return marked(text[begin:stop], low - begin, high - begin)


def _card(quote: Verified, answer_id: str, snapshot: Snapshot) -> str:
    citation, place = quote.citation, quote.now
    label = f'<span class="number">{citation.n}</span>'
    document = snapshot.document(place.document) if place else None
    if place is None or document is None:
        what = "was removed" if quote.state == "gone" else "has changed"
        words = f'<p class="withheld">The article {what} since this answer; the quote is withheld.</p>'
        return _article(citation, answer_id, label + words, "")
    if quote.state == "there":
        moved = ""
        before = document.text[citation.passage_start : citation.start]
        after = document.text[citation.end : citation.passage_end]
    else:
        moved = f'<p class="withheld">Moved since this answer: these words now stand in {escape(place.title)}, from character {place.start} on.</p>'
        before = after = ""
    words = escape(citation.quote)
    if citation.short is not None:
        words = emphasised(citation.quote, citation.short[0] - citation.start, citation.short[1] - citation.start)
    body = f"<blockquote>{escape(before)}<mark>{words}</mark>{escape(after)}</blockquote>{moved}"
    opener = _open_button(place.document, place.start, place.end)
    if quote.state == "there" and quote.article_changed:
        body += '<p class="scores">The article has changed elsewhere since this answer.</p>'
    return _article(citation, answer_id, label + f"<h3>{escape(citation.title)}</h3>" + body, opener)


def _article(citation: Citation, answer_id: str, body: str, opener: str) -> str:
    page = f" · page {citation.page}" if citation.page else ""
    return f"""<article class="card" id="cite-{answer_id}-{citation.n}" tabindex="-1" aria-label="Source {citation.n}: {escape(citation.title)}">
{body}<footer>{_origin(citation.date, citation.document)}{page} {opener}</footer></article>"""


def _passages(passages: Sequence[Passage], answer_id: str) -> str:
    return "".join(
        f"""<article class="card passage"><h3>{escape(p.chunk.title)}</h3><blockquote>{escape(p.chunk.text)}</blockquote>
<p class="scores">reader {_reader_percent(p)} · search {p.fused:.2f} · meaning {p.dense:.2f} · words {"none" if p.lexical is None else f"{p.lexical:.1f}"}</p>
<footer>{_origin(p.chunk.date, p.chunk.document)} {_open_button(p.chunk.document, p.chunk.start, p.chunk.end)}</footer></article>"""
        for p in passages
    )


def _abstention(answer: Answer) -> str:
    return f"""<p class="abstained">No words are sure enough to be an answer. The closest passages:</p>{_confidence(answer)}"""


def _confidence(answer: Answer) -> str:
    share, threshold = _percent(answer.confidence), _percent(answer.threshold)
    return f"""<div class="confidence"><span>Confidence {share} %, an answer needs {threshold} %</span>
<div class="bar" role="img" aria-label="confidence {share} percent, threshold {threshold} percent"><i style="width:{share}%"></i><b style="left:{threshold}%"></b></div></div>"""


def _reader_percent(passage: Passage) -> str:
    return "–" if passage.reader is None else f"{_percent(passage.reader)} %"


def _percent(share: float) -> str:
    """Return a share as a percentage that tells small ones apart: 0.0116 is 1.2, 0.7 is 70."""
    return f"{share * 100:.2g}" if share < 0.1 else f"{share * 100:.0f}"


def _open_button(path: str, start: int, end: int) -> str:
    return f'<button type="button" class="open" data-document="{escape(path)}" data-start="{start}" data-end="{end}">Open the article</button>'


def _origin(date: str | None, path: str, source: str | None = None) -> str:
    return escape(" · ".join(part for part in (date, source, path) if part))
