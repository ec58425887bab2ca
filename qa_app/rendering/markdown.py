"""Escape text from articles and users for Markdown."""

import re

# What is markup anywhere in a line, what turns a bare address into a link, and what is markup at the start of a line. No
# more is escaped, because Gradio also labels a message with its Markdown.
_ANYWHERE = re.compile(r"([\\`*_\[\]<&~$@]|:(?=//)|(?<=www)\.)")
_AT_START = re.compile(r"^([#>+=|!-])|^(\d+)([.)])")


def escape_markdown(text: str) -> str:
    """Return text as one paragraph of Markdown that shows exactly these words: no markup, links or line breaks."""
    line = _ANYWHERE.sub(r"\\\1", " ".join(text.split()))
    return _AT_START.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", line)


def emphasised_markdown(text: str, start: int, end: int) -> str:
    """Return text like `escape_markdown`, with `text[start:end]` in bold."""
    words = text[start:end]
    # Asterisks beside punctuation are not always emphasis: https://spec.commonmark.org/0.31.2/#delimiter-run
    plain = words[:1].isalnum() and words[-1:].isalnum()
    bold = f"**{escape_markdown(words)}**" if plain else f"<strong>{escape_markdown(words)}</strong>"
    before, after = escape_markdown(text[:start]), escape_markdown(text[end:])
    return f"{before}{' ' * text[:start][-1:].isspace()}{bold}{' ' * text[end:][:1].isspace()}{after}"
