import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.dialogue import Labels, find_labels, label_of, with_speakers
from embeddings.documents.markdown_blocks import markdown_blocks
from embeddings.documents.plain_text_blocks import plain_text_blocks
from tests.embeddings.documents.structure import Find, assert_sound, below, kinds, markdown_units, sections, units
from tests.embeddings.documents.test_plain_text_blocks import structured_texts
from tests.embeddings.odd_text import odd_texts

MINUTES = (
    "MAYOR: The bridge opens in May. It will be blue.\n\nMS. OKORO: Who pays?\n\nMAYOR: The county pays 40,000 crowns."
)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("MAYOR: The bridge opens.", "MAYOR"),
        ("Ms. Okoro: It rained.", "Ms. Okoro"),
        ("J. R. Vik: It rained.", "J. R. Vik"),
        ("Prof. Oduya: It rained.", "Prof. Oduya"),
        ("[00:12:40] Ann: It rained.", "Ann"),
        ("Анна: Шёл дождь.", "Анна"),
        ("He left. Then: nothing.", None),
        ("At 10:30 we left.", None),
        ("https://example.org", None),
        ("What the man at the ferry told us: nothing.", None),
        ("Ann:", None),
    ],
)
def test_the_label_of_a_paragraph(words: str, name: str | None) -> None:
    assert label_of(words) == name


def test_names_that_say_several_things_speak_and_so_does_every_other_name_then() -> None:
    assert find_labels(MINUTES.split("\n\n")).speakers == {"MAYOR", "MS. OKORO"}


def test_one_label_makes_no_dialogue() -> None:
    assert find_labels(["Note: the well is dry.", "The pump is new."]) == Labels()


def test_values_of_fields_say_nothing() -> None:
    assert find_labels(["Port: Skagen", "Port: Oslo", "Length: 12 m"]) == Labels()


def test_long_values_of_a_few_fields_make_no_dialogue_of_records() -> None:
    ship = ["Port: Skagen", "Length: 12 m", "Owner: the school for all who want to go to sea", "Engine: 90 hp"]
    assert find_labels(2 * ship) == Labels()


def test_a_name_that_only_asks_once_is_no_interviewer() -> None:
    assert find_labels(MINUTES.split("\n\n")).questions == frozenset()


def test_a_speakers_sentences_are_read_with_the_name() -> None:
    assert units(MINUTES) == [
        "MAYOR: The bridge opens in May.",
        "MAYOR: It will be blue.",
        "MS. OKORO: Who pays?",
        "MAYOR: The county pays 40,000 crowns.",
    ]


def test_only_a_speakers_first_sentence_is_quoted_with_the_name() -> None:
    (section,) = sections(MINUTES)
    one, two = section.groups[0].units
    assert MINUTES[one.start : one.end] == "MAYOR: The bridge opens in May."
    assert MINUTES[two.start : two.end] == "It will be blue."


def test_speakers_on_lines_without_a_gap() -> None:
    assert units(MINUTES.replace("\n\n", "\n")) == units(MINUTES)


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize(("asks", "answers"), [("Q", "A"), ("Question", "Answer"), ("Frage", "Antwort")])
def test_an_answer_is_read_below_its_question(gap: str, asks: str, answers: str) -> None:
    lines = [
        "{}: When was the well dug?",
        "{}: In 1840.",
        "{}: How deep is it?",
        "{}: It is 31 metres deep. It never froze.",
    ]
    text = gap.join(line.format(name) for line, name in zip(lines, [asks, answers] * 2, strict=True))
    assert below(text) == [
        (["When was the well dug?"], ["In 1840."]),
        (["How deep is it?"], ["It is 31 metres deep.", "It never froze."]),
    ]


ASKED = [(["When does the kiosk open?"], ["At nine.", "On Sundays at ten."]), (["Who owns the crane?"], ["The town."])]


@pytest.mark.parametrize(
    "text",
    [
        "**Q: When does the kiosk open?**\nA: At nine. On Sundays at ten.\n\n**Q: Who owns the crane?**\nA: The town.",
        "**Q:** When does the kiosk open?  \n**A:** At nine. On Sundays at ten.\n\n**Q:** Who owns the crane?\n\n**A:** The town.",
        "1. **Q: When does the kiosk open?**\n   A: At nine. On Sundays at ten.\n2. **Q: Who owns the crane?**\n   A: The town.",
        "Q1: When does the kiosk open?\nA1: At nine. On Sundays at ten.\n\nQ2: Who owns the crane?\nA2: The town.",
        "1. Q: When does the kiosk open?\nA: At nine. On Sundays at ten.\n2. Q: Who owns the crane?\nA: The town.",
        "**When does the kiosk open?**\nAt nine. On Sundays at ten.\n\n__Who owns the crane?__\n\nThe town.",
    ],
)
def test_questions_and_answers_however_they_are_set(text: str) -> None:
    assert below(text, markdown_blocks) == ASKED


@pytest.mark.parametrize("text", ["Q: Is the pier open?\nA: Only in May.", "- Q: Is the pier open?\n- A: Only in May."])
@pytest.mark.parametrize("find", [plain_text_blocks, markdown_blocks])
def test_one_question_with_its_answer(text: str, find: Find) -> None:
    assert below(text, find) == [(["Is the pier open?"], ["Only in May."])]


def test_a_heading_that_asks_is_read_without_its_label() -> None:
    text = "## Q: Is the pier open?\n\nA: Only in May.\n\n## Q: Why?\n\nA: It is old."
    assert below(text, markdown_blocks) == [(["Is the pier open?"], ["Only in May."]), (["Why?"], ["It is old."])]


def test_what_one_who_also_asks_tells_is_no_question() -> None:
    text = "MS. OKORO: I work at night. I walk home.\n\nMAYOR: The bus costs 60,000. We pay half.\n\nMS. OKORO: Who pays the rest?"
    assert units(text)[:2] == ["MS. OKORO: I work at night.", "MS. OKORO: I walk home."]


def test_items_that_begin_with_the_same_word_are_no_speech() -> None:
    text = "- Port: Skagen is the home of the boat.\n- Port: Oslo was the one before it."
    assert {kind for kind, _ in kinds(text, markdown_blocks)} == {"list item"}


def test_a_named_person_who_answers_is_a_speaker() -> None:
    text = (
        "Interviewer: When did you start?\n\nInes Falk: As a child.\n\nInterviewer: Why?\n\nInes Falk: My father rowed."
    )
    assert below(text) == [
        (["When did you start?"], ["Ines Falk: As a child."]),
        (["Why?"], ["Ines Falk: My father rowed."]),
    ]


@pytest.mark.parametrize("name", ["**{}:**", "**{}**:", "_{}:_", "{}:"])
def test_emphasised_names_in_markdown(name: str) -> None:
    ann, bo = name.format("Ann"), name.format("Bo Li")
    text = f"{ann} We met at noon. It rained.\n\n{bo} I came *late*.\n\n{ann} Nobody else came."
    assert markdown_units(text) == [
        "Ann: We met at noon.",
        "Ann: It rained.",
        "Bo Li: I came late.",
        "Ann: Nobody else came.",
    ]
    (section,) = sections(text, markdown_blocks)
    first = section.groups[0].units[0]
    assert text[first.start : first.end].startswith("Ann")


def test_fields_are_not_speakers() -> None:
    assert {kind for kind, _ in kinds("Port: Skagen\nLength: 12 m\nSkipper: Jonas Vik")} == {"field"}


@given(st.one_of(odd_texts, structured_texts))
def test_blocks_with_speakers_are_sound(text: str) -> None:
    assert_sound(text, with_speakers(text, plain_text_blocks(text)))
    assert_sound(text, with_speakers(text, markdown_blocks(text)))
