"""An inverted index of chunks' words: for each term the chunks that have it, and how often. BM25 over all words of a query.

Arrays only, so that it can be mapped from a file and searched with NumPy, a million chunks in milliseconds. FTS5 takes longer
for each matching chunk (docs/results/growth.md), and has to be spared the common words.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from embeddings.storage.ann import Ids
from embeddings.storage.bm25 import K1, B, bare_words, stem
from embeddings.storage.rows import Hit

Numbers = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float32]

# Most chunks to score for the terms of one query. If there are more, chunks that have none but its commonest terms are missed.
_MAX_SCORED = 300_000
_ROUNDING = 1e-3
_MOST_COUNTED = 255


@dataclass(frozen=True, eq=False)
class Postings:
    """The words of chunks. Immutable."""

    # In descending order of their sizes, so that each is aligned in a file that has them one after the other.
    ids: Ids
    """Of the chunks, (N,), ascending. A chunk's place in it is its slot."""
    terms: Numbers
    """The different terms, (T,), as numbers from `term_number`, ascending."""
    starts: npt.NDArray[np.int64]
    """Where each term's postings begin, (T + 1,); the last is P, the number of all."""
    lengths: npt.NDArray[np.uint32]
    """Number of terms of each chunk, (N,), with repetitions."""
    slots: npt.NDArray[np.uint32]
    """The slots of the chunks that have a term, (P,); ascending for each term."""
    counts: npt.NDArray[np.uint8]
    """How often they have it, (P,), at most 255."""

    @classmethod
    def of(cls, rows: Iterable[tuple[int, str]]) -> "Postings":
        """Return the postings of chunks, given as ids with indexed words; see `WordTable.words_of`."""
        ids: list[int] = []
        lengths: list[int] = []
        numbers: list[int] = []
        slots: list[int] = []
        counts: list[int] = []
        for slot, (chunk_id, words) in enumerate(sorted(rows)):
            counted = Counter(map(_word_number, bare_words(words)))
            ids.append(chunk_id)
            lengths.append(sum(counted.values()))
            numbers += counted
            slots += [slot] * len(counted)
            counts += counted.values()
        found = np.array(numbers, dtype=np.uint64)
        order = np.argsort(found, kind="stable")
        different, sizes = np.unique(found, return_counts=True)
        return cls(
            np.array(ids, dtype=np.int64),
            different,
            _starts(sizes),
            np.array(lengths, dtype=np.uint32),
            np.array(slots, dtype=np.uint32)[order],
            np.minimum(np.array(counts, dtype=np.int64), _MOST_COUNTED).astype(np.uint8)[order],
        )

    def __len__(self) -> int:
        return len(self.ids)

    def count(self, term: str) -> int:
        """Return the number of chunks that have a term."""
        found = self._span(term_number(term))
        return int(found.stop - found.start)

    def followed_by(self, others: "Postings") -> "Postings":
        """Return these chunks with others whose ids are all higher."""
        different = np.union1d(self.terms, others.terms)
        own, added = (np.zeros(len(different), dtype=np.int64) for _ in range(2))
        own[np.searchsorted(different, self.terms)] = np.diff(self.starts)
        added[np.searchsorted(different, others.terms)] = np.diff(others.starts)
        starts = _starts(own + added)
        # A term's postings here come first, then those of the others; both stay in their order.
        firsts = (starts[:-1] + own)[added > 0] - others.starts[:-1]
        is_added = np.zeros(starts[-1], dtype=bool)
        is_added[np.repeat(firsts, np.diff(others.starts)) + np.arange(len(others.slots))] = True
        slots, counts = np.empty(starts[-1], dtype=np.uint32), np.empty(starts[-1], dtype=np.uint8)
        slots[~is_added], slots[is_added] = self.slots, others.slots + np.uint32(len(self))
        counts[~is_added], counts[is_added] = self.counts, others.counts
        ids, lengths = np.concatenate([self.ids, others.ids]), np.concatenate([self.lengths, others.lengths])
        return Postings(ids, different, starts, lengths, slots, counts)

    def without(self, removed: Ids) -> "Postings":
        """Return the chunks that are not among `removed`."""
        kept = np.ones(len(self), dtype=bool)
        kept[self.slots_of(removed)] = False
        if kept.all():
            return self
        having = kept[self.slots]
        sizes = np.add.reduceat(having, self.starts[:-1], dtype=np.int64) if len(self.terms) else self.starts[:0]
        slots = (np.cumsum(kept) - 1).astype(np.uint32)[self.slots[having]]
        terms, starts = self.terms[sizes > 0], _starts(sizes[sizes > 0])
        return Postings(self.ids[kept], terms, starts, self.lengths[kept], slots, self.counts[having])

    def slots_of(self, ids: Ids) -> npt.NDArray[np.int64]:
        """Return the slots of those of the ids that are here."""
        if not len(self):
            return np.zeros(0, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self) - 1)
        found: npt.NDArray[np.int64] = places[self.ids[places] == ids]
        return found

    @cached_property
    def total_length(self) -> int:
        """Number of terms of all chunks, with repetitions."""
        return int(self.lengths.sum(dtype=np.int64))

    def best(self, weights: Mapping[str, float], k: int, average_length: float, allowed: Mask | None) -> list[Hit]:
        """Return the `k` best chunks by BM25, best first; their scores are above 0.

        The rarest terms are scored first. A common one is not, when no chunk that has only it and others as common can be
        among the best any more; it is looked up for those that can.

        Args:
            weights: from `bm25.term_weights`.
            k: at least 1.
            average_length: of the corpus's chunks, in terms.
            allowed: which slots to search, (N,); None for all.
        """
        spans = sorted(
            ((self._span(term_number(term)), weight) for term, weight in weights.items()),
            key=lambda found: found[0].stop - found[0].start,
        )
        scores = np.zeros(len(self), dtype=np.float32)
        slope = np.float32(K1 * B / average_length)

        def score(slots: npt.NDArray[np.uint32], counts: npt.NDArray[np.uint8], weight: float) -> Scores:
            norms = np.float32(K1 * (1 - B)) + slope * self.lengths[slots].astype(np.float32)
            each: Scores = np.float32(weight * (K1 + 1)) * counts / (counts + norms)
            return each

        rest = sum(weight for _, weight in spans) * (K1 + 1)  # the most that the terms not yet scored can add
        needed, scored, done = 0.0, 0, 0
        for span, weight in spans:
            if rest < needed or (scored and scored + span.stop - span.start > _MAX_SCORED):
                break
            slots, counts = self._within(span, allowed)
            sums = scores[slots] + score(slots, counts, weight)
            scores[slots] = sums
            if len(sums) >= k:
                needed = max(needed, float(np.partition(sums, -k)[-k]))
            rest, scored, done = rest - weight * (K1 + 1), scored + len(slots), done + 1
        able = (scores > 0) & (scores >= needed - rest - _ROUNDING)
        for span, weight in spans[done:]:
            slots, counts = self._within(span, able)
            scores[slots] += score(slots, counts, weight)
        found = np.flatnonzero(able)
        sums = scores[found]
        if len(found) > k:  # all that are as good as the k-th stay, for the order of equal scores
            good = sums >= np.partition(sums, -k)[-k]
            found, sums = found[good], sums[good]
        order = np.lexsort((found, -sums))[:k]
        return [Hit(int(self.ids[found[i]]), float(sums[i])) for i in order]

    def _within(self, span: slice, inside: Mask | None) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]:
        """Return a term's slots and counts, those of the slots that are inside."""
        slots, counts = self.slots[span], self.counts[span]
        if inside is None:
            return slots, counts
        having = inside[slots]
        return slots[having], counts[having]

    def _span(self, number: int) -> slice:
        """Return where the postings of a term are; an empty slice for one that no chunk has."""
        place = int(np.searchsorted(self.terms, np.uint64(number)))
        if place == len(self.terms) or int(self.terms[place]) != number:
            return slice(0, 0)
        return slice(int(self.starts[place]), int(self.starts[place + 1]))


@lru_cache(1 << 18)  # most words recur, and need no stemming then
def _word_number(word: str) -> int:
    return term_number(stem(word))


def term_number(term: str) -> int:
    """Return a term as a number, 0 to 2 ** 64 - 1. That any two of ten million share one has a chance of 3 in a million."""
    return int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "big")


def joined(parts: Sequence[Postings]) -> Postings:
    """Return the chunks of several postings, whose ids ascend from one to the next."""
    if not parts:
        return Postings.of(())
    while len(parts) > 1:  # in pairs, so that each is copied seldom
        pairs = [parts[first : first + 2] for first in range(0, len(parts), 2)]
        parts = [pair[0].followed_by(pair[1]) if len(pair) == 2 else pair[0] for pair in pairs]
    return parts[0]


def _starts(sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes, dtype=np.int64)])
