from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qa_app.rendering.markdown import emphasised_markdown, escape_markdown
from tests.rendered_html import NASTY, rendered


@given(
    st.lists(st.one_of(NASTY, st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=12)), max_size=6)
)
def test_escaped_markdown_renders_as_its_words(parts: list[str]) -> None:
    text = " ".join(parts)
    words = " ".join(text.split())
    reader = rendered(MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(escape_markdown(text)))
    assert " ".join(reader.text.split()) == words
    assert set(reader.tags) <= {"p"}


@given(
    st.lists(
        st.one_of(NASTY, st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=12)),
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
    start, end = min(start, end - 1), max(start + 1, end)  # words start and end with a visible character
    page = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(emphasised_markdown(text, start, end))
    reader = rendered(page)
    assert " ".join(reader.text.split()) == " ".join(text.split())
    assert " ".join(reader.inside["strong"].split()) == " ".join(text[start:end].split())
    assert set(reader.tags) == {"p", "strong"}
