import json
from dataclasses import asdict, dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.json_values import from_json


@dataclass(frozen=True)
class Inner:
    name: str | None
    span: tuple[int, int]


@dataclass(frozen=True)
class Outer:
    share: float
    sure: bool
    many: tuple[Inner, ...]
    maybe: Inner | None
    times: dict[str, float]


INNERS = st.builds(Inner, st.none() | st.text(), st.tuples(st.integers(), st.integers()))
OUTERS = st.builds(
    Outer,
    st.floats(allow_nan=False),
    st.booleans(),
    st.lists(INNERS, max_size=3).map(tuple),
    st.none() | INNERS,
    st.dictionaries(st.text(), st.floats(allow_nan=False), max_size=2),
)


@given(OUTERS)
def test_what_is_written_comes_back(value: Outer) -> None:
    assert from_json(Outer, json.loads(json.dumps(asdict(value)))) == value


GOOD = {"share": 1, "sure": True, "many": [{"name": None, "span": [1, 2]}], "maybe": None, "times": {"total": 3}}


def test_whole_numbers_serve_as_floats_and_what_stands_beside_is_passed_over() -> None:
    found = from_json(Outer, {**GOOD, "format": 1})
    assert found == Outer(1.0, True, (Inner(None, (1, 2)),), None, {"total": 3.0}) and type(found.share) is float


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"share": True}, "share is not of type float: True"),
        ({"sure": 1}, "sure is not of type bool: 1"),
        ({"many": {}}, "many is not a list"),
        ({"many": [3]}, r"many\[0\] is not an object"),
        ({"many": [{"name": "a", "span": [1]}]}, r"many\[0\]\.span has 1 items, not 2"),
        ({"many": [{"name": "a", "span": [1, 2.5]}]}, r"many\[0\]\.span\[1\] is not of type int: 2\.5"),
        ({"many": [{"span": [1, 2]}]}, r"many\[0\]\.name is missing"),
        ({"maybe": "none"}, "maybe is not an object"),
        ({"times": []}, "times is not an object"),
        ({"times": {"total": "3"}}, "times.total is not of type float: 3"),
    ],
)
def test_what_does_not_fit_is_said_with_its_place(change: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        from_json(Outer, {**GOOD, **change})


def test_a_list_is_no_object() -> None:
    with pytest.raises(ValueError, match="the whole is not an object"):
        from_json(Outer, [])
