"""Words from articles and people as HTML: the one place that escapes them; as Markdown see `qa_app.rendering.markdown`."""

import html


def escape(text: str) -> str:
    """Return text as HTML that shows exactly these characters, for elements and quoted attributes."""
    return html.escape(text, quote=True)


def marked(text: str, start: int, end: int) -> str:
    """Return text as HTML with `text[start:end]` highlighted."""
    return f"{escape(text[:start])}<mark>{escape(text[start:end])}</mark>{escape(text[end:])}"


def emphasised(text: str, start: int, end: int) -> str:
    """Return text as HTML with `text[start:end]` in bold."""
    return f"{escape(text[:start])}<strong>{escape(text[start:end])}</strong>{escape(text[end:])}"
