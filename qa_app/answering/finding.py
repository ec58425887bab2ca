"""Find the articles that a question means by what they are about or called."""

from dataclasses import replace

from embeddings.catalogue import Wanted
from embeddings.documents.document import Address
from embeddings.documents.stemming import porter_stem
from embeddings.index import Snapshot
from embeddings.storage.lexical import query_words
from qa_app.config import RetrievalConfig
from qa_app.language.function_words import FUNCTION_WORDS
from qa_app.retrieval import retrieve
from qa_app.types import Answer


def content_words(words: str) -> tuple[str, ...]:
    """Return the words that say something, in lower case; all of them if none does."""
    found = query_words(words)
    return tuple(word for word in found if word not in FUNCTION_WORDS) or tuple(found)


def stems(words: str) -> frozenset[str]:
    """Return the Porter stems of all words."""
    return frozenset(map(porter_stem, query_words(words)))


def content_stems(words: str) -> frozenset[str]:
    """Return the Porter stems of the `content_words`."""
    return frozenset(map(porter_stem, content_words(words)))


def articles_about(
    words: str, wanted: Wanted, snapshot: Snapshot, config: RetrievalConfig, most: int, only_title: bool = False
) -> list[Address]:
    """Return the addresses of up to `most` articles: those with all of the words in their title; or else in title and text, nearest first.

    Args:
        words: what the articles are about, or a title.
        wanted: limits that they must fit.
        snapshot: of the collection.
        config: of the search.
        most: articles to return.
        only_title: whether the words must be in the title.
    """
    asked = content_words(words)
    if not asked:
        return []
    by_title = snapshot.catalogue(replace(wanted, title_words=asked), "newest", most)
    if by_title or only_title:
        return [entry.address for entry in by_title]
    holding = {entry.address for entry in snapshot.catalogue(replace(wanted, words=asked))}
    if not holding:
        return []
    nearest = dict.fromkeys(p.chunk.address for p in retrieve(snapshot, words, config))
    return [address for address in nearest if address in holding][:most]


def articles_of(answer: Answer | None) -> list[Address]:
    """Return the addresses of the articles that an answer quotes, or else names, in order; [] without an answer."""
    if answer is None:
        return []
    quoted = list(dict.fromkeys(citation.address for citation in answer.citations))
    return quoted or [article.address for article in answer.articles]
