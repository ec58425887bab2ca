import json

from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.blocks import Block, Kind
from embeddings.documents.markdown_blocks import markdown_blocks
from embeddings.documents.plain_text_blocks import plain_text_blocks
from embeddings.documents.sections import sections_of
from embeddings.documents.units import Context, Part, Unit
from embeddings.storage.structure_json import (
    blocks_json,
    context_json,
    read_blocks,
    read_context,
    read_units,
    units_json,
)
from tests.embeddings.documents.test_markdown_blocks import markdown_texts
from tests.embeddings.documents.test_plain_text_blocks import structured_texts

_places = st.integers(0, 10_000)
_spans = st.tuples(_places, _places)
_blocks = st.builds(
    lambda kind, start, length, level, cells, skips: Block(kind, start, start + length, level, cells, skips),
    st.sampled_from(Kind),
    _places,
    st.integers(1, 500),
    st.integers(0, 6),
    st.lists(_spans, max_size=4).map(tuple),
    st.lists(st.tuples(_places, _places, st.text(max_size=3)), max_size=4).map(tuple),
)


@given(st.lists(_blocks, max_size=5).map(tuple))
def test_blocks_are_read_as_they_were_written(blocks: tuple[Block, ...]) -> None:
    assert read_blocks(blocks_json(blocks)) == blocks


@given(markdown_texts)
def test_units_and_contexts_of_markdown_are_read_as_they_were_written(text: str) -> None:
    check(text, markdown_blocks(text))


@given(structured_texts)
def test_units_and_contexts_of_plain_text_are_read_as_they_were_written(text: str) -> None:
    check(text, plain_text_blocks(text))


def check(text: str, blocks: tuple[Block, ...]) -> None:
    assert read_blocks(blocks_json(blocks)) == blocks
    for section in sections_of(text, blocks, 1000):
        assert read_context(context_json(section.context), text) == section.context
        for group in section.groups:
            assert read_units(units_json(group.units), text) == group.units


def test_a_plain_unit_is_two_numbers() -> None:
    text = "It rained. It blew."
    units = (Unit(0, 10, (Part("It rained.", (0, 10)),)),)
    assert units_json(units) == "[[0,10]]"
    assert read_units("[[0,10]]", text) == units


def test_words_of_our_own_are_written_and_words_of_the_text_are_not() -> None:
    unit = Unit(4, 7, (Part("Hut", (0, 3)), Part(": ", None), Part("Röd", (4, 7))), is_apart=True)
    assert json.loads(units_json([unit])) == [[4, 7, 1, [[0, 3], ": ", [4, 7]]]]
    assert read_units(units_json([unit]), "Hut Röd") == (unit,)


def test_a_context_keeps_its_kind() -> None:
    context = (Context(Kind.TITLE, Unit(0, 3, (Part("Hut", (0, 3)),)), "Hut"),)
    assert context_json(context) == '[["title",[0,3]]]'
    assert read_context(context_json(context), "Hut") == context


def test_nothing_is_an_empty_list() -> None:
    assert (blocks_json(()), units_json(()), context_json(())) == ("[]", "[]", "[]")
    assert (read_blocks("[]"), read_units("[]", ""), read_context("[]", "")) == ((), (), ())
