"""A question with its answer as the page shows it: the answer's parts, one card per passage, and what can be done with it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from embeddings.documents.shown import shown_text
from embeddings.index import Snapshot
from qa_app.config import SURE
from qa_app.generation.writer import NOT_FOUND
from qa_app.records.feedback import VERDICTS, Feedback
from qa_app.records.receipts import Receipt, answer_of
from qa_app.records.turns import KeptTurn
from qa_app.records.verification import Verified, verify
from qa_app.rendering.articles import article_line
from qa_app.rendering.html import render
from qa_app.rendering.readable import day_in_words, shortened
from qa_app.typed_limits import as_typed
from qa_app.types import Answer, ListedArticle, Section

STOPPED = "Stopped before there was an answer."
_CHANGED = "An article that this answer rests on has changed since; a quote that is no longer in it is withheld."
_CHANGED_ELSEWHERE = "An article that this answer rests on has changed since; these words still stand in it."
_MARKER = re.compile(r"\s*\[(\d+)\]$")
# Shown around a quote when its number is pointed at, in characters.
_AROUND = 160
# Passages that an abstention shows.
_CLOSEST = 3


@dataclass(frozen=True)
class Sureness:
    """How sure an answer is, in a word, with what the word means."""

    word: str
    meaning: str


@dataclass(frozen=True)
class Item:
    """A part of an answer: the quotes from one passage, articles that it names, or words of the program or a writer."""

    quotes: tuple[Verified, ...] = ()
    articles: tuple[ListedArticle, ...] = ()
    words: str = ""
    numbers: tuple[int, ...] = ()
    """Of the quotes that the words rest on."""
    unsupported: str = ""
    """Why a writer's sentence is not supported; empty if it is, or is not a writer's."""


@dataclass(frozen=True)
class Part:
    """Items under a heading, which is empty for an answer in one part."""

    heading: str
    items: tuple[Item, ...]
    names_article: bool = False
    """Whether the heading names the article that is quoted."""


@dataclass(frozen=True)
class Around:
    """A quote in its context, for those who point at its number."""

    verified: Verified
    before: str
    after: str


@dataclass(frozen=True)
class TurnView:
    """Everything that the template of a turn needs."""

    id: str
    question: str
    answer: Answer | None = None
    failure: str = ""
    again: bool = False
    """Whether to offer to ask again."""
    changed: str = ""
    """That an article has changed since; empty if none has."""
    note: str = ""
    """That the answer could not be saved; empty if it was."""
    asked_as: str = ""
    """What was searched for, if it is not the question."""
    sureness: Sureness | None = None
    short: str = ""
    """The short answer, if it leads the answer."""
    best: Item | None = None
    """The quotes that lead the answer."""
    more: tuple[Item, ...] = ()
    """Further quotes, folded."""
    parts: tuple[Part, ...] = ()
    around: tuple[Around, ...] = ()
    read: int = 0
    """Number of passages that were read."""
    copied: str = ""
    """The answer as plain text with its sources."""
    verdict: str = ""
    feedback_note: str = ""
    verdicts: tuple[str, ...] = VERDICTS


def turn_html(view: TurnView) -> str:
    """Return a question with its answer as HTML."""
    return render("page/turn.html", turn=view)


def answer_html(view: TurnView) -> str:
    """Return the answer alone."""
    return render("page/answer.html", turn=view)


def kept_view(turn: KeptTurn, snapshot: Snapshot) -> TurnView:
    """Return a kept turn as it can be shown now: quotes that are no longer in an article are withheld."""
    if turn.receipt is None:
        return TurnView(turn.id, turn.question, failure=turn.failure or STOPPED, again=True)
    return made_view(turn.id, turn.receipt, snapshot, said=turn.feedback)


def made_view(turn: str, made: Receipt, snapshot: Snapshot, note: str = "", said: Feedback | None = None) -> TurnView:
    """Return the answer of a receipt as it can be shown now; `note` says that it could not be saved."""
    verified = verify(made, snapshot)
    if any(quote.state != "there" for quote in verified):
        changed = _CHANGED
    else:
        changed = _CHANGED_ELSEWHERE if any(quote.article_changed for quote in verified) else ""
    # To cut the articles into passages again takes long, and only an abstention shows any.
    closest = made.passages[:_CLOSEST] if made.abstained else ()
    view = _answered(turn, answer_of(replace(made, passages=closest), snapshot), verified, snapshot)
    view = replace(view, changed=changed, note=note, read=len(made.passages))
    return replace(view, verdict=said.verdict, feedback_note=said.note) if said else view


def sureness(answer: Answer) -> Sureness | None:
    """Return how sure an answer is; None for one that nothing was read for, or that abstains."""
    if answer.abstained or answer.kind in ("collection", "chat", "summary"):
        return None
    number = f"Its confidence is {answer.confidence:.0%}."
    if answer.doubtful:
        return Sureness("Unsure", f"{number} Of answers marked Unsure, half are right: read the quotes.")
    if answer.confidence < SURE:
        return Sureness("Likely", f"{number} Of answers marked Likely, 3 of 4 are right: read the quote.")
    return Sureness("Sure", f"{number} Of answers marked Sure, 9 of 10 are right.")


def _answered(turn: str, answer: Answer, verified: Sequence[Verified], snapshot: Snapshot) -> TurnView:
    by_number = {quote.citation.n: quote for quote in verified}
    parts = tuple(_parts(answer, by_number))
    best: Item | None = None
    more: tuple[Item, ...] = ()
    short = ""
    if _leads(answer):
        items = [item for part in parts for item in part.items if item.quotes]
        best = next((item for item in items if _holds(item, answer.short_answer)), items[0])
        more = tuple(item for item in items if item is not best)
        marked = any(quote.citation.short for quote in verified)
        short = answer.short_answer or "" if marked or answer.kind == "yes_no" else ""
        parts = ()
    return TurnView(
        id=turn,
        question=answer.question,
        answer=answer,
        asked_as=_asked_as(answer),
        sureness=sureness(answer),
        short=short,
        best=best,
        more=more,
        parts=parts,
        around=tuple(_around(quote, snapshot) for quote in verified if quote.now),
        copied=_copied(answer, verified, short),
    )


def _leads(answer: Answer) -> bool:
    """Return whether a short answer and its best quote lead: a question for one fact was answered by quotes alone."""
    return answer.kind in ("fact", "yes_no") and bool(answer.citations) and not (answer.sections or answer.sentences)


def _holds(item: Item, short: str | None) -> bool:
    return bool(short) and any(
        quote.citation.short_in_quote and quote.citation.quote[slice(*quote.citation.short_in_quote)] == short
        for quote in item.quotes
    )


def _asked_as(answer: Answer) -> str:
    if answer.kind in ("collection", "chat") or answer.searched_for == " ".join(answer.question.split()):
        return ""
    return f"{answer.searched_for} {as_typed(answer.scope)}".strip()


def _parts(answer: Answer, quotes: Mapping[int, Verified]) -> Iterator[Part]:
    if answer.sentences:
        yield Part("", tuple(_sentences(answer)))
        yield Part("", tuple(_cards(quotes.values())))
    elif answer.sections:
        for section in answer.sections:
            if answer.kind == "differs":
                yield _side(section, answer, quotes)
                continue
            heading = section.heading[:1].upper() + section.heading[1:]
            yield Part(heading, tuple(_items(section.text, answer, quotes)))
    elif answer.kind in ("collection", "chat"):
        yield Part("", tuple(_items(answer.text, answer, quotes)))
    else:
        yield Part("", tuple(_cards(quotes.values())))


def _side(section: Section, answer: Answer, quotes: Mapping[int, Verified]) -> Part:
    """Return what one of several articles says, under its title and date."""
    citation = quotes[section.citations[0]].citation
    heading = ", ".join(filter(None, [citation.title, citation.date and day_in_words(citation.date)]))
    return Part(heading, tuple(_items(section.text, answer, quotes)), names_article=True)


def _sentences(answer: Answer) -> Iterator[Item]:
    for sentence in answer.sentences:
        yield Item(
            words=sentence.text,
            numbers=sentence.citations,
            unsupported="" if sentence.supported else (sentence.reason or NOT_FOUND),
        )


def _items(text: str, answer: Answer, quotes: Mapping[int, Verified]) -> Iterator[Item]:
    """Yield the lines of a text: quotes of one passage together, articles together, the program's words each for itself."""
    quoted = {citation.numbered: quotes[citation.n] for citation in answer.citations if citation.n in quotes}
    named = {article_line(article): article for article in answer.articles}

    def sort(line: str) -> tuple[str, object]:
        if quote := quoted.get(line):
            return "quote", (quote.citation.address, quote.citation.passage_start)
        return ("article", None) if line in named else ("words", line)

    for (kind, _), lines in groupby(filter(None, text.split("\n")), sort):
        if kind == "quote":
            yield Item(quotes=tuple(quoted[line] for line in lines))
        elif kind == "article":
            yield Item(articles=tuple(named[line] for line in lines))
        else:
            for line in lines:
                marker = _MARKER.search(line)
                number = int(marker[1]) if marker and int(marker[1]) in quotes else None
                yield Item(
                    words=line[: marker.start()] if marker and number else line, numbers=(number,) if number else ()
                )


def _cards(quotes: Iterable[Verified]) -> Iterator[Item]:
    """Yield one card per passage, in the order of their first quotes."""
    found: dict[tuple[object, int], list[Verified]] = {}
    for quote in quotes:
        found.setdefault((quote.citation.address, quote.citation.passage_start), []).append(quote)
    return (Item(quotes=tuple(each)) for each in found.values())


def _around(quote: Verified, snapshot: Snapshot) -> Around:
    citation, now = quote.citation, quote.now
    document = snapshot.document(*now.address) if now and quote.state == "there" else None
    if document is None:
        return Around(quote, "", "")
    before = shown_text(document, citation.passage_start, citation.start)
    after = shown_text(document, citation.end, citation.passage_end)
    if before and not before[-1].isspace():
        before += _space(document.text[citation.passage_start : citation.start], at_end=True)
    if after and not after[0].isspace():
        after = _space(document.text[citation.end : citation.passage_end], at_end=False) + after
    end = f"… {before[-_AROUND:].split(' ', 1)[-1]}" if len(before) > _AROUND else before
    return Around(quote, end, shortened(after, _AROUND))


def _space(text: str, *, at_end: bool) -> str:
    """Return the white space at an end of a text between paragraphs or sentences, which text without markup lacks."""
    space = text[len(text.rstrip()) :] if at_end else text[: len(text) - len(text.lstrip())]
    return "\n" if "\n" in space else space[:1]


def _copied(answer: Answer, verified: Sequence[Verified], short: str) -> str:
    """Return the answer as plain text, followed by each quote with its source."""
    lead = answer.text if answer.sentences or answer.abstained or not answer.citations else short
    quotes = []
    for quote in verified:
        citation = quote.citation
        if quote.now:
            page = f"page {citation.page}" if citation.page else None
            source = [citation.title, citation.date and day_in_words(citation.date), page, str(citation.address)]
            words = " ".join(citation.quote.split())
            quotes.append(f"“{words}” [{citation.n}]\n[{citation.n}] {', '.join(filter(None, source))}")
    return "\n\n".join(filter(None, [answer.question, lead, *quotes]))
