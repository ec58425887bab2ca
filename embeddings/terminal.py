"""Text for a terminal: what articles, names and errors hold must not move the cursor, change colours or turn words round."""

import re

# Control characters but tab and line feed, overrides of the direction of text, separators of lines, halves of characters.
# https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    r"""Return a text with such characters written out, as \x1b."""
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
