import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.markdown_blocks import markdown_blocks
from embeddings.documents.read_document import text_document
from embeddings.documents.readers.markdown import MarkdownReader
from embeddings.documents.sections import sections_of
from embeddings.documents.shown import shown_text
from tests.embeddings.documents.structure import assert_exact, assert_sound, below, kinds, markdown_units, sections
from tests.embeddings.odd_text import odd_texts

_LINES = [
    "# One", "## Two", "Three", "===", "---", "- item", "  - nested", "\t- tab", "1. first", "1) x", "   more", "> quote",
    "> - q", "| a | b |", "|---|---|", "| 1 | x \\| y |", "a | b", "-|-", "```", "code", "    indented", "<div>", "</div>",
    "<b>x</b> y", "<!-- c", "-->", "<script>", "![p](data:image/png;base64,AAA)", "[l](http://x.y/?utm=1)", "[[A|b]]",
    "![[f]]", "~~old~~ new", "**b** *i*", "[^1]: note", "x[^1]", "&amp; &#x41;", "\\*esc", "+++", "text", "[r]: http://x",
    "[r]", "> [!NOTE] x", "`c`", "Ann: hello there.", "<https://x.y>", "a  ", "b\\", "* * *", "- ", "\u2028", "\r", "\0",
    "\x0b", "\x0c",
]  # fmt: skip
_pieces = st.lists(
    st.one_of(
        st.sampled_from(_LINES), st.text(st.sampled_from("*_~`[]()!<>|\\#->:^&; \tab1\r\x0b\x0c\u2028é"), max_size=12)
    ),
    max_size=14,
)
markdown_texts = st.one_of(odd_texts, *(_pieces.map(gap.join) for gap in ("\n", "\n\n", " ", "")))


@given(markdown_texts)
def test_blocks_of_any_text_are_sound_and_their_words_the_texts(text: str) -> None:
    blocks = markdown_blocks(text)
    assert_sound(text, blocks)
    for section in sections_of(text, blocks, 1000):
        assert_exact(text, [context.unit for context in section.context])
        for group in section.groups:
            assert_exact(text, group.units)


@given(st.lists(st.text("abc .,", min_size=1).map(str.strip).filter(str), max_size=6))
def test_every_word_of_prose_is_in_a_block(paragraphs: list[str]) -> None:
    text = "\n\n".join(f"x {words}" for words in paragraphs)
    assert " ".join(text[block.start : block.end] for block in markdown_blocks(text)).split() == text.split()


# -- what is no word


@pytest.mark.parametrize(
    ("markup", "read"),
    [
        ("The *old* **red** _hut_ `now`.", "The old red hut now."),
        ("See the [map](https://example.org/m?utm_source=mail&utm_id=31) here.", "See the map here."),
        ("See the [map][m] here.\n\n[m]: https://example.org/m?utm_source=mail", "See the map here."),
        ("See <https://example.org/map> here.", "See https://example.org/map here."),
        ("Before ![plan](data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==) after.", "Before after."),
        ('Before <img src="data:image/gif;base64,R0lGODlh" alt="x"> after.', "Before after."),
        ("It is [[Red hut]] and [[Huts/Blue|the blue one]].", "It is Red hut and the blue one."),
        ("Before ![[plan.png]] after.", "Before after."),
        ("It costs ~~20~~ 35 crowns.", "It costs 35 crowns."),
        ("It burnt down[^fire] twice.", "It burnt down twice."),
        ("[^fire]: In 1950.", "In 1950."),
        ("Fish &amp; chips, 5&nbsp;crowns.", "Fish & chips, 5 crowns."),
        ("A \\*star\\* and 2 * 3 * 4.", "A *star* and 2 * 3 * 4."),
        ("One<br>two <!-- hidden --> <span class='x'>three</span>.", "One two three."),
        ("A line  \nbroken here\\\nand there.", "A line broken here and there."),
        ("**[Map](https://example.org)** of *the [[Huts|huts]]*.", "Map of the huts."),
        ("> [!WARNING]\n> The ice\n> is thin.", "The ice is thin."),
        ("# The *red* hut #", "The red hut"),
        ("snake_case_name and 3*4", "snake_case_name and 3*4"),
    ],
)
def test_markup_is_not_read(markup: str, read: str) -> None:
    assert markdown_units(markup) == [read]


@pytest.mark.parametrize(
    "markup",
    [
        "![](data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==)",
        "<div class='banner'></div>",
        "<!-- price: 20 crowns -->",
        "<script>\nvar price = 20;\n\nshow(price);\n</script>",
        "<STYLE>\np { color: red }\n</STYLE>",
        "[map]: https://example.org/map",
        "![[plan.png]]",
        "~~sold out~~",
        "***",
        "```\n```",
    ],
)
def test_what_is_markup_alone_has_no_block(markup: str) -> None:
    assert markdown_blocks(markup) == ()


def test_words_between_raw_tags_are_read() -> None:
    assert markdown_units("<p class='x'>Fish &amp; <b>chips</b></p>\n<p>Bread</p>") == ["Fish & chips Bread"]


# -- structure


def test_headings_nest() -> None:
    text = "# Huts\n\n## Red hut\n\n### Price\n\nA bed costs 20.\n\n## Blue hut\n\n### Price\n\nA bed costs 35.\n\nRoads\n=====\n\nBad."
    assert below(text, markdown_blocks) == [
        (["Huts", "Red hut", "Price"], ["A bed costs 20."]),
        (["Huts", "Blue hut", "Price"], ["A bed costs 35."]),
        (["Roads"], ["Bad."]),
    ]


def test_nested_lists() -> None:
    text = "We need:\n\n- beds\n  - upper: 12 crowns\n  - lower, which is\n    wider\n- food\n\n1. Open the door.\n2. Light the *stove*.\n"
    blocks = markdown_blocks(text)
    assert [(text[block.start : block.end], block.level) for block in blocks if block.level] == [
        ("beds", 1),
        ("upper: 12 crowns", 2),
        ("lower, which is\n    wider", 2),
        ("food", 1),
        ("1. Open the door.", 1),
        ("2. Light the *stove*.", 1),
    ]
    assert markdown_units(text)[-1] == "2. Light the stove."
    (section,) = sections(text, markdown_blocks)
    assert section.groups[1].lead_in
    assert section.groups[1].lead_in.words == "We need:"


def test_a_table_with_escaped_pipes_and_an_empty_cell() -> None:
    text = "| Hut | Price \\| night | Note |\n|:--|--:|---|\n| **Red** | 20 | a \\| b |\n| Blue | | [two](https://x.org) beds |\n"
    assert markdown_units(text) == [
        "Hut: Red; Price | night: 20; Note: a | b",
        "Hut: Blue; Note: two beds",
    ]
    row = markdown_blocks(text)[2]
    assert [text[slice(*cell)] for cell in row.cells] == ["Blue", "", "[two](https://x.org) beds"]


def test_a_table_in_a_quotation() -> None:
    assert markdown_units("> | Hut | Beds |\n> |---|---|\n> | Red | 9 |\n") == ["Hut: Red; Beds: 9"]


def test_quotations_are_read_without_their_marks() -> None:
    assert kinds("> The key is under\n> the third pot.\n> > Where?\n", markdown_blocks) == [
        ("quotation", "The key is under\n> the third pot."),
        ("quotation", "Where?"),
    ]
    assert markdown_units("> The key is under\n> the *third* pot.\n") == ["The key is under the third pot."]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```py\nx = 1\n\ny = 2\n```\nText.", "x = 1\n\ny = 2"),
        ("~~~\nx = 1", "x = 1"),
        ("Text.\n\n    x = 1\n    y = 2\n", "x = 1\n    y = 2"),
        ("- item\n\n  ```\n  x = 1\n  ```", "x = 1"),
    ],
    ids=["fence", "open fence", "indented", "in a list"],
)
def test_code(text: str, code: str) -> None:
    assert dict(kinds(text, markdown_blocks))["code"] == code


def test_quoted_code_is_read_without_the_marks_of_quotation() -> None:
    assert markdown_units("> ```\n> x = 1\n> y = 2\n> ```\n") == ["x = 1 y = 2"]


@pytest.mark.parametrize("width", [36, 60, 72])
def test_wrapped_paragraphs_are_whole(width: int) -> None:
    words = (
        "The mill was built in 1788 by the *Harrow* family, who came from the north. It ground barley until the flood."
    )
    assert markdown_units(textwrap.fill(words, width)) == markdown_units(words)


def test_fields_and_rows_of_plain_text_are_found_in_a_paragraph() -> None:
    assert kinds("Port: Skagen\nLength: 12 m\n\nname;port;built\nTern;Skagen;1950\n", markdown_blocks) == [
        ("field", "Port: Skagen"),
        ("field", "Length: 12 m"),
        ("table header", "name;port;built"),
        ("table row", "Tern;Skagen;1950"),
    ]


# -- front matter


def article_units(text: str) -> list[str]:
    """Return the units of the article, without what is left out, and its title and date."""
    (read,) = MarkdownReader().read(text.encode(), "Hut.md")
    document = text_document(read, "Hut.md", "Hut.md", "")
    found = sections_of(text, document.blocks, 1000)
    return [" ".join(unit.text.split()) for section in found for group in section.groups for unit in group.units]


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: The red hut\ndate: 2024-05-01\ntags:\n  - huts\n---\n",
        '+++\ntitle = "The red hut"\ndate = 2024-05-01\ntags = ["huts"]\n+++\n',
    ],
    ids=["YAML", "TOML"],
)
def test_front_matter_is_no_text_but_its_date_and_title_are_kept(front: str) -> None:
    text = f"{front}\nIt has *nine* beds.\n"
    (read,) = MarkdownReader().read(text.encode(), "Hut.md")
    document = text_document(read, "Hut.md", "Hut.md", "")
    assert (document.title, document.date) == ("The red hut", "2024-05-01")
    assert article_units(text) == ["Published: 2024-05-01", "It has nine beds."]


def test_a_summary_in_front_matter_stays() -> None:
    text = (
        "---\ntitle: The red hut\nsummary: The hut has nine beds. It is closed in May.\nid: 31\n---\n\nBring bread.\n"
    )
    assert article_units(text) == ["summary: The hut has nine beds.", "It is closed in May.", "Bring bread."]


def test_text_between_two_rules_is_text() -> None:
    assert markdown_units("---\n\nThe ferry leaves at nine.\n\n---\n\nMore.") == ["The ferry leaves at nine.", "More."]


def test_shown_text_has_no_markup() -> None:
    text = "# Hut\n\nSee the [map](https://example.org) of *the* hut.\n"
    (read,) = MarkdownReader().read(text.encode(), "Hut.md")
    document = text_document(read, "Hut.md", "Hut.md", "")
    assert shown_text(document, 0, len(text)) == "Hut\n\nSee the map of the hut."
