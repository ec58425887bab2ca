import re
from datetime import date

from qa_app.language.dates import MONTH_NUMBERS, MONTH_PATTERN, MONTHS, WEEKDAYS, YEAR_PATTERN


def test_months_and_weekdays_are_named_as_the_calendar_has_them() -> None:
    assert [date(2024, n, 1).strftime("%B") for n in range(1, 13)] == list(MONTHS)
    assert [date(2024, 1, n).strftime("%A") for n in range(1, 8)] == list(WEEKDAYS)


def test_a_month_is_known_by_its_abbreviation_too() -> None:
    assert (MONTH_NUMBERS["june"], MONTH_NUMBERS["jun"], MONTH_NUMBERS["sept"]) == (6, 6, 9)
    assert set(MONTH_NUMBERS.values()) == set(range(1, 13))


def test_patterns() -> None:
    assert re.fullmatch(rf"{MONTH_PATTERN} {YEAR_PATTERN}", "May 1999")
    assert not re.fullmatch(YEAR_PATTERN, "999") and not re.fullmatch(YEAR_PATTERN, "2100")
