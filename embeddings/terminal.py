"""Text for a terminal: what articles, names and errors hold must not move the cursor, change colours or look like something else."""

import re

from embeddings.invisible import INVISIBLE

# Besides: the other ways to begin or overwrite a line, and halves of characters, which cannot be written at all.
_UNSAFE = re.compile(f"{INVISIBLE.pattern}|[\x0b-\x0d\u2028\u2029\ud800-\udfff]")


def printable(text: str) -> str:
    r"""Return a text with such characters written out, as \x1b."""
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
