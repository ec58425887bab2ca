import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.blocks import Block, Kind
from embeddings.documents.plain_text_blocks import plain_text_blocks, stanza_blocks
from embeddings.documents.readers.plain_text import PlainTextReader
from embeddings.documents.sentences import line_spans
from tests.embeddings.documents.structure import assert_exact, assert_sound, below, kinds, sections, units
from tests.embeddings.helpers import uncovered
from tests.embeddings.odd_text import odd_texts

PARAGRAPHS = [
    "The mill at Orrin Bridge was built in 1788 by the Harrow family. It ground barley until the flood of 1911, when the "
    "wheel was carried down to the weir. A long quarrel over the water was settled in court.",
    "Since 1974 the building has housed a small museum. Visitors pay approx. 4 crowns, children under 12 nothing. The "
    "granary, restored by Dr. Ines Falk in 2003, may be seen on Saturdays.",
    "In winter the museum is closed. Keys are kept by the innkeeper, who opens the door for groups of at least six persons "
    "on request.",
]
SENTENCES = units("\n\n".join(PARAGRAPHS))
WIDTHS = pytest.mark.parametrize("width", [36, 60, 72])

_LINES = [
    "Quince: We met at noon.", "Quince: Who came?", "Q: How deep is it?", "A: Very.", "Port: Skagen", "Length: 12 m",
    "x;y;z", "1;2;3", "a\tb", "Name   Port", "Ann   Oslo", "> quoted words", "> > deeper", "1. Wash it.", "§ 5. Rent.",
    "Article 7. Dogs.", "====", "----", "Heading", "wrapped line that goes on and", "on without-", "out end.", "",
    "   indented", "- item",
]  # fmt: skip
structured_texts = st.lists(st.sampled_from(_LINES), max_size=20).map("\n".join)


def wrapped(width: int, gap: str = "\n\n") -> str:
    return gap.join(textwrap.fill(paragraph, width) for paragraph in PARAGRAPHS)


def hyphenated(width: int) -> str:
    """Wrap the text and break words at the ends of lines, as typesetters do."""
    lines = [""]
    for word in "\n\n ".join(PARAGRAPHS).split(" "):
        room = width - len(lines[-1]) - 2
        if len(lines[-1]) + 1 + len(word.strip()) <= width:
            lines[-1] += f" {word}" if lines[-1] else word
        elif word.isalpha() and 2 <= room <= len(word) - 2:
            lines[-1] += f" {word[:room]}-"
            lines.append(word[room:])
        else:
            lines.append(word)
        if word.endswith("\n\n"):
            lines.append("")
    return "\n".join(lines)


# -- what holds of every text


@given(st.one_of(odd_texts, structured_texts))
def test_blocks_are_in_order_and_hold_every_letter(text: str) -> None:
    blocks = plain_text_blocks(text)
    assert_sound(text, blocks)
    assert not any(map(str.isalnum, uncovered(text, [(block.start, block.end) for block in blocks])))


@given(st.one_of(odd_texts, structured_texts), st.integers(0, 40), st.integers(0, 40))
def test_blocks_of_a_stretch_are_inside_it(text: str, skipped: int, left: int) -> None:
    start = min(skipped, len(text))
    end = max(start, len(text) - left)
    blocks = plain_text_blocks(text, start, end)
    assert all(start <= block.start and block.end <= end for block in blocks)


@given(st.one_of(odd_texts, structured_texts))
def test_the_words_of_all_units_are_the_texts(text: str) -> None:
    for section in sections(text):
        assert_exact(text, [context.unit for context in section.context])
        for group in section.groups:
            assert_exact(text, group.units)


@given(st.one_of(odd_texts, structured_texts))
def test_blocks_of_lines_are_inside_them(text: str) -> None:
    lines = line_spans(text)
    blocks = stanza_blocks(text, lines, frozenset())
    assert_sound(text, blocks)
    assert not any(map(str.isalnum, uncovered(text, [(block.start, block.end) for block in blocks])))


# -- wrapping


@WIDTHS
def test_wrapped_text_has_the_same_units(width: int) -> None:
    assert units(wrapped(width)) == SENTENCES


@WIDTHS
def test_text_without_blank_lines_has_the_same_units(width: int) -> None:
    assert units(wrapped(width, gap="\n")) == SENTENCES


@WIDTHS
@pytest.mark.parametrize("paragraph_gap", ["\n\n", "\n\n\n"])
def test_double_spaced_text_has_the_same_units(width: int, paragraph_gap: str) -> None:
    text = paragraph_gap.join(textwrap.fill(paragraph, width).replace("\n", "\n\n") for paragraph in PARAGRAPHS)
    assert units(text) == SENTENCES


@WIDTHS
@pytest.mark.parametrize("mark", ["> ", ">> ", "> > ", ">"])
def test_quoted_mail_has_the_same_units(width: int, mark: str) -> None:
    text = "".join(mark + line for line in wrapped(width).splitlines(keepends=True))
    assert units(text) == SENTENCES
    assert {kind for kind, _ in kinds(text)} == {"quotation"}


@WIDTHS
def test_words_broken_at_line_ends_are_whole(width: int) -> None:
    text = hyphenated(width)
    assert "-\n" in text
    assert units(text) == SENTENCES


@WIDTHS
def test_indented_paragraphs_have_the_same_units(width: int) -> None:
    text = "\n".join(textwrap.fill(paragraph, width, initial_indent="    ") for paragraph in PARAGRAPHS)
    assert units(text) == SENTENCES


@WIDTHS
def test_windows_line_ends_make_no_difference(width: int) -> None:
    (read,) = PlainTextReader().read(wrapped(width).replace("\n", "\r\n").encode(), "Mill.txt")
    assert read.text == wrapped(width)
    assert read.blocks == plain_text_blocks(wrapped(width))


def test_a_compound_that_is_written_elsewhere_keeps_its_hyphen() -> None:
    text = "The dry-stone wall is old. It was the first dry-\nstone wall here, and the longest in all of the nor-\nthern valleys."
    assert units(text)[1] == "It was the first dry- stone wall here, and the longest in all of the northern valleys."


def test_short_lines_of_a_poem_stay_apart() -> None:
    assert units("The Tern went out\nUnder the Moon\nInto the silence of the northern ocean") == [
        "The Tern went out",
        "Under the Moon",
        "Into the silence of the northern ocean",
    ]


# -- headings


def test_a_line_alone_is_a_heading_unless_it_is_a_sentence_or_the_last() -> None:
    assert kinds("The weir\n\nIt leaks.\n\nBuilt in stone.\n\nThe end") == [
        ("heading", "The weir"),
        ("paragraph", "It leaks."),
        ("paragraph", "Built in stone."),
        ("paragraph", "The end"),
    ]


@pytest.mark.parametrize(
    ("line", "is_heading"),
    [
        ("The weir", True),
        ("What does it cost?", True),
        ("Ferry sinks off Skagen, twelve saved by the Tern", True),
        ("Article 7", True),
        ("2. The weir", True),
        ("Dr. Falk in St. Ives", True),
        ("It sank at nine. Share this", False),
        ("the weir", False),
        ("Among others:", False),
        ("- the weir", False),
        ("* * *", False),
        ("The weir " * 12, False),
    ],
)
def test_what_may_be_a_heading(line: str, is_heading: bool) -> None:
    assert (kinds(f"{line}\n\nIt leaks.")[0][0] == "heading") == is_heading


def test_underlined_headings_nest_by_their_line() -> None:
    text = "Huts\n====\n\nRed hut\n-------\n\nBeds\n~~~~\n\nIt has nine.\n\nBlue hut\n--------\n\nIt has two."
    assert below(text) == [(["Huts", "Red hut", "Beds"], ["It has nine."]), (["Huts", "Blue hut"], ["It has two."])]


def test_numbered_headings_nest_by_their_number() -> None:
    text = "1 Pumps\n\nAll are red.\n\n1.1 Hand pumps\n\nThey need two people.\n\n2 Hoses\n\nThey are long."
    assert below(text) == [
        (["1 Pumps"], ["All are red."]),
        (["1 Pumps", "1.1 Hand pumps"], ["They need two people."]),
        (["2 Hoses"], ["They are long."]),
    ]


def test_headings_that_repeat_in_a_guide_are_told_apart() -> None:
    red = ["Red hut", "Price", "A bed costs 20 crowns.", "Food", "Soup is cooked."]
    blue = ["Blue hut", "Price", "A bed costs 35 crowns.", "Sauna", "It is hot.", "Food", "Bring bread."]
    text = "\n\n".join([*red, *blue, "Contact", "Ring the warden.", "Dial 5."])
    assert below(text) == [
        (["Red hut", "Price"], ["A bed costs 20 crowns."]),
        (["Red hut", "Food"], ["Soup is cooked."]),
        (["Blue hut", "Price"], ["A bed costs 35 crowns."]),
        (["Blue hut", "Sauna"], ["It is hot."]),
        (["Blue hut", "Food"], ["Bring bread."]),
        (["Contact"], ["Ring the warden.", "Dial 5."]),
    ]


# -- lists, fields and tables


@pytest.mark.parametrize(
    "steps",
    [
        ["1. Close the valve.", "2. Lift the lid and take out the filter, which is", "3. Rinse it."],
        ["1) Close the valve.", "2) Lift the lid and take out the filter, which is", "3) Rinse it."],
        ["§ 5. The tenant cuts the hedge.", "§ 6. The landlord pays for the hose, the pump and", "§ 7. Nobody burns leaves."],
        ["Article 7. Dogs are on a lead.", "Article 8. Cats may walk where they like, except", "Article 9. Geese are shut in."],
        ["- rope", "- a lamp that burns for nine hours at the least, and", "- bread"],
    ],
    ids=lambda steps: steps[0],
)  # fmt: skip
def test_numbered_steps_are_whole_items(steps: list[str]) -> None:
    one, two, three = steps
    text = f"{one}\n{two}\n   behind the wall.\n{three}"
    assert kinds(text) == [("list item", one), ("list item", f"{two}\n   behind the wall."), ("list item", three)]
    assert len(units(text)) == 3


def test_a_number_at_the_start_of_a_wrapped_line_is_no_item() -> None:
    text = "The ferry to the outer islands was built in the year of our lord\n1931. Its sister was built in the same yard, and it sank in\n12. March of the year after."
    assert [kind for kind, _ in kinds(text)] == ["paragraph"]


def test_a_lead_in_goes_with_its_list() -> None:
    (section,) = sections("The boat carries:\n- two anchors\n- a lamp\n")
    (_, items) = section.groups
    assert items.lead_in
    assert items.lead_in.words == "The boat carries:"


def test_fields_stand_by_themselves() -> None:
    text = "Boat: Merle\nHome port: Oddasund\nLength: 12 m"
    assert kinds(text) == [("field", line) for line in text.split("\n")]
    block = plain_text_blocks(text)[1]
    assert [text[slice(*cell)] for cell in block.cells] == ["Home port", "Oddasund"]
    assert all(unit.is_apart for section in sections(text) for group in section.groups for unit in group.units)


def test_a_sentence_with_a_colon_is_no_field() -> None:
    text = "Remember: the tide comes in at nine, and nobody can cross the sands after that.\nThe rule: no dogs."
    assert "field" not in dict(kinds(text))


@pytest.mark.parametrize(
    "rows",
    [
        ["name;port;built", "Merle;Oddasund;1931", "Tern;Skagen;1950"],
        ["name\tport\tbuilt", "Merle\tOddasund\t1931", "Tern\tSkagen\t1950"],
        ["name | port | built", "Merle | Oddasund | 1931", "Tern | Skagen | 1950"],
        ["name      port         built", "Merle     Oddasund      1931", "Tern      Skagen        1950"],
    ],
    ids=["semicolons", "tabs", "bars", "aligned"],
)
def test_rows_are_read_with_the_names_of_their_columns(rows: list[str]) -> None:
    text = "\n".join(rows)
    assert [kind for kind, _ in kinds(text)] == ["table header", "table row", "table row"]
    assert units(text) == ["name: Merle; port: Oddasund; built: 1931", "name: Tern; port: Skagen; built: 1950"]


def test_rows_of_figures_have_no_header() -> None:
    assert units("1931;12;4\n1950;14;5") == ["1931; 12; 4", "1950; 14; 5"]


def test_an_empty_cell_keeps_its_column() -> None:
    assert units("name;port;built\nMerle;;1931\nTern;Skagen;")[0] == "name: Merle; built: 1931"
    assert units("name;port;built\nMerle;;1931\nTern;Skagen;")[1] == "name: Tern; port: Skagen"


def test_prose_with_semicolons_is_no_table() -> None:
    text = "Ann came; Bo left.\nThe rest of us stayed; it rained."
    assert {kind for kind, _ in kinds(text)} == {"paragraph"}


def test_quoted_mail_is_apart_from_its_answer() -> None:
    text = "Found it, thanks.\n\n> The key is under the\n> third pot.\n>> Where is it?\n\nAnn"
    assert kinds(text) == [
        ("paragraph", "Found it, thanks."),
        ("quotation", "The key is under the\n> third pot."),
        ("quotation", "Where is it?"),
        ("paragraph", "Ann"),
    ]
    assert units(text)[1] == "The key is under the third pot."


def test_a_block_is_not_empty() -> None:
    with pytest.raises(ValueError, match="a block is not empty"):
        Block(Kind.PARAGRAPH, 3, 3)
