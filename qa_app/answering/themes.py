"""Group articles by theme: those whose vectors are near each other, and the words that tell a group from the others.

Groups are found by k-means over the articles' vectors, as many as give the best mean silhouette (Rousseeuw 1987). Their words
are weighted by class-based TF-IDF (Grootendorst 2022, arXiv 2203.05794, equation 2).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from embeddings.documents.document import Address
from embeddings.documents.stemming import porter_stem
from embeddings.encoders.encoder import Vectors
from embeddings.index import Snapshot
from qa_app.answering.finding import content_words
from qa_app.rendering.readable import counted

THEMES_MOST = 8
_WORDS = 3
# Of an article's beginning, which says what it is about.
_LEAD_CHARS = 300
# Mean silhouette, -1..1, below which the articles fall into no groups.
_LEAST_SILHOUETTE = 0.05


@dataclass(frozen=True)
class Theme:
    words: tuple[str, ...]
    """What tells it from the other themes, most telling first, in lower case."""
    rows: tuple[int, ...]
    """Its articles, most central first."""


def themes_of(addresses: Sequence[Address], snapshot: Snapshot) -> list[Theme]:
    """Return the themes of a collection's articles; see `themes`."""
    texts = []
    for address in addresses:
        first = next(iter(snapshot.chunks_of(*address)), None)
        texts.append(f"{first.title} {first.readable[:_LEAD_CHARS]}" if first else "")
    return themes(snapshot.document_vectors(addresses), texts)


def theme_heading(theme: Theme) -> str:
    """Return a theme's words and the number of its articles: "Parliament, members: 10 articles"."""
    words = ", ".join(theme.words)
    return f"{words[:1].upper()}{words[1:]}: {counted(len(theme.rows), 'article')}"


def themes(vectors: Vectors, texts: Sequence[str]) -> list[Theme]:
    """Return the themes of articles, largest first, each article in one; [] if they fall into no groups.

    Args:
        vectors: (articles, dimension), of length one.
        texts: of each article, what names its theme, such as its title and first sentences.
    """
    groups = _groups(vectors)
    if groups is None:
        return []
    rows_of = [np.flatnonzero(groups == group) for group in range(groups.max() + 1)]
    words = _telling_words([[texts[int(row)] for row in rows] for rows in rows_of])
    found = []
    for rows, telling in zip(rows_of, words, strict=True):
        nearness = vectors[rows] @ vectors[rows].mean(axis=0)
        found.append(Theme(telling, tuple(int(row) for row in rows[np.argsort(-nearness, kind="stable")])))
    return sorted(found, key=lambda theme: -len(theme.rows))


def _groups(vectors: Vectors) -> "np.ndarray | None":
    """Return each article's group, (articles,), numbered from 0; None if they fall into none."""
    from sklearn.cluster import KMeans  # imported here, as it takes a second that other questions need not wait
    from sklearn.metrics import silhouette_score

    best, groups = _LEAST_SILHOUETTE, None
    different = len(np.unique(vectors.round(4), axis=0))
    for count in range(2, min(THEMES_MOST, len(vectors) // 2, different) + 1):
        labels = KMeans(count, n_init=4, random_state=0).fit_predict(vectors)
        score = float(silhouette_score(vectors, labels, metric="cosine"))
        if score > best:
            best, groups = score, labels
    return groups


def _telling_words(groups: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Return the words of each group of texts that are frequent in it and rare in the others."""
    shapes: dict[str, Counter[str]] = {}
    counts: list[Counter[str]] = []
    for texts in groups:
        words = [word for text in texts for word in set(content_words(text)) if len(word) > 2 and not word.isdigit()]
        for word in words:
            shapes.setdefault(porter_stem(word), Counter())[word] += 1
        counts.append(Counter(porter_stem(word) for word in words))
    total = sum(counts, Counter[str]())
    average = sum(total.values()) / len(groups)

    def telling(count: Counter[str]) -> tuple[str, ...]:
        weights = {stem: n * log(1 + average / total[stem]) for stem, n in count.items()}
        best = sorted(weights, key=lambda stem: (-weights[stem], stem))[:_WORDS]
        return tuple(shapes[stem].most_common(1)[0][0] for stem in best)

    return [telling(count) for count in counts]
