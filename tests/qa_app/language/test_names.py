import re

import pytest

from qa_app.language.names import NAME_PATTERN, names_inside


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("He met Martin Luther, Jan Hus and Erasmus.", ["Martin Luther", "Jan Hus", "Erasmus"]),
        ("Once Luther's wife wrote to Luther’s friend O'Brien.", ["Luther", "Luther", "O'Brien"]),
        ("It is the Kurmangazy Children's Art Centre.", ["Kurmangazy Children's Art Centre"]),
        ("They asked J. S. Bach, and Russell T Davies.", ["J. S. Bach", "Russell T Davies"]),
        ("A Turkmenbashi-based firm went to Xi'an.", ["Xi'an"]),
        ("There. Here is the Jones' house, and I saw it.", ["Jones"]),
    ],
)
def test_names_inside_a_sentence(text: str, names: list[str]) -> None:
    assert [match[0] for match in names_inside(text)] == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Katharina von Bora married him", "Katharina von Bora"),
        ("War of the Austrian Succession ended", "War of the Austrian Succession"),
        ("Genghis sent only two tumen", "Genghis"),
        ("Leo X was pope", "Leo X"),
        ("Warsaw and the river", "Warsaw"),
    ],
)
def test_a_name_ends_with_its_last_capital(text: str, name: str) -> None:
    found = re.match(NAME_PATTERN, text)
    assert found and found[0] == name
