"""Keyword search: what FTS5 indexes of a text, and expressions for a user's query whose cost grows far more slowly than the corpus.

FTS5 splits text into words, drops accents and stems English. Words in other languages are given to it as stems.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate

from embeddings.documents.stemming import fold, lower, porter_stem, stems
from embeddings.storage.database import Database

# Like FTS5's unicode61 tokenizer, split at everything that is neither a letter nor a digit.
_WORD = re.compile(r"[^\W_]+")
_ACCENT = re.compile("[\u0300-\u036f]")
_STEMMED_BY_FTS5 = "en"

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


def indexed_words(text: str, language: str | None) -> str:
    """Return what FTS5 indexes of a text: its stems; English, or a text of unknown language, as it is."""
    if language in (None, _STEMMED_BY_FTS5):
        return fold(text)
    return fold(" ".join(stems(_words(text, language), language)))


def query_words(query: str, languages: Collection[str] = ()) -> list[str]:
    """Return the distinct words of a query as they may be indexed: as they are, and as stems of each language.

    The words are in lower case. Two that FTS5 would stem alike are one, so that BM25 counts it once.
    """
    found: dict[str, str] = {}
    plain = [fold(word) for word in _words(query, _STEMMED_BY_FTS5)]
    others = (indexed_words(query, language).split() for language in languages if language != _STEMMED_BY_FTS5)
    for word in (*plain, *(word for words in others for word in words)):
        found.setdefault(porter_stem(word), word)
    return list(found.values())


def _words(text: str, language: str) -> list[str]:
    """Return the words of a text, in lower case."""
    # A combining accent would split its word. NFC leaves those that no letter has, such as a stress mark in Russian.
    return _WORD.findall(lower(_ACCENT.sub("", unicodedata.normalize("NFC", text)), language))


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
    frequency = _informative(estimated_frequencies(database, words, chunks), chunks)
    kept = list(frequency)
    if sum(frequency[word] for word in kept) <= _MAX_SCORED:
        return [match_expression(kept)] if kept else []
    required = kept[: max(1, _count_within(kept, frequency, _MAX_REQUIRED))]
    rest = kept[len(required) :]
    preferred = rest[: _count_within(rest, frequency, _MAX_PREFERRED)]
    any_required = match_expression(required)
    return [f"({any_required}) AND ({match_expression(preferred)})", any_required] if preferred else [any_required]


def word_counts(database: Database, words: Sequence[str], chunks: int) -> dict[str, float]:
    """Return the words of a query that are scored if all are, with the number of chunks that have each; estimated in a large corpus.

    See `expressions` for the arguments, and for what is dropped.
    """
    if not words:
        return {}
    return scored_words(estimated_frequencies(database, words, chunks), chunks)


def scored_words(frequency: Mapping[str, float], chunks: int) -> dict[str, float]:
    """Return those of a query's words that are scored if all are; `frequency` has the number of chunks that have each."""
    return dict(frequency) if chunks * len(frequency) <= _MAX_UNPLANNED else _informative(frequency, chunks)


def _informative(frequency: Mapping[str, float], chunks: int) -> dict[str, float]:
    """Return the words that occur, but in at most half of the chunks, or else the rarest; rarest first."""
    rarest = sorted(filter(frequency.get, frequency), key=lambda word: frequency[word])
    kept = [word for word in rarest if frequency[word] <= chunks / 2] or rarest[:1]
    return {word: frequency[word] for word in kept}


def _count_within(words: Sequence[str], frequency: Mapping[str, float], most: float) -> int:
    """Return how many of the words, counted from the first, are in at most `most` chunks together."""
    return sum(total <= most for total in accumulate(frequency[word] for word in words))


def estimated_frequencies(database: Database, words: Sequence[str], chunks: int) -> dict[str, float]:
    """Estimate from a sample the number of chunks that contain each word.

    It is 0 only for a word in none; one that the sample lacks counts as if it were in one of the sample's chunks.
    """
    ranges = sample_ranges(database, chunks)
    sampled = sum(_count(database, "SELECT count(*) FROM main.chunks WHERE id BETWEEN ? AND ?", *s) for s in ranges)
    scale = chunks / max(sampled, 1)  # chunks of the corpus per chunk of the sample
    return {word: scale * (_count_matches(database, word, ranges) or _is_indexed(database, word)) for word in words}


def _is_indexed(database: Database, word: str) -> bool:
    return (
        database.row("SELECT 1 FROM chunk_words WHERE chunk_words MATCH ? LIMIT 1", (match_expression([word]),))
        is not None
    )


def sample_ranges(database: Database, chunks: int) -> list[tuple[int, int]]:
    """Return evenly spread ranges of chunk ids, [first, last]; a single one with all ids if the corpus is small."""
    # Two subqueries: SQLite looks up min or max in the index, but scans the whole table for both in one query.
    # `main`, because the words are of all chunks, also of those that a connection does not see.
    ends = "SELECT (SELECT min(id) FROM main.chunks), (SELECT max(id) FROM main.chunks)"
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
