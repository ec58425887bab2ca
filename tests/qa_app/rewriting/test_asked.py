import pytest

from qa_app.language.nouns import Kind
from qa_app.rewriting.asked import asked, kind_asked


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What rainwater system does Arkadag use?", ("What", "rainwater system", "does", "Arkadag use", "")),
        ("Which company built the tower?", ("Which", "company", "", "built the tower", "")),
        ("who won", ("who", "", "", "won", "")),
        ("And in what year did Tesla move to Prague?", ("in what", "year", "did", "Tesla move to Prague", "")),
        ("Is it old?", ("", "", "Is", "it old", "")),
        ("How many people live there? (Kazan)", ("How many", "people", "", "live there", "Kazan")),
    ],
)
def test_a_question_is_split_into_its_parts(question: str, parts: tuple[str, ...]) -> None:
    found = asked(question)
    assert found is not None
    assert (found.wh, found.noun, found.aux, found.rest, found.context) == parts


@pytest.mark.parametrize("text", ["", "population of Kazan", "Tell me about Kazan.", "(who)", "Зачем?"])
def test_a_text_that_is_not_a_question_has_no_parts(text: str) -> None:
    assert asked(text) is None


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who built it?", Kind.PERSON),
        ("Where is it?", Kind.PLACE),
        ("Since when?", Kind.TIME),
        ("In what year was it built?", Kind.TIME),
        ("Which city is larger?", Kind.PLACE),
        ("What is the capital of Poland?", Kind.PLACE),
        ("What projects are planned?", Kind.MANY),
        ("How many are there?", Kind.MEASURE),
        ("What is the population of Kazan?", Kind.MEASURE),
        ("What is oxygen used for?", Kind.UNKNOWN),
    ],
)
def test_what_kind_of_thing_is_asked_for(question: str, kind: Kind) -> None:
    found = asked(question)
    assert found is not None and kind_asked(found) is kind
