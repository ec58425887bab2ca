from hypothesis import given
from hypothesis import strategies as st

from qa_app.rendering.html import emphasised, escape, marked
from tests.rendered_html import ODD_TEXT, rendered


@given(ODD_TEXT)
def test_escaped_text_is_the_same_text_without_a_tag(text: str) -> None:
    reader = rendered(escape(text))
    assert (reader.text, reader.tags) == (text, [])


@given(ODD_TEXT, st.data())
def test_marking_changes_no_character(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    reader = rendered(marked(text, start, end))
    assert (reader.text, reader.tags) == (text, ["mark"])


@given(ODD_TEXT, st.data())
def test_emphasis_changes_no_character(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    reader = rendered(emphasised(text, start, end))
    assert (reader.text, reader.bold, reader.tags) == (text, text[start:end], ["strong"])
