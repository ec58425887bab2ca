"""Render HTML to the text a reader sees, for tests of escaping."""

from collections import defaultdict
from html.parser import HTMLParser

from hypothesis import strategies as st

# Browsers replace NUL and carriage returns.
ODD_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=60)
NASTY = st.sampled_from(
    [
        "<script>alert(1)</script>",
        "[x](javascript:y)",
        "`a`",
        "**b**",
        "# h",
        "1. l",
        "<b>",
        "&amp;",
        "$$x$$",
        "![](a)",
        "http://a.b",
    ]
)
"""Texts that are markup in HTML, Markdown or LaTeX."""


class Rendered(HTMLParser):
    """Collects the text as a browser shows it, the tags and the names of attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.inside: dict[str, str] = defaultdict(str)
        """The text in all elements of a name."""
        self._open: list[str] = []

    def handle_data(self, data: str) -> None:
        self.text += data
        for tag in set(self._open):
            self.inside[tag] += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:  # elements without an end tag end here
            pass


def rendered(html: str) -> Rendered:
    """Parse HTML; return its text and tags."""
    reader = Rendered()
    reader.feed(html)
    reader.close()
    return reader
