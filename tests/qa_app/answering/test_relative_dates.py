from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.answering.relative_dates import days_meant, relative_date
from qa_app.language.dates import WEEKDAYS

PUBLISHED = "2024-05-15"  # a Wednesday


@pytest.mark.parametrize(
    ("sentence", "meant"),
    [
        ("The pool opened *yesterday*.", "14 May 2024"),
        ("It was closed *last night*.", "14 May 2024"),
        ("The vote is *tomorrow*.", "16 May 2024"),
        ("The choir sang on *Sunday*.", "12 May 2024"),
        ("The choir sang on *Wednesday*.", "15 May 2024"),
        ("The choir will sing on *Sunday*.", "19 May 2024"),
        ("She left *three days ago*.", "12 May 2024"),
        ("She left *a week ago*.", "the week of 6 May 2024"),
        ("He won *last month*.", "April 2024"),
        ("He won *six months ago*.", "November 2023"),
        ("The mill burned down *last year*.", "2023"),
        ("The mill burned down *40 years ago*.", "1984"),
    ],
)
def test_what_a_relative_date_is_by_the_articles_date(sentence: str, meant: str) -> None:
    before, words, after = sentence.split("*")
    said = relative_date(before + words + after, (len(before), len(before + words)), PUBLISHED)
    assert said == f"“{words}” is {meant}, as the article is of 15 May 2024."


@pytest.mark.parametrize(
    "sentence",
    [
        "It is open *every Monday*.",
        "It is open *from Monday to Friday*.",
        "It is open on *Mondays*.",
        "It was founded in *1984*.",
    ],
)
def test_what_is_no_single_day_is_left_alone(sentence: str) -> None:
    before, words, after = sentence.split("*")
    assert relative_date(before + words + after, (len(before), len(before + words)), PUBLISHED) is None


def test_only_a_date_in_the_short_answer_is_resolved() -> None:
    assert relative_date("Ann Lee opened it yesterday.", (0, 7), PUBLISHED) is None


@pytest.mark.parametrize("published", ["2024-05", "2024", "", "soon"])
def test_without_a_whole_day_nothing_is_resolved(published: str) -> None:
    assert relative_date("It opened yesterday.", (10, 19), published) is None
    assert days_meant("It opened yesterday.", published) == set()


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.sampled_from(WEEKDAYS), st.booleans())
def test_a_weekday_is_within_a_week_of_the_article(published: date, weekday: str, is_ahead: bool) -> None:
    sentence = f"It {'will close' if is_ahead else 'closed'} on {weekday}."
    (meant,) = days_meant(sentence, published.isoformat())
    days = (date.fromisoformat(meant) - published) // timedelta(days=1)
    assert WEEKDAYS[date.fromisoformat(meant).weekday()] == weekday
    assert 0 <= (days if is_ahead else -days) < 7
