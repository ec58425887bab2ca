import pytest

from qa_app.language.adjectives import without_ending


@pytest.mark.parametrize(
    ("stem", "plain"),
    [("long", "long"), ("heavi", "heavy"), ("bigg", "big"), ("hott", "hot"), ("larg", "large"), ("wid", "wide")],
)
def test_the_plain_form_of_an_adjective(stem: str, plain: str) -> None:
    assert without_ending(stem) == plain
