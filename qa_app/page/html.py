"""Words from articles and people as HTML or Markdown: the one place that escapes them."""

import html
import re

# What is markup anywhere in a line, what makes a bare address a link, and what is markup at a line's beginning. No more
# is escaped, because the chat's copy button copies the Markdown.
_ANYWHERE = re.compile(r"([\\`*_\[\]<&~$@]|:(?=//)|(?<=www)\.)")
_AT_START = re.compile(r"^([#>+=|!-])|^(\d+)([.)])")


def escape(text: str) -> str:
    """Return text as HTML that shows exactly these characters, for elements and quoted attributes."""
    return html.escape(text, quote=True)


def escape_markdown(text: str) -> str:
    """Return text as one paragraph of Markdown that shows exactly these words: no markup, no link, no line of its own."""
    line = _ANYWHERE.sub(r"\\\1", " ".join(text.split()))
    return _AT_START.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", line)


def marked(text: str, start: int, end: int) -> str:
    """Return text as HTML with `text[start:end]` highlighted."""
    return f"{escape(text[:start])}<mark>{escape(text[start:end])}</mark>{escape(text[end:])}"
