import pytest

from qa_app.grounding.words import content, denied, is_name_in, plain_word, words


@pytest.mark.parametrize(
    ("word", "plain"),
    [("Beyoncé's", "beyonce"), ("U.S.", "us"), ("Jones’", "jones"), ("O'Brien", "o'brien"), ("İ", "i")],
)
def test_a_word_is_normalised(word: str, plain: str) -> None:
    assert plain_word(word) == plain


def test_words_come_in_order_with_their_offsets() -> None:
    found = words("The U.S.-led team's Jay-Z, 50%")
    assert [(word.plain, word.start) for word in found] == [
        ("the", 0), ("us", 4), ("led", 9), ("team", 13), ("jay", 20), ("z", 24), ("50", 27),
    ]  # fmt: skip


def test_content_words_are_compared_by_their_stems() -> None:
    assert content(words("It was constructed in the city")) == content(words("constructing a city"))


def test_a_name_may_have_another_ending_but_not_another_beginning() -> None:
    assert is_name_in("america", {"american"}) and is_name_in("carolinas", {"carolina"})
    assert not is_name_in("poland", {"polish"}) and not is_name_in("tom", {"tomas"}) and not is_name_in("x", set())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The bill was not approved.", "The bill was approved."),
        ("He never won it.", "He won it."),
        ("It doesn't work.", "It works."),
        ("They left without the money.", "They left with the money."),
    ],
)
def test_a_negated_word_differs_from_the_word_itself(one: str, other: str) -> None:
    states, others = denied(words(one)), denied(words(other))
    assert any(others.get(word, state) != state for word, state in states.items())


def test_not_only_negates_nothing_and_a_word_used_both_ways_agrees_with_either() -> None:
    assert not any(denied(words("It was not only approved but praised.")).values())
    assert "won" not in denied(words("He won in May, he had not won before."))
