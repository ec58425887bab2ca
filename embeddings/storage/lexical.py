"""Keyword search: turn a user's query into FTS5 expressions whose cost grows far more slowly than the corpus."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import accumulate

from embeddings.storage.database import Database

# Like FTS5's unicode61 tokenizer, split at everything that is neither a letter nor a digit.
_WORD = re.compile(r"[^\W_]+")

# Scoring takes 1.5 µs per matching chunk, and "the" alone matches nearly all (docs/results/growth.md). If all informative
# words together match at most this many chunks, all of them are used.
_MAX_SCORED = 10_000
# Otherwise a chunk must match one of the rarest words, which together are in about this many chunks at most, ...
_MAX_REQUIRED = 2_000
# ... and chunks that also match one of the next rarest come first. Looking those up takes FTS5 0.07 µs per chunk.
_MAX_PREFERRED = 150_000
# Up to this product of chunks and words, planning would take longer than it saves.
_MAX_UNPLANNED = 1_000
# Word frequencies are estimated from a sample: this many ranges of chunk ids, with this many ids in all.
_SAMPLE_RANGES = 4
_SAMPLE_IDS = 10_000


def query_words(query: str) -> list[str]:
    """Return the distinct words of a query, in lower case."""
    # NFC, because a combining accent would split its word. The tokenizer drops accents from queries and texts.
    return list(dict.fromkeys(word.lower() for word in _WORD.findall(unicodedata.normalize("NFC", query))))


def match_expression(words: Sequence[str]) -> str:
    """Return an FTS5 expression that matches any of the words; there must be at least one.

    Every word is quoted, so that none is taken for syntax, such as `NEAR` or `AND`.
    """
    return " OR ".join(f'"{word}"' for word in words)


def expressions(database: Database, words: Sequence[str], chunks: int) -> list[str]:
    """Return FTS5 expressions for a query, to run in order until there are enough hits.

    A small corpus is searched for all words. In a larger one, words in more than half of the chunks are dropped: FTS5's BM25
    gives them a millionth of the weight of others, but they take most of the time. In a large corpus a hit must match one of
    the rarest words; hits that also match one of the next rarest come first, and are scored by both. The dropped words weigh
    least: among a million chunks, a word in every tenth weighs a quarter of a word in a hundred of them.

    Args:
        database: the index.
        words: from `query_words`.
        chunks: the number of chunks in the corpus.
    """
    if not words:
        return []
    if chunks * len(words) <= _MAX_UNPLANNED:
        return [match_expression(words)]
    frequency = _estimated_frequencies(database, words, chunks)
    rarest = sorted(words, key=lambda word: frequency[word])
    informative = [word for word in rarest if frequency[word] <= chunks / 2] or rarest[:1]
    if sum(frequency[word] for word in informative) <= _MAX_SCORED:
        return [match_expression(informative)]
    required = informative[: max(1, _count_within(informative, frequency, _MAX_REQUIRED))]
    rest = informative[len(required) :]
    preferred = rest[: _count_within(rest, frequency, _MAX_PREFERRED)]
    any_required = match_expression(required)
    return [f"({any_required}) AND ({match_expression(preferred)})", any_required] if preferred else [any_required]


def _count_within(words: Sequence[str], frequency: Mapping[str, float], most: float) -> int:
    """Return how many of the words, counted from the first, are in at most `most` chunks together."""
    return sum(total <= most for total in accumulate(frequency[word] for word in words))


def _estimated_frequencies(database: Database, words: Sequence[str], chunks: int) -> dict[str, float]:
    """Estimate from a sample the number of chunks that contain each word; at least one chunk of the sample counts."""
    ranges = _sample_ranges(database, chunks)
    sampled = sum(_count(database, "SELECT count(*) FROM chunks WHERE id BETWEEN ? AND ?", *s) for s in ranges)
    scale = chunks / max(sampled, 1)  # chunks of the corpus per chunk of the sample
    return {word: scale * max(1, _count_matches(database, word, ranges)) for word in words}


def _sample_ranges(database: Database, chunks: int) -> list[tuple[int, int]]:
    """Return evenly spread ranges of chunk ids, [first, last]; a single one with all ids if the corpus is small."""
    # Two subqueries: SQLite looks up min or max in the index, but scans the whole table for both in one query.
    ends = "SELECT (SELECT min(id) FROM chunks), (SELECT max(id) FROM chunks)"
    first, last = database.rows(ends)[0]
    if chunks <= _SAMPLE_IDS:
        return [(first, last)]
    step, length = (last - first + 1) / _SAMPLE_RANGES, _SAMPLE_IDS // _SAMPLE_RANGES
    middles = [int(first + step * (i + 0.5)) for i in range(_SAMPLE_RANGES)]
    return [(middle - length // 2, middle + length // 2 - 1) for middle in middles]


def _count_matches(database: Database, word: str, ranges: Sequence[tuple[int, int]]) -> int:
    """Return the number of chunks in the ranges that contain the word."""
    count = "SELECT count(*) FROM chunk_words WHERE chunk_words MATCH ? AND rowid BETWEEN ? AND ?"
    return sum(_count(database, count, match_expression([word]), *ids) for ids in ranges)


def _count(database: Database, statement: str, *values: object) -> int:
    return int(database.value(statement, values))
