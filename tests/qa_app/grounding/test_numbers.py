import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.grounding.numbers import numbers, readings


def _readings(text: str) -> list[set[str]]:
    return [set(number.readings) for number in numbers(text)]


@pytest.mark.parametrize(
    "texts",
    [
        ("1,000", "1000", "a thousand", "one thousand", "1\u00a0000", "1 thousand"),
        ("2.5 million", "2,500,000", "2.50 million"),
        ("five", "5", "Five", "5.0"),
        ("twenty-five", "25", "Twenty five"),
        ("205", "two hundred and five", "two hundred five"),
        ("2 June 1990", "2nd June, 1990", "two June 1990"),
        ("June 2, 1990", "Jun. 2nd, 1990"),
    ],
)
def test_numbers_written_differently_are_equal(texts: tuple[str, ...]) -> None:
    first, *others = (_readings(text) for text in texts)
    assert first and all(other == first for other in others)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1990", "1990s"), ("1,000", "1,001"), ("June 2", "July 2"), ("2.5 million", "2.5"), ("0.5", "5"), ("24", "2.4")],
)
def test_different_numbers_stay_different(one: str, other: str) -> None:
    assert not all(number.readings & readings(numbers(other)) for number in numbers(one))


def test_a_date_in_figures_is_each_of_its_parts() -> None:
    assert readings(numbers("1990-06-02")) == {"1990", "month 6", "2"}
    assert readings(numbers("02.06.1990")) == {"1990", "month 6", "6", "month 2", "2"}
    assert all(number.readings & readings(numbers("02/06/1990")) for number in numbers("on 2 June 1990"))


def test_each_end_of_a_range_is_a_number() -> None:
    assert _readings("won 24–10 in 1914-18") == [{"24"}, {"10"}, {"1914"}, {"18"}]
    assert _readings("about 1,000, 2,000 and 3.") == [{"1000"}, {"2000"}, {"3"}]


@pytest.mark.parametrize("text", ["one of them", "it may march", "a B52", "someone attends", "second to none", ""])
def test_text_without_a_number(text: str) -> None:
    assert numbers(text) == []


@given(st.integers(0, 10**12))
def test_separators_change_nothing(value: int) -> None:
    assert _readings(f"{value:,}") == _readings(str(value)) == [{str(value)}]


@given(st.text(alphabet="0123456789.,- and/thousandMay\n", max_size=40))
def test_a_number_is_found_at_its_offsets(text: str) -> None:
    assert all(number.text == text[number.start : number.end] for number in numbers(text))
