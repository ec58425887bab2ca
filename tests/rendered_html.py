"""What a reader sees of HTML, for the tests of what escapes."""

from html.parser import HTMLParser

from hypothesis import strategies as st

# A browser itself replaces NUL and carriage returns.
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
"""Words that are markup somewhere."""


class Rendered(HTMLParser):
    """Collects text as a browser would, and the tags met."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.tags: list[str] = []
        self.bold = ""
        """What stands in the element strong."""
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
    """Return what a reader sees of HTML."""
    reader = Rendered()
    reader.feed(html)
    reader.close()
    return reader
