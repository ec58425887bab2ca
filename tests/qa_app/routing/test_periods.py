import pytest

from embeddings.scope import Scope
from qa_app.routing.periods import PERIOD, Period, limited, period_of


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("in 2022", Period("2022-01-01", "2022-12-31")),
        ("in February 2024", Period("2024-02-01", "2024-02-29")),
        ("from Feb. 2023", Period("2023-02-01", "2023-02-28")),
        ("in 2023-02", Period("2023-02-01", "2023-02-28")),
        ("on 3 March 2025", Period("2025-03-03", "2025-03-03")),
        ("on March 3rd, 2025", Period("2025-03-03", "2025-03-03")),
        ("since 2019", Period("2019-01-01", None)),
        ("after December 2019", Period("2020-01-01", None)),
        ("before 2019", Period(None, "2018-12-31")),
        ("until 2019", Period(None, "2019-12-31")),
        ("between May 2020 and June 2021", Period("2020-05-01", "2021-06-30")),
        ("from 2020 to 2021", Period("2020-01-01", "2021-12-31")),
    ],
)
def test_the_days_of_a_period(words: str, period: Period) -> None:
    match = PERIOD.fullmatch(words)
    assert match is not None and period_of(match) == period


def test_a_scope_is_narrowed_to_a_period() -> None:
    scope = limited(Scope(after="2020-06-01", authors=("Dahl",)), Period("2020-01-01", "2020-12-31"))
    assert scope == Scope(after="2020-06-01", before="2020-12-31", authors=("Dahl",))
    assert limited(scope, None) is scope
