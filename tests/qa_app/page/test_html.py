from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qa_app.page.html import emphasised, emphasised_markdown, escape, escape_markdown, marked


class _Reader(HTMLParser):
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


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


# A browser itself replaces NUL and carriage returns.
odd_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=60)
nasty = st.sampled_from(
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


@given(odd_text)
def test_escaped_text_is_the_same_text_without_a_tag(text: str) -> None:
    reader = _read(escape(text))
    assert (reader.text, reader.tags) == (text, [])


@given(odd_text, st.data())
def test_marking_changes_no_character(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    reader = _read(marked(text, start, end))
    assert (reader.text, reader.tags) == (text, ["mark"])


@given(
    st.lists(st.one_of(nasty, st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=12)), max_size=6)
)
def test_escaped_markdown_renders_as_its_words(parts: list[str]) -> None:
    text = " ".join(parts)
    words = " ".join(text.split())
    reader = _read(MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(escape_markdown(text)))
    assert " ".join(reader.text.split()) == words
    assert set(reader.tags) <= {"p"}


@given(odd_text, st.data())
def test_emphasis_changes_no_character(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    reader = _read(emphasised(text, start, end))
    assert (reader.text, reader.bold, reader.tags) == (text, text[start:end], ["strong"])


@given(
    st.lists(
        st.one_of(nasty, st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=12)),
        min_size=1,
        max_size=6,
    ),
    st.data(),
)
def test_emphasised_markdown_renders_as_its_words_with_the_given_ones_in_bold(
    parts: list[str], data: st.DataObject
) -> None:
    text = " ".join(parts)
    visible = [i for i, char in enumerate(text) if not char.isspace()]
    if not visible:
        return
    start, end = data.draw(st.sampled_from(visible)), data.draw(st.sampled_from(visible)) + 1
    start, end = min(start, end - 1), max(start + 1, end)  # words begin and end with what can be seen
    rendered = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(emphasised_markdown(text, start, end))
    reader = _read(rendered)
    assert " ".join(reader.text.split()) == " ".join(text.split())
    assert " ".join(reader.bold.split()) == " ".join(text[start:end].split())
    assert set(reader.tags) == {"p", "strong"}
