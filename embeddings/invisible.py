"""Characters that are not seen, or that change how others are seen: with them a name or a quote can look like another."""

import re

INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Control characters but white space, spaces without width, tags, and what overrides, embeds or isolates a direction of text
(https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing). Left out is what spelling needs and cannot hide much: joiners,
the marks U+200E and U+200F, soft hyphens, selectors of variants."""


def code_of(character: str) -> str:
    """Return a character's number as Unicode writes it, such as U+202E."""
    return f"U+{ord(character):04X}"
