import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.config import ChunkingConfig
from embeddings.documents.blocks import Block, Kind
from embeddings.documents.chunks import chunk_document
from embeddings.documents.markdown_blocks import markdown_blocks
from embeddings.documents.plain_text_blocks import plain_text_blocks
from embeddings.documents.sections import Section, plain_units, sections_of
from tests.embeddings.documents.structure import assert_exact, below, sections, units
from tests.embeddings.documents.test_plain_text_blocks import structured_texts
from tests.embeddings.helpers import document_of, uncovered
from tests.embeddings.odd_text import odd_texts


def made(*pieces: tuple[Kind, str] | tuple[Kind, str, int]) -> tuple[str, list[Section]]:
    """Return a text of these blocks, one a line, and its sections."""
    text, blocks = "", []
    for kind, words, *level in pieces:
        blocks.append(Block(kind, len(text), len(text) + len(words), level=sum(level)))
        text += f"{words}\n"
    return text, sections_of(text, tuple(blocks), 1000)


def shown(found: list[Section]) -> list[tuple[list[str], list[str]]]:
    return [
        ([each.words for each in section.context], [unit.text for group in section.groups for unit in group.units])
        for section in found
    ]


def test_a_section_has_title_and_headings_from_the_outermost() -> None:
    _, found = made(
        (Kind.TITLE, "Huts"),
        (Kind.HEADING, "Red", 2),
        (Kind.HEADING, "Price", 3),
        (Kind.PARAGRAPH, "It is 20."),
        (Kind.HEADING, "Food", 3),
        (Kind.PARAGRAPH, "Soup."),
        (Kind.HEADING, "Blue", 2),
        (Kind.PARAGRAPH, "Closed."),
    )
    assert shown(found) == [
        (["Huts", "Red", "Price"], ["It is 20."]),
        (["Huts", "Red", "Food"], ["Soup."]),
        (["Huts", "Blue"], ["Closed."]),
    ]


def test_what_nothing_follows_is_a_unit_of_its_own() -> None:
    _, found = made(
        (Kind.TITLE, "Huts"),
        (Kind.HEADING, "Ferry sinks off Skagen", 2),
        (Kind.HEADING, "Tern saves twelve", 2),
        (Kind.QUESTION, "Who rowed?"),
        (Kind.QUESTION, "Who steered?"),
        (Kind.PARAGRAPH, "Ann."),
        (Kind.HEADING, "Storm takes pier", 2),
    )
    assert shown(found) == [
        (["Huts"], ["Ferry sinks off Skagen"]),
        (["Huts", "Tern saves twelve"], ["Who rowed?"]),
        (["Huts", "Tern saves twelve", "Who steered?"], ["Ann."]),
        (["Huts"], ["Storm takes pier"]),
    ]


def test_a_headline_without_an_article_is_a_unit() -> None:
    _, found = made((Kind.TITLE, "Ferry sinks off Skagen"))
    assert shown(found) == [([], ["Ferry sinks off Skagen"])]


def test_a_question_goes_until_the_next_heading() -> None:
    _, found = made(
        (Kind.QUESTION, "Who rowed?"),
        (Kind.PARAGRAPH, "Ann."),
        (Kind.PARAGRAPH, "She is nine."),
        (Kind.HEADING, "Next", 1),
        (Kind.PARAGRAPH, "Rain."),
    )
    assert shown(found) == [(["Who rowed?"], ["Ann.", "She is nine."]), (["Next"], ["Rain."])]


def test_a_speaker_goes_until_the_next_heading() -> None:
    _, found = made(
        (Kind.SPEAKER, "ANN:"),
        (Kind.PARAGRAPH, "It rained. It blew."),
        (Kind.PARAGRAPH, "It snowed."),
        (Kind.HEADING, "Next", 1),
        (Kind.PARAGRAPH, "Rain."),
    )
    assert shown(found) == [([], ["ANN: It rained.", "ANN: It blew.", "ANN: It snowed."]), (["Next"], ["Rain."])]


def test_a_lead_in_is_the_sentence_before_a_list_that_ends_with_a_colon() -> None:
    _, (section,) = made(
        (Kind.PARAGRAPH, "We sail. The boat carries:"),
        (Kind.LIST_ITEM, "an anchor", 1),
        (Kind.PARAGRAPH, "That is all."),
        (Kind.LIST_ITEM, "a lamp", 1),
    )
    assert [group.lead_in and group.lead_in.words for group in section.groups] == [
        None,
        "The boat carries:",
        None,
        None,
    ]


def test_a_table_goes_on_after_a_running_head_but_not_after_a_paragraph() -> None:
    rows = [(Kind.TABLE_HEADER, "Hut"), (Kind.TABLE_ROW, "Red"), (Kind.BOILERPLATE, "Page 3"), (Kind.TABLE_ROW, "Blue")]
    _, found = made(*rows, (Kind.PARAGRAPH, "Rain."), (Kind.TABLE_ROW, "Green"))
    blocks = [unit.text for section in found for group in section.groups for unit in group.units]
    assert blocks == ["Red", "Blue", "Rain.", "Green"]


def test_boilerplate_is_in_no_unit() -> None:
    _, found = made((Kind.PARAGRAPH, "Rain."), (Kind.BOILERPLATE, "Share"), (Kind.PARAGRAPH, "Snow."))
    assert shown(found) == [([], ["Rain."]), ([], ["Snow."])]


def test_groups_of_rows_are_no_prose() -> None:
    _, (section,) = made(
        (Kind.PARAGRAPH, "Rain."), (Kind.FIELD, "Port: Skagen"), (Kind.TABLE_ROW, "a"), (Kind.CODE, "x")
    )
    assert [(group.is_prose, [unit.text for unit in group.units]) for group in section.groups] == [
        (True, ["Rain."]),
        (False, ["Port: Skagen"]),
        (False, ["a"]),
        (True, ["x"]),
    ]


@given(st.one_of(odd_texts, structured_texts))
def test_every_letter_is_in_a_unit_or_a_context(text: str) -> None:
    sections = sections_of(text, plain_text_blocks(text), 1000)
    units = [unit for section in sections for group in section.groups for unit in group.units]
    contexts = [each.unit for section in sections for each in section.context]
    read = [part.span for unit in (*units, *contexts) for part in unit.parts if part.span]
    assert not any(map(str.isalpha, uncovered(text, [*read, *((unit.start, unit.end) for unit in units)])))


@given(st.one_of(odd_texts, structured_texts), st.sampled_from([1, 20, 1000]))
def test_no_unit_is_in_two_groups(text: str, max_chars: int) -> None:
    sections = sections_of(text, plain_text_blocks(text), max_chars)
    starts = [unit.start for section in sections for group in section.groups for unit in group.units]
    assert len(starts) == len(set(starts))


@given(odd_texts, st.integers(0, 40))
def test_the_units_of_a_passage_are_inside_it(text: str, skipped: int) -> None:
    start = min(skipped, len(text))
    found = plain_units(text, start, len(text))
    assert found
    assert all(start <= unit.start and unit.end <= len(text) for unit in found)
    assert_exact(text, found)


SHIPS = "Ship: Tern\nBuilt: 1958\nDraught: 2.1 m\n\nShip: Alk\nBuilt: 1963\nDraught: 1.8 m\n\nAll are at Skagen."


def test_records_that_begin_with_the_same_key_are_never_in_one_passage() -> None:
    assert below(SHIPS) == [
        ([], ["Ship: Tern.", "Built: 1958.", "Draught: 2.1 m."]),
        ([], ["Ship: Alk.", "Built: 1963.", "Draught: 1.8 m."]),
        ([], ["All are at Skagen."]),
    ]


def test_the_later_chunks_of_a_record_have_its_name_as_context() -> None:
    text = SHIPS.replace("Built: 1958", "Built: 1958, " + 5 * "at the yard of the town, ")
    chunks = chunk_document(document_of(text), ChunkingConfig(target_chars=100))
    (second,) = (chunk for chunk in chunks if "2.1 m" in chunk.text)
    assert "Ship" not in second.text and second.readable.startswith("Ship: Tern\n")


@pytest.mark.parametrize("name", ["Ann Berg\n", "Ann Berg\n--------\n"])
def test_a_name_and_the_fields_below_it_are_read_together(name: str) -> None:
    text = f"PEOPLE\n\n{name}Role: cook\nRoom: 4\n\n{name.replace('Ann Berg', 'Bo Linde')}Role: guard\nRoom: 7\nHe is in on Mondays."
    found = sections(text)[-2:]
    assert [unit.is_apart for section in found for group in section.groups for unit in group.units].count(True) == 0
    assert below(text)[-2][1][-2:] == ["Role: cook.", "Room: 4."]
    assert below(text)[-1][1][-3:] == ["Role: guard.", "Room: 7.", "He is in on Mondays."]


def test_fields_of_which_nothing_says_whose_they_are_are_read_apart() -> None:
    (section,) = sections("It rained.\n\nWood: oak\nSteps: 15")
    assert [unit.is_apart for group in section.groups for unit in group.units] == [False, True, True]


def test_the_full_stop_that_is_read_behind_a_field_is_not_shown() -> None:
    unit = sections(SHIPS)[0].groups[0].units[0]
    assert (unit.text, unit.shown, SHIPS[unit.start : unit.end]) == ("Ship: Tern.", "Ship: Tern", "Ship: Tern")


@pytest.mark.parametrize("text", ["**Note:** the well is dry.", "It says *dry*", "It is *dry.* Nobody *knows* why."])
def test_a_quote_has_both_of_its_marks(text: str) -> None:
    found = [unit for section in sections(text, markdown_blocks) for group in section.groups for unit in group.units]
    assert all(text[unit.start : unit.end].count("*") % 2 == 0 for unit in found)
    assert found[0].start == 0 and found[-1].end == len(text)


def test_a_letters_sentences_are_read_with_the_name_below_it() -> None:
    text = "**Sir,** I counted 12 boats. Who saw more? It rained. — *Ann Lee, Port*"
    found = [unit for section in sections(text, markdown_blocks) for group in section.groups for unit in group.units]
    assert [unit.text for unit in found] == [
        "Sir, I counted 12 boats. — Ann Lee, Port",
        "Who saw more?",
        "It rained. — Ann Lee, Port",
        "— Ann Lee, Port",
    ]
    assert text[found[0].start : found[0].end] == "**Sir,** I counted 12 boats."


def test_words_after_a_dash_that_end_a_sentence_are_no_name() -> None:
    assert units("It rained. — So we left.") == ["It rained.", "— So we left."]
