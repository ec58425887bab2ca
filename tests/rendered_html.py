"""Render HTML to the text a reader sees, for tests of escaping."""

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
    """Collects the text as a browser shows it, and the tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.tags: list[str] = []
        self.bold = ""
        """The text inside <strong> elements."""
        self._in_bold = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_bold:
            self.bold += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._in_bold = self._in_bold or tag == "strong"

    def handle_endtag(self, tag: str) -> None:
        self._in_bold = self._in_bold and tag != "strong"


def rendered(html: str) -> Rendered:
    """Parse HTML; return its text and tags."""
    reader = Rendered()
    reader.feed(html)
    reader.close()
    return reader
