import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.answer_matching import contains, exact_match, f1, normalised
from tests.embeddings.odd_text import odd_texts


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("The Hague", "hague"),
        ("  an   apple, a\npear ", "apple pear"),
        ("U.S.", "us"),
        ("1,000", "1000"),
        ("theatre", "theatre"),
        ("Aan the-man", "aan theman"),
        ("Москва", "москва"),
        ("", ""),
        ("The a an!", ""),
    ],
)
def test_case_punctuation_articles_and_white_space_do_not_count(words: str, expected: str) -> None:
    assert normalised(words) == expected


@given(odd_texts)
def test_normalised_words_have_no_extra_white_space(words: str) -> None:
    assert normalised(words) == " ".join(normalised(words).split())
    assert exact_match(words, [words]) == 1.0


def test_words_match_when_they_equal_any_answer() -> None:
    assert exact_match("the Red House.", ["a barn", "red house"]) == 1.0
    assert exact_match("the red houses", ["a barn", "red house"]) == 0.0
    assert exact_match("red", ["red house"]) == 0.0


def test_nothing_matches_when_there_is_no_answer() -> None:
    assert exact_match("red", []) == 0.0
    assert f1("red", []) == 0.0


@pytest.mark.parametrize(
    ("words", "answers", "expected"),
    [
        ("red house", ["the red house"], 1.0),
        ("red house", ["red"], 2 / 3),
        ("red", ["red house"], 2 / 3),
        ("big red house", ["red barn"], 2 / 5),
        ("red red", ["red"], 2 / 3),
        ("red", ["blue"], 0.0),
        ("", ["blue"], 0.0),
        ("red house", ["blue", "red barn", "red house yard"], 4 / 5),
    ],
)
def test_f1_is_the_harmonic_mean_of_word_precision_and_recall_for_the_best_answer(
    words: str, answers: list[str], expected: float
) -> None:
    assert f1(words, answers) == pytest.approx(expected)


@given(st.text("abc the.", max_size=12), st.text("abc the.", max_size=12))
def test_f1_is_symmetric_between_0_and_1_and_1_for_a_match_with_words(one: str, other: str) -> None:
    assert f1(one, [other]) == pytest.approx(f1(other, [one]))
    assert 0.0 <= f1(one, [other]) <= 1.0
    if exact_match(one, [other]) and normalised(one):
        assert f1(one, [other]) == 1.0


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("uses a Rainwater  collection\nsystem, which", "rainwater collection system", True),
        ("more than 50% reduction", "more than 50%", True),
        ("more than 150 of them", "50", False),
        ("The Saint's day", "saint", True),
        ("Paints", "paint", False),
        ("anything", " ", False),
    ],
)
def test_contains_goes_by_whole_words(text: str, words: str, found: bool) -> None:
    assert contains(text, words) is found
