import pytest

from benchmarks.writers.scoring import Written, quotes_of, refuses, share

PASSAGES = ("The Orsa is warm in May.", "In June all swim.")


def written(
    text: str = "", quotes: tuple[str, ...] = (), golds: tuple[str, ...] = ("May",), refused: bool = False
) -> Written:
    return Written(golds, text, quotes, PASSAGES, refused, 1.0)


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ('It is "warm in May", they say.', ("warm in May",)),
        ("“warm in May” and “all swim”", ("warm in May", "all swim")),
        ('An empty "" and a "..." are none; nor is one "left open.', ()),
        ("It's warm in May, isn't it?", ()),
        ('The answer: "not in the articles".', ()),
    ],
)
def test_quotes_are_the_texts_in_double_quotation_marks(text: str, quotes: tuple[str, ...]) -> None:
    assert quotes_of(text) == quotes


def test_an_exact_quote_matches_to_the_character_apart_from_marks_at_its_ends() -> None:
    quotes = ("warm in May", "warm in May,", "Warm in May", "warm  in May", "May. In June", "swim.")
    assert written(quotes=quotes).exact_quotes == 3  # case and spaces must match; a quote cannot span two passages


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("not in the articles", True),
        ("The passages do not mention the Orsa.", True),
        ("The passage doesn’t say.", True),
        ("There is no information about it.", True),
        ("It cannot be determined.", True),
        ("The Orsa is not warm in April.", False),
        ("In the articles it is warm in May.", False),
        ("", False),
    ],
)
def test_refusals_are_recognized_by_their_wording(text: str, refused: bool) -> None:
    assert refuses(text) == refused


def test_an_answer_has_a_gold_answer_as_whole_words_and_a_refusal_has_none() -> None:
    assert written("It is warm in may.").has_answer
    assert not written("Maybe in June.").has_answer
    assert not written("May is not in the articles.", refused=True).has_answer
    assert not written("May", golds=()).has_answer


def test_shares_include_the_counts() -> None:
    answers = [written("May"), written("June"), written("June")]
    assert share(answers, lambda one: one.has_answer) == "33.3 % (1 of 3)"
    assert share([], lambda one: True) == "–"
