"""Summarise articles in their own sentences: those that are central and stand early, and do not repeat each other.

Sentences are scored by their likeness to the article as a whole (its stored vectors; Radev et al. 2004, centroid-based summarization)
and by their place, and chosen by maximal marginal relevance (Carbonell and Goldstein 1998). docs/results/routing.md compares this with
the first sentences.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from embeddings.catalogue import Wanted
from embeddings.documents.document import Address
from embeddings.encoders.encoder import Encoder, Vectors
from embeddings.index import Snapshot
from embeddings.storage.rows import StoredChunk
from qa_app.answering.article_sentences import Sentence, sentences_of
from qa_app.answering.day import sentences_of_day
from qa_app.answering.finding import articles_about, articles_of
from qa_app.answering.reply import LastAnswer, Reply
from qa_app.answering.sections import sections_by_article
from qa_app.answering.themes import theme_heading, themes_of
from qa_app.answering.timely import remarks
from qa_app.citations import cite
from qa_app.config import RetrievalConfig
from qa_app.rendering.readable import counted
from qa_app.routing.periods import limited
from qa_app.routing.summary_request import SummaryRequest, name_before_noun

SENTENCES = 3
"""Of one article, unless the request says how many."""
ARTICLES_MOST = 10
"""Articles that a summary of many takes a sentence of."""
# Of so few articles, a summary takes as much of each as of one alone.
_WHOLE_MOST = 3
# How much a sentence's likeness to those chosen already counts against it, 0..1.
_AGAINST_REPETITION = 0.3
# How much the first sentence gains by its place; the n-th gains an n-th of it. In cosines.
_LEAD = 0.25
# Sentences of one article that are encoded; of a longer one, those of its first and most central chunks.
_SENTENCES_MOST = 60
# Articles that fit a request for those on something.
_ARTICLES_FITTING_MOST = 20
# Articles of which the most central are chosen: the newest.
_ARTICLES_COMPARED_MOST = 500


def summary_reply(
    request: SummaryRequest, snapshot: Snapshot, encoder: Encoder, last: LastAnswer, config: RetrievalConfig
) -> Reply | None:
    """Return the summary; None if no article is meant, or if it has no sentences."""
    addresses, count = _meant(request, snapshot, last, config)
    chosen: dict[Address, list[Sentence]] = {}
    if len(addresses) == 1:
        only = snapshot.chunks_of(*addresses[0])
        chosen = {
            addresses[0]: central_sentences(only, encoder, request.sentences or (1 if request.is_short else SENTENCES))
        }
    elif addresses:
        chosen = _by_article(addresses, request, snapshot, encoder)
    headings: dict[Address, str] = {}
    if len(addresses) > ARTICLES_MOST and not request.of:
        chosen, headings = _by_theme(addresses, request, snapshot, encoder) or (chosen, headings)
    period = request.period
    if period and period.after and period.is_day and not request.of:
        chosen = sentences_of_day(period.after, snapshot) | chosen
    candidates = [sentence.candidate for found in chosen.values() for sentence in found]
    cited = [citation for _, citation in cite(candidates, snapshot)]
    if not cited:
        return None
    shown = list(dict.fromkeys(citation.address for citation in cited))
    how = "the most typical of each theme" if headings else "that together cover the most"
    of_some = f"Of {counted(count, 'article')}, {len(shown)}: {how}." if count > len(shown) else None
    beside = remarks(cited[0], cited[0].date) if request.is_news else []
    return Reply(
        kind="summary",
        text="\n\n".join([*(citation.numbered for citation in cited), *beside]),
        citations=tuple(cited),
        sections=sections_by_article(cited, headings) if len(shown) > 1 else (),
        notice=of_some,
    )


def _meant(
    request: SummaryRequest, snapshot: Snapshot, last: LastAnswer, config: RetrievalConfig
) -> tuple[list[Address], int]:
    """Return the addresses of the articles that are meant, and how many they are, which may be more."""
    if request.is_last:
        addresses = articles_of(last())
        return addresses, len(addresses)
    wanted = Wanted(limited(snapshot.scope, request.period))
    if request.of:
        most = _ARTICLES_FITTING_MOST if request.of_many or request.is_news else 1
        for words in (request.of, name_before_noun(request.of)):
            if found := articles_about(words, wanted, snapshot, config, most):
                return ([_newest(found, snapshot)], 1) if request.is_news else (found, len(found))
        return [], 0
    return [e.address for e in snapshot.catalogue(wanted, "newest", _ARTICLES_COMPARED_MOST)], snapshot.count_catalogue(
        wanted
    )


def _newest(addresses: Sequence[Address], snapshot: Snapshot) -> Address:
    """Return the article with the latest date; the first if none has a date."""
    documents = {address: snapshot.document(*address) for address in addresses}
    return max(addresses, key=lambda address: (document.date or "") if (document := documents[address]) else "")


def central_sentences(
    chunks: Sequence[StoredChunk], encoder: Encoder, count: int, towards: Vectors | None = None
) -> list[Sentence]:
    """Return up to `count` sentences of an article, in its order: central ones, or those like the vector `towards`."""
    sentences = sentences_of(chunks)[:_SENTENCES_MOST]
    if len(sentences) <= count:
        return sentences
    vectors = encoder.encode_documents([sentence.text for sentence in sentences])  # (sentences, dimension)
    centre = vectors.mean(axis=0) if towards is None else towards
    places = 1.0 / np.arange(1, len(sentences) + 1)
    relevance = vectors @ (centre / np.linalg.norm(centre)) + _LEAD * places
    return [sentences[i] for i in sorted(_spread(vectors, relevance, count))]


def _spread(vectors: Vectors, relevance: npt.NDArray[np.floating], count: int) -> list[int]:
    """Return the rows chosen by maximal marginal relevance, in the order chosen."""
    chosen: list[int] = []
    repetition = np.zeros(len(vectors))
    while len(chosen) < min(count, len(vectors)):
        gain = relevance - _AGAINST_REPETITION * repetition
        gain[chosen] = -np.inf
        best = int(gain.argmax())
        chosen.append(best)
        repetition = np.maximum(repetition, vectors @ vectors[best])
    return chosen


def _by_article(
    addresses: Sequence[Address], request: SummaryRequest, snapshot: Snapshot, encoder: Encoder
) -> dict[Address, list[Sentence]]:
    """Return the sentences of each article: of many, of those that together cover the most."""
    most = min(request.sentences or ARTICLES_MOST, len(addresses))
    if most < len(addresses):
        means = snapshot.document_vectors(addresses)  # (articles, dimension)
        centre = means.mean(axis=0)
        relevance = means @ (centre / (np.linalg.norm(centre) or 1.0))
        kept = sorted(_spread(means, relevance, most))
        addresses = [addresses[i] for i in kept]
    one_each = request.is_short or len(addresses) > _WHOLE_MOST
    wanted = request.sentences or len(addresses) * (1 if one_each else SENTENCES)
    each, rest = divmod(wanted, len(addresses))
    return {
        address: central_sentences(snapshot.chunks_of(*address), encoder, each + (i < rest))
        for i, address in enumerate(addresses)
    }


def _by_theme(
    addresses: Sequence[Address], request: SummaryRequest, snapshot: Snapshot, encoder: Encoder
) -> tuple[dict[Address, list[Sentence]], dict[Address, str]] | None:
    """Return a sentence of the most central articles of each theme, and the theme's words; None if there are no themes."""
    found = themes_of(addresses, snapshot)
    if not found:
        return None
    most = request.sentences or ARTICLES_MOST
    found = found[:most]
    each = max(1, most // len(found))
    chosen: dict[Address, list[Sentence]] = {}
    headings: dict[Address, str] = {}
    for theme in found:
        for row in theme.rows[:each]:
            address = addresses[row]
            chosen[address] = central_sentences(snapshot.chunks_of(*address), encoder, 1)
            headings[address] = theme_heading(theme)
    return chosen, headings
