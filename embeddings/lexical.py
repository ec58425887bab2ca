"""Word search: from what a person typed to an FTS5 expression whose cost does not grow with the corpus."""

import re
import sqlite3
import unicodedata
from collections.abc import Sequence

# FTS5's unicode61 tokenizer splits at everything that is neither letter nor number; so does this.
_WORD = re.compile(r"[^\W_]+")

# Scoring takes 1.5 µs a chunk that holds a word of the query, and "the" alone is in nearly all (docs/performance.md).
_SCORED_MOST = 10_000
# Chunks times words up to which counting would take longer than it saves.
_UNPLANNED_MOST = 1_000
# In how many chunks a word stands is counted in so many stretches of the corpus, of so many ids together.
_STRETCHES = 4
_COUNTED = 10_000


def query_words(query: str) -> list[str]:
    """Return the different words of a query, in lower case."""
    # Composed, since a combining accent alone would split its word; the tokenizer then drops accents on both sides.
    return list(dict.fromkeys(word.lower() for word in _WORD.findall(unicodedata.normalize("NFC", query))))


def match_expression(words: Sequence[str]) -> str | None:
    """Return an FTS5 expression that finds any of the words, or None when there are none.

    Every word is quoted, so that nothing in it is syntax: `NEAR(`, `-`, `*` and `"` are just text.
    """
    return " OR ".join(f'"{word}"' for word in words) or None


def telling_words(connection: sqlite3.Connection, words: Sequence[str], chunks: int) -> list[str]:
    """Return the words by which to search a corpus of so many chunks: those that tell chunks apart, the rarest if many do.

    A word in more than half of the chunks is left out: FTS5's BM25 gives it a millionth of what others weigh, and most of the time.
    The rarest word is always taken, further ones while together they stand in about `_SCORED_MOST` chunks at most. What
    is left out would have weighed least: a word in every tenth chunk weighs a quarter of one in a hundred chunks of a million.
    """
    if chunks * len(words) <= _UNPLANNED_MOST:
        return list(words)
    stretches = _stretches(connection, chunks)
    counted = sum(_count(connection, "SELECT count(*) FROM chunks WHERE id BETWEEN ? AND ?", *s) for s in stretches)
    each = chunks / max(counted, 1)  # chunks that one that was counted stands for
    about = {word: each * max(1, _holding(connection, word, stretches)) for word in words}
    rarest = sorted(words, key=lambda word: about[word])
    total, taken = 0.0, 0
    for word in rarest:
        total += about[word]
        if taken and (total > _SCORED_MOST or about[word] > chunks / 2):
            break
        taken += 1
    return [word for word in words if word in rarest[:taken]]


def _stretches(connection: sqlite3.Connection, chunks: int) -> list[tuple[int, int]]:
    """Return stretches of chunk ids, [first, last], evenly spread; one of all where the corpus is small."""
    first, last = connection.execute("SELECT min(id), max(id) FROM chunks").fetchone()
    if chunks <= _COUNTED:
        return [(first, last)]
    step, length = (last - first + 1) / _STRETCHES, _COUNTED // _STRETCHES
    middles = [int(first + step * (i + 0.5)) for i in range(_STRETCHES)]
    return [(middle - length // 2, middle + length // 2 - 1) for middle in middles]


def _holding(connection: sqlite3.Connection, word: str, stretches: Sequence[tuple[int, int]]) -> int:
    """Return how many chunks of the stretches hold the word."""
    count = "SELECT count(*) FROM chunk_words WHERE chunk_words MATCH ? AND rowid BETWEEN ? AND ?"
    return sum(_count(connection, count, match_expression([word]), *stretch) for stretch in stretches)


def _count(connection: sqlite3.Connection, statement: str, *values: object) -> int:
    return int(connection.execute(statement, values).fetchone()[0])
