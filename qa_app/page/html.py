"""Words from articles and people as HTML or Markdown: the one place that escapes them."""

import html
import re

# Markdown's own signs, and what a browser or the chat would take for markup.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$&:@=])")


def escape(text: str) -> str:
    """Return text as HTML that shows exactly these characters, for elements and quoted attributes."""
    return html.escape(text, quote=True)


def escape_markdown(text: str) -> str:
    """Return text as one paragraph of Markdown that shows exactly these words: no markup, no link, no line of its own."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def marked(text: str, start: int, end: int) -> str:
    """Return text as HTML with `text[start:end]` highlighted."""
    return f"{escape(text[:start])}<mark>{escape(text[start:end])}</mark>{escape(text[end:])}"
