"""Answer questions about the collection from the index's tables and full text: exact, without reading an article."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from embeddings.catalogue import CatalogueEntry, Origin, Wanted
from embeddings.documents.document import Document
from embeddings.documents.metadata import read_metadata
from embeddings.index import Snapshot
from embeddings.storage.lexical import query_words
from qa_app.answering.finding import articles_about, articles_of, content_words
from qa_app.answering.reply import LastAnswer, Reply
from qa_app.answering.themes import theme_heading, themes_of
from qa_app.citations import cite_words
from qa_app.config import RetrievalConfig
from qa_app.rendering.articles import article_line
from qa_app.rendering.readable import counted, listed
from qa_app.retrieval import retrieve
from qa_app.routing.collection_question import CollectionQuestion
from qa_app.routing.periods import Period, limited
from qa_app.types import Citation, ListedArticle

LISTED_MOST = 30
"""Articles named in one answer."""
_NAMED_MOST = 5
# Fewer articles are named one by one, without themes.
_THEMES_FROM = 6
# Articles that themes are looked for in: the newest.
_THEMES_OF_MOST = 500
_ORIGINS_NAMED = 5
# What states an article's date or author stands in its first lines.
_HEAD_CHARACTERS = 1_500


@dataclass(frozen=True)
class _Limits:
    """The limits of a question, as the index understands them."""

    wanted: Wanted
    words: str
    """The limits in words, as "date 2025-03-01 to 2025-03-31"; empty without any."""


def collection_reply(
    question: CollectionQuestion, snapshot: Snapshot, last: LastAnswer, config: RetrievalConfig
) -> Reply | None:
    """Return the answer; None where the collection has none, but what the articles say may have."""
    if question.asks in ("title", "author", "source", "date"):
        found = _meant(question, snapshot, last, config)
        return _about_articles(question, found, snapshot) if found else None
    limits = _limits(question, snapshot)
    if limits is None:
        return None
    count = snapshot.count_catalogue(limits.wanted)
    if not count:
        return _none(question, limits, snapshot, config)
    if question.asks == "count":
        return _count(limits, count, snapshot)
    if question.asks in ("newest", "oldest"):
        return _extreme(question, limits, count, snapshot)
    if question.asks in ("overview", "topics"):
        return _overview(limits, count, snapshot, is_topics=question.asks == "topics")
    return _list(limits, count, snapshot)


def _limits(question: CollectionQuestion, snapshot: Snapshot) -> _Limits | None:
    """Return a question's limits; None if a name in it is no source or author of the collection."""
    wanted, words = Wanted(limited(snapshot.scope, question.period)), []
    if question.period:
        words.append(_period_words(question.period))
    if question.origin:
        origins = matching_origins(question.origin, snapshot.origins())
        if not origins:
            return None
        wanted = replace(wanted, origins=tuple(dict.fromkeys(origin.name for origin in origins)))
        kind = "author" if all(origin.is_author for origin in origins) else "source"
        words.append(f"{kind} {listed([origin.name for origin in origins])}")
    if question.mention:
        wanted = replace(wanted, phrase=question.mention)
        words.append(f"words “{question.mention}”")
        if not snapshot.count_catalogue(wanted) and len(parts := content_words(question.mention)) > 1:
            apart = replace(wanted, phrase="", words=parts)
            if snapshot.count_catalogue(apart):
                return _Limits(apart, ", ".join([*words[:-1], f"words {listed([f'“{part}”' for part in parts])}"]))
    if question.about:
        wanted = replace(wanted, words=content_words(question.about))
        words.append(f"words {listed([f'“{word}”' for word in wanted.words])}")
    return _Limits(wanted, ", ".join(words))


def _period_words(period: Period) -> str:
    if period.after and period.before:
        one_day = period.after == period.before
        return f"date {period.after}" if one_day else f"date {period.after} to {period.before}"
    return f"date from {period.after} on" if period.after else f"date until {period.before}"


def matching_origins(words: str, origins: Sequence[Origin]) -> list[Origin]:
    """Return the sources and authors that have all of the words, whole; those that are exactly these words alone, if any."""
    asked = query_words(words)
    exact = [origin for origin in origins if query_words(origin.name) == asked]
    return exact or [origin for origin in origins if asked and set(asked) <= set(query_words(origin.name))]


def _filter(limits: _Limits, count: int, snapshot: Snapshot) -> str:
    """Return what the question was taken for, and how many articles that is."""
    of_all = snapshot.count_catalogue(Wanted(snapshot.scope))
    return f"{limits.words or 'all articles'}: {count:,} of {counted(of_all, 'article')}"


def _count(limits: _Limits, count: int, snapshot: Snapshot) -> Reply:
    if not limits.words:
        return Reply(
            kind="collection",
            text=f"The collection has {counted(count, 'article')}.",
            short_answer=str(count),
            filter=_filter(limits, count, snapshot),
        )
    return replace(_list(limits, count, snapshot), short_answer=str(count))


def _list(limits: _Limits, count: int, snapshot: Snapshot) -> Reply:
    order = "newest" if limits.wanted.scope.after or limits.wanted.scope.before else "path"
    shown = snapshot.catalogue(limits.wanted, order, LISTED_MOST)
    have = "fit" if count > 1 else "fits"
    said = (
        f"{counted(count, 'article')} {have} ({limits.words}):"
        if limits.words
        else f"The collection has {counted(count, 'article')}:"
    )
    return _named(said, shown, limits, count, snapshot)


def _extreme(question: CollectionQuestion, limits: _Limits, count: int, snapshot: Snapshot) -> Reply:
    dated = snapshot.count_dated(limits.wanted)
    if not dated:
        return _named(
            "None of the articles has a date:",
            snapshot.catalogue(limits.wanted, limit=LISTED_MOST),
            limits,
            count,
            snapshot,
        )
    found = snapshot.catalogue(limits.wanted, question.asks, min(dated, LISTED_MOST))
    last = found[min(question.most, len(found)) - 1].date
    shown = [entry for i, entry in enumerate(found) if i < question.most or entry.date == last]
    one = f"The {question.asks} article" if len(shown) == 1 else f"The {len(shown)} {question.asks} articles"
    said = f"{one}{f' ({limits.words})' if limits.words else ''}:"
    reply = _named(said, shown, limits, count, snapshot, whole=True)
    without = count - dated
    return replace(reply, notice=f"{counted(without, 'article')} without a date left aside." if without else None)


def _overview(limits: _Limits, count: int, snapshot: Snapshot, is_topics: bool) -> Reply:
    """Return what there is: how many articles, of when, from whom, and their titles."""
    dated = [*snapshot.catalogue(limits.wanted, "oldest", 1), *snapshot.catalogue(limits.wanted, "newest", 1)]
    days = [entry.date for entry in dated if entry.date]
    origins = [f"{origin.name} ({origin.articles})" for origin in snapshot.origins() if not origin.is_author]
    said = f"The collection has {counted(count, 'article')}"
    if len(days) == 2:
        said += f", dated {days[0]} to {days[1]}"
    if origins:
        more = ["others"] if len(origins) > _ORIGINS_NAMED else []
        said += f", from {listed([*origins[:_ORIGINS_NAMED], *more])}"
    listed_articles = snapshot.catalogue(limits.wanted, limit=LISTED_MOST)
    if is_topics and len(listed_articles) >= _THEMES_FROM:
        addresses = [entry.address for entry in snapshot.catalogue(limits.wanted, "newest", _THEMES_OF_MOST)]
        if found := themes_of(addresses, snapshot):
            themed = "\n".join(f"- {theme_heading(theme)}" for theme in found)
            return _named(
                f"{said}. Their themes:\n\n{themed}\n\nThe articles:", listed_articles, limits, count, snapshot
            )
    said += ". They are about:" if is_topics else ". Ask about anything in them:"
    return _named(said, listed_articles, limits, count, snapshot)


def _named(
    said: str,
    shown: Sequence[CatalogueEntry],
    limits: _Limits,
    count: int,
    snapshot: Snapshot,
    whole: bool = False,
) -> Reply:
    """Return a reply that lists articles; `whole` if those shown are all that were asked for."""
    articles = tuple(map(_listed, shown))
    lines = [article_line(article) for article in articles]
    if not whole and count > len(shown):
        lines.append(f"… and {count - len(shown):,} more.")
    return Reply(
        kind="collection",
        text="\n".join([said, "", *lines]) if lines else said,
        short_answer=articles[0].title if len(articles) == 1 else None,
        articles=articles,
        filter=_filter(limits, count, snapshot),
    )


def _none(question: CollectionQuestion, limits: _Limits, snapshot: Snapshot, config: RetrievalConfig) -> Reply | None:
    """Return that no article fits. A name or a date that no article fits may still be something that the articles tell of."""
    words = question.mention or question.about
    if not words:
        return None
    lines = [f"No article holds {'the words' if len(words.split()) > 1 else 'the word'} “{words}”."]
    like = [word for part in content_words(words) for word in snapshot.words_like(part, _NAMED_MOST)]
    if like:
        lines.append(f"Words like it that they hold: {listed([f'“{word}”' for word in like[:_NAMED_MOST]])}.")
    near = list(dict.fromkeys(p.chunk.address for p in retrieve(snapshot, words, config)))[:2]
    documents = [snapshot.document(*address) for address in near]
    articles = tuple(_listed(_entry(document)) for document in documents if document)
    if articles:
        lines += ["Closest in meaning:", "", *map(article_line, articles)]
    return Reply(
        kind="collection",
        text="\n".join(lines),
        short_answer="0" if question.asks == "count" else None,
        articles=articles,
        filter=_filter(limits, 0, snapshot),
    )


def _meant(
    question: CollectionQuestion, snapshot: Snapshot, last: LastAnswer, config: RetrievalConfig
) -> list[Document]:
    """Return the articles that a question means: by title, by all of its words, or those that the last answer cited."""
    if question.is_last:
        return [document for each in articles_of(last())[:_NAMED_MOST] if (document := snapshot.document(*each))]
    wanted = Wanted(limited(snapshot.scope, question.period))
    words = question.about or question.mention
    addresses = articles_about(words, wanted, snapshot, config, _NAMED_MOST, question.is_title)
    is_by_title = (
        len(addresses) > 1 and len(articles_about(words, wanted, snapshot, config, _NAMED_MOST, only_title=True)) > 1
    )
    meant = addresses if is_by_title else addresses[:1]
    return [document for each in meant if (document := snapshot.document(*each))]


def _about_articles(question: CollectionQuestion, found: Sequence[Document], snapshot: Snapshot) -> Reply:
    """Return the date, title, author or source of each article, with the words of the article that state it."""
    lines: list[str] = []
    citations: list[Citation] = []
    shorts: list[str | None] = []
    for document in found:
        value = _value(question, document)
        said = _statement(question, document, value)
        citation = _stated(question, document, value, len(citations) + 1) if value else None
        if citation:
            citations.append(citation)
            said += f" [{citation.n}]"
        lines.append(said)
        shorts.append(value)
    articles = tuple(_listed(_entry(document)) for document in found)
    return Reply(
        kind="collection",
        text="\n".join([*lines, "", *map(article_line, articles)]),
        short_answer=shorts[0] if len(found) == 1 else None,
        citations=tuple(citations),
        articles=articles,
        filter=f"{question.asks} of {listed([f'“{document.title}”' for document in found])}",
    )


def _value(question: CollectionQuestion, document: Document) -> str | None:
    if question.asks == "author":
        return document.author or document.source
    if question.asks == "source":
        return document.source or document.author
    return document.date if question.asks == "date" else document.title


def _statement(question: CollectionQuestion, document: Document, value: str | None) -> str:
    title = f"“{document.title}”"
    if question.asks == "title":
        return f"Its title is {title}."
    if question.asks == "date":
        if value is None:
            return f"{title} has no date."
        by_name = " by its file's name" if document.date_origin == "file name" else ""
        return f"{title} is dated {value}{by_name}."
    if value is None:
        return f"{title} names neither author nor source."
    if question.asks == "author" and document.author is None:
        return f"{title} names no author; its source is {value}."
    is_author = value == document.author
    return f"The {'author' if is_author else 'source'} of {title} is {value}."


def _stated(question: CollectionQuestion, document: Document, value: str, n: int) -> Citation | None:
    """Return the line of the article that states a value; None if it comes from elsewhere, such as a file's properties."""
    found = read_metadata(document.text, document.path)
    span = {
        "date": found.date_span if found.date == document.date else None,
        "title": found.title_span if found.title == document.title else None,
        "author": found.author_span if found.author == value else None,
    }.get(question.asks)
    if span is None and question.asks != "date":
        place = document.text.find(value, 0, _HEAD_CHARACTERS)
        span = (place, place + len(value)) if place >= 0 else None
    return cite_words(document, _line(document.text, span), n, short=span) if span else None


def _line(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """Return the line around a span, without the space at its ends."""
    start, end = text.rfind("\n", 0, span[0]) + 1, text.find("\n", span[1])
    end = len(text) if end < 0 else end
    line = text[start:end]
    return start + len(line) - len(line.lstrip()), start + len(line.rstrip())


def _listed(entry: CatalogueEntry) -> ListedArticle:
    return ListedArticle(entry.path, entry.title, entry.date, entry.source, entry.author, entry.folder)


def _entry(document: Document) -> CatalogueEntry:
    return CatalogueEntry(
        document.path, document.title, document.date, document.source, document.author, document.folder
    )
