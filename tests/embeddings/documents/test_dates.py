import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.dates import match_date, parse_date
from tests.embeddings.odd_text import odd_texts


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2024-05-17", "2024-05-17"),
        ("2024/05/17", "2024-05-17"),
        ("17.05.2024", "2024-05-17"),
        ("17 May 2024", "2024-05-17"),
        ("7  May  2024", "2024-05-07"),
        ("May 17, 2024", "2024-05-17"),
        ("Sept. 1, 2024", "2024-09-01"),
        ("Sep. 1, 2024", "2024-09-01"),
        ("Friday, 17 May 2024", "2024-05-17"),
        ("Friday, May 17, 2024.", "2024-05-17"),
        ("2024-05-17T09:30:00Z", "2024-05-17"),
        ("05/06/2024", None),
        ("05-06-2024", None),
        ("05.06.2024", "2024-06-05"),
        ("31/01/2024", "2024-01-31"),
        ("01/31/2024", "2024-01-31"),
        ("06/06/2024", "2024-06-06"),
        ("17. 5. 2024", "2024-05-17"),
        ("17.05.2024 10:15", "2024-05-17"),
        ("17.05.2024, 10:15 Uhr", "2024-05-17"),
        ("20240517", "2024-05-17"),
        ("20240517T093000Z", "2024-05-17"),
        ("2024-05-17T00:30:00+05:00", "2024-05-17"),
        ("May 1st, 2024", "2024-05-01"),
        ("the 2nd of May 2024", "2024-05-02"),
        ("17-May-2024", "2024-05-17"),
        ("Fri, 17 May 2024 09:30:00 +0200 (CEST)", "2024-05-17"),
        ("Fri May 17 09:30:00 2024", "2024-05-17"),
        ("9:30 AM EDT, May 17, 2024", "2024-05-17"),
        ("May 17, 2024 at 9:30 p.m.", "2024-05-17"),
        ("May 17, 2024 Friday", "2024-05-17"),
        ("Freitag, 17. Mai 2024", "2024-05-17"),
        ("vendredi 17 mai 2024", "2024-05-17"),
        ("1er août 2024", "2024-08-01"),
        ("17 de mayo de 2024", "2024-05-17"),
        ("3 d’abril de 2024", "2024-04-03"),
        ("пятница, 17 мая 2024 г., 09:30", "2024-05-17"),
        ("17 травня 2024 року", "2024-05-17"),
        ("2024 жылғы 17 мамыр", "2024-05-17"),
        ("17 Mayıs 2024 Cuma", "2024-05-17"),
        ("2024. május 17.", "2024-05-17"),
        ("2024 m. gegužės 17 d.", "2024-05-17"),
        ("17 Μαΐου 2024", "2024-05-17"),
        ("17 במאי 2024", "2024-05-17"),
        ("١٧ مايو ٢٠٢٤", "2024-05-17"),
        ("17 मई 2024", "2024-05-17"),
        ("2024年5月17日", "2024-05-17"),
        ("2024년 5월 17일", "2024-05-17"),
        ("ngày 17 tháng 5 năm 2024", "2024-05-17"),
        ("17 listopada 2024", None),
        ("1403/05/06", None),
        ("Founded 17 May 2024", None),
        ("17 May 2024 was a Friday", None),
        ("May 2024", None),
        ("31 February 2024", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_are_read_unless_ambiguous(words: str, day: str | None) -> None:
    assert parse_date(words) == day


def test_a_date_inside_a_line_ends_after_its_time_of_day() -> None:
    text = "Posted 17 May 2024, 09:30 | by Anna"
    found = match_date(text, 7)
    assert found is not None
    assert (found[0], text[7 : found[1]]) == ("2024-05-17", "17 May 2024, 09:30")


def test_no_date_begins_in_the_middle_of_a_word() -> None:
    assert match_date("on the 17th day of 2024", 3) is None


@given(
    st.dates().filter(lambda day: 1500 <= day.year < 2200),
    st.sampled_from(["%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d.%m.%Y"]),
)
def test_what_strftime_writes_is_read(day: datetime.date, form: str) -> None:
    assert parse_date(day.strftime(form)) == day.isoformat()


@given(odd_texts, st.integers(0, 300))
def test_in_any_text_a_date_ends_inside_it(text: str, start: int) -> None:
    found = match_date(text, min(start, len(text)))
    assert found is None or (start < found[1] <= len(text) and parse_date(found[0]) == found[0])
