"""Word search: from what a person typed to FTS5 expressions whose cost grows far more slowly than the corpus."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import accumulate

from embeddings.storage.database import Database

# FTS5's unicode61 tokenizer splits at everything that is neither letter nor number; so does this.
_WORD = re.compile(r"[^\W_]+")

# Scoring takes 1.5 µs a chunk that holds a word of the query, and "the" alone is in nearly all (docs/results/growth.md). Up
# to so many, no word is left out that weighs anything.
_SCORED_MOST = 10_000
# Else chunks are scored that hold one of the rarest words, which together stand in about so many chunks at most, ...
_LEADING_MOST = 2_000
# ... and one of the next rarest, whose chunks FTS5 only counts: 0.07 µs each.
_FOLLOWING_MOST = 150_000
# Chunks times words up to which planning would take longer than it saves.
_UNPLANNED_MOST = 1_000
# In how many chunks a word stands is counted in so many stretches of the corpus, of so many ids together.
_STRETCHES = 4
_COUNTED = 10_000


def query_words(query: str) -> list[str]:
    """Return the different words of a query, in lower case."""
    # Composed, since a combining accent alone would split its word; the tokenizer then drops accents on both sides.
    return list(dict.fromkeys(word.lower() for word in _WORD.findall(unicodedata.normalize("NFC", query))))


def match_expression(words: Sequence[str]) -> str:
    """Return an FTS5 expression that finds any of the words, of which there is one at least.

    Every word is quoted, so that nothing in it is syntax: `NEAR(`, `-`, `*` and `"` are just text.
    """
    return " OR ".join(f'"{word}"' for word in words)


def expressions(database: Database, words: Sequence[str], chunks: int) -> list[str]:
    """Return FTS5 expressions by which to search a corpus of so many chunks; each finds what those before it leave.

    A small corpus is searched by all words. In a larger one a word in more than half of the chunks is left out: FTS5's BM25
    gives it a millionth of what others weigh, and most of the time. In a large one chunks are found that hold one of the rarest
    words; those that hold another telling word too come first, and are scored by all of these. What is left out weighs least: a
    word in every tenth chunk weighs a quarter of one in a hundred chunks of a million.
    """
    if not words:
        return []
    if chunks * len(words) <= _UNPLANNED_MOST:
        return [match_expression(words)]
    about = _spread(database, words, chunks)
    rarest = sorted(words, key=lambda word: about[word])
    telling = [word for word in rarest if about[word] <= chunks / 2] or rarest[:1]
    if sum(about[word] for word in telling) <= _SCORED_MOST:
        return [match_expression(telling)]
    leading = telling[: max(1, _within(telling, about, _LEADING_MOST))]
    rest = telling[len(leading) :]
    following = rest[: _within(rest, about, _FOLLOWING_MOST)]
    lead = match_expression(leading)
    return [f"({lead}) AND ({match_expression(following)})", lead] if following else [lead]


def _within(words: Sequence[str], about: Mapping[str, float], most: float) -> int:
    """Return how many of the words, from the first on, together stand in `most` chunks at most."""
    return sum(total <= most for total in accumulate(about[word] for word in words))


def _spread(database: Database, words: Sequence[str], chunks: int) -> dict[str, float]:
    """Return in about how many chunks each word stands, as a part of the corpus shows; at least in one of that part."""
    stretches = _stretches(database, chunks)
    counted = sum(_count(database, "SELECT count(*) FROM chunks WHERE id BETWEEN ? AND ?", *s) for s in stretches)
    each = chunks / max(counted, 1)  # chunks that one that was counted stands for
    return {word: each * max(1, _holding(database, word, stretches)) for word in words}


def _stretches(database: Database, chunks: int) -> list[tuple[int, int]]:
    """Return stretches of chunk ids, [first, last], evenly spread; one of all where the corpus is small."""
    # Two subqueries, since SQLite looks one end up in the index but reads the whole table for both.
    ends = "SELECT (SELECT min(id) FROM chunks), (SELECT max(id) FROM chunks)"
    first, last = database.rows(ends)[0]
    if chunks <= _COUNTED:
        return [(first, last)]
    step, length = (last - first + 1) / _STRETCHES, _COUNTED // _STRETCHES
    middles = [int(first + step * (i + 0.5)) for i in range(_STRETCHES)]
    return [(middle - length // 2, middle + length // 2 - 1) for middle in middles]


def _holding(database: Database, word: str, stretches: Sequence[tuple[int, int]]) -> int:
    """Return how many chunks of the stretches hold the word."""
    count = "SELECT count(*) FROM chunk_words WHERE chunk_words MATCH ? AND rowid BETWEEN ? AND ?"
    return sum(_count(database, count, match_expression([word]), *stretch) for stretch in stretches)


def _count(database: Database, statement: str, *values: object) -> int:
    return int(database.value(statement, values))
