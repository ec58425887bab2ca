import pytest

from qa_app.grounding.facts import Source, facts, names_in


def _missing(sentence: str, source: str, names: str = "") -> list[str]:
    held = Source.of([source])
    return [fact.text for fact in facts(sentence, names_in([names])) if not held.holds(fact)]


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("In 2015 the Denver Broncos beat Carolina's Panthers.", "Denver Broncos, 2015: Carolina Panthers"),
        ("The city uses 1,000 pumps.", "a thousand pumps"),
        ("On June 2, 1990 it opened.", "opened 1990-06-02"),
        ("Many people came to see it.", "nothing"),
        ("The US and Beyoncé.", "the U.S. and Beyonce"),
        ("May 5, 2007", "on 5 May 2007"),
    ],
)
def test_a_fact_written_in_another_way_is_found(sentence: str, source: str) -> None:
    assert _missing(sentence, source) == []


@pytest.mark.parametrize(
    ("sentence", "source", "missing"),
    [
        ("The team of San Francisco won.", "The team of Denver won.", ["San", "Francisco"]),
        ("It was built in 1911.", "It was built in 1912.", ["1911"]),
        ("New York won.", "Denver won.", ["New", "York"]),
        ("It has 38 buildings in Kazan.", "It has 83 buildings.", ["38", "Kazan"]),
        ("The WHO said so.", "The man said so.", ["WHO"]),
    ],
)
def test_a_fact_that_is_not_in_the_source_is_missing(sentence: str, source: str, missing: list[str]) -> None:
    assert _missing(sentence, source) == missing


def test_the_first_word_is_a_name_if_it_is_a_known_one() -> None:
    assert _missing("Kazan uses it.", "the city uses it", names="They went to Kazan.") == ["Kazan"]
    assert _missing("Construction began.", "they constructed it", names="Construction began in Kazan.") == []
