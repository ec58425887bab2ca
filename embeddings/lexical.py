"""Word search: from what a person typed to an FTS5 expression."""

import re
import unicodedata

# FTS5's unicode61 tokenizer splits at everything that is neither letter nor number; so does this.
_WORD = re.compile(r"[^\W_]+")


def match_expression(query: str) -> str | None:
    """Return an FTS5 expression that finds any word of `query`, or None when it has none.

    Every word is quoted, so that nothing in it is syntax: `NEAR(`, `-`, `*` and `"` are just text.
    """
    # Composed, since a combining accent alone would split its word; the tokenizer then drops accents on both sides.
    words = dict.fromkeys(word.lower() for word in _WORD.findall(unicodedata.normalize("NFC", query)))
    return " OR ".join(f'"{word}"' for word in words) or None
