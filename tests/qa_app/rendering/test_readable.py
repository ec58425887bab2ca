import pytest

from qa_app.rendering.readable import counted, figure, listed, minute, percent, shortened


def test_a_noun_agrees_with_its_number() -> None:
    assert [counted(n, "line") for n in (0, 1, 2000)] == ["0 lines", "1 line", "2,000 lines"]


@pytest.mark.parametrize(("share", "shown"), [(0, "0"), (0.0116, "1.2"), (0.02, "2"), (0.7, "70"), (1, "100")])
def test_small_shares_are_told_apart(share: float, shown: str) -> None:
    assert percent(share) == shown


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [(0.5, "share", "50.0%"), (0.5, "score", "0.500"), (1.5, "mean", "1.50"), (120.4, "ms", "120 ms")],
)
def test_a_measure_has_its_unit(value: float, unit: str, shown: str) -> None:
    assert figure(value, unit) == shown


def test_a_moment_is_shown_to_the_minute() -> None:
    assert minute("2026-01-02T03:04:05+00:00") == "2026-01-02 03:04 UTC"


@pytest.mark.parametrize(
    ("names", "shown"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_names_are_put_in_a_row(names: list[str], shown: str) -> None:
    assert listed(names) == shown


@pytest.mark.parametrize(
    ("words", "most", "shown"),
    [("a long walk", 11, "a long walk"), ("a long walk", 10, "a long …"), ("walking", 4, "walk …"), ("", 5, "")],
)
def test_words_are_cut_between_two_words(words: str, most: int, shown: str) -> None:
    assert shortened(words, most) == shown
