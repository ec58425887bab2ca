from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.readers.number_formats import shown

_DAY = datetime(2024, 3, 5, 14, 30, 9)


@pytest.mark.parametrize(
    ("value", "number_format", "words"),
    [
        (None, "General", ""),
        (True, "General", "TRUE"),
        ("words", "0.00", "words"),
        (12345678901234, "General", "12345678901234"),
        (0.1 + 0.2, "General", "0.3"),
        (1 / 3, "General", "0.3333333333"),
        (1234567, "#,##0", "1,234,567"),
        (1234.5, "#,##0.00 [$€-407]", "1,234.50 €"),
        (1234.5, '_-* #,##0.00\\ "kr"_-;\\-* #,##0.00\\ "kr"_-', "1,234.50 kr"),
        (-1234.567, "$#,##0.00_);($#,##0.00)", "($1,234.57)"),
        (-5, "0;[Red]-0", "-5"),
        (-0.001, "0.00", "0.00"),
        (0.125, "0.0%", "12.5%"),
        (2.5, "0", "3"),
        (0.5, "#.##", ".5"),
        (3, "0.0##", "3.0"),
        (5, "0000", "0005"),
        (123456789, "000-00-0000", "123-45-6789"),
        (1234567.891, '#,##0,"k"', "1,235k"),
        (0.00001234, "0.00E+00", "1.23E-05"),
        (1.75, "# ?/?", "1 3/4"),
        (0.5, "?/?", "1/2"),
        (0, '0;-0;"none"', "none"),
        (7, ";;;", ""),
        (5, '[>100]"big";[<=100]"small"', "small"),
        (1e300, "0", "1" + "0" * 300),
        (_DAY, "yyyy-mm-dd hh:mm", "2024-03-05 14:30"),
        (_DAY, "d. mmmm yyyy", "5. March 2024"),
        (_DAY, "ddd d-mmm-yy", "Tue 5-Mar-24"),
        (_DAY, "[$-407]d. mmmm yyyy", "5. März 2024"),
        (_DAY, "[$-419]d mmmm yyyy;@", "5 марта 2024"),
        (_DAY, "[$-F800]dddd", "2024-03-05 14:30"),
        (_DAY, "[$-FFFF]d mmm", "5 Mar"),
        (_DAY.replace(hour=0, minute=0, second=0), "mm-dd-yy", "2024-03-05"),
        (date(2024, 3, 5), "dd/mm/yyyy", "05/03/2024"),
        (_DAY, "h:mm:ss AM/PM", "2:30:09 PM"),
        (time(14, 5, 9), "mm:ss", "05:09"),
        (timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
    ],
)
def test_values_are_shown_as_a_person_sees_them(value: object, number_format: str, words: str) -> None:
    assert shown(value, number_format) == words


@given(
    st.one_of(st.integers(), st.floats(), st.datetimes(), st.times(), st.timedeltas()),
    st.one_of(st.text('0#?.,%/E+-ymdhsAP[]$<>=;"\\_*@ a1', max_size=30), st.text(max_size=20)),
)
def test_any_format_shows_something(value: object, number_format: str) -> None:
    assert isinstance(shown(value, number_format), str)
