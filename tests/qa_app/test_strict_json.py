import json
from dataclasses import asdict, dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from qa_app.strict_json import read_json


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
    note: str = ""


INNERS = st.builds(Inner, st.none() | st.text(), st.tuples(st.integers(), st.integers()))
OUTERS = st.builds(
    Outer,
    st.floats(allow_nan=False),
    st.booleans(),
    st.lists(INNERS, max_size=3).map(tuple),
    st.none() | INNERS,
    st.dictionaries(st.text(), st.floats(allow_nan=False), max_size=2),
)


OUTER = TypeAdapter(Outer)


@given(OUTERS)
def test_what_is_written_comes_back(value: Outer) -> None:
    assert read_json(OUTER, json.dumps(asdict(value))) == value


GOOD = {"share": 1, "sure": True, "many": [{"name": None, "span": [1, 2]}], "maybe": None, "times": {"total": 3}}


def test_whole_numbers_serve_as_floats_defaults_are_honoured_and_unknown_fields_ignored() -> None:
    found = read_json(OUTER, json.dumps({**GOOD, "unknown": 1}))
    assert found == Outer(1.0, True, (Inner(None, (1, 2)),), None, {"total": 3.0}, "") and type(found.share) is float


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"share": True}, "share: Input should be a valid number"),
        ({"sure": 1}, "sure: Input should be a valid boolean"),
        ({"many": {}}, "many: Input should be a valid array"),
        ({"many": [3]}, r"many\[0\]: Input should be an object"),
        ({"many": [{"name": "a", "span": [1]}]}, r"many\[0\]\.span\[1\]: Field required"),
        ({"many": [{"name": "a", "span": [1, 2, 3]}]}, r"many\[0\]\.span: Tuple should have at most 2 items"),
        ({"many": [{"name": "a", "span": [1, 2.5]}]}, r"many\[0\]\.span\[1\]: Input should be a valid integer"),
        ({"many": [{"span": [1, 2]}]}, r"many\[0\]\.name: Field required"),
        ({"maybe": "none"}, "maybe: Input should be an object"),
        ({"times": []}, "times: Input should be an object"),
        ({"times": {"total": "3"}}, r"times\.total: Input should be a valid number"),
    ],
)
def test_a_fault_is_told_with_its_place(change: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_json(OUTER, json.dumps({**GOOD, **change}))


@pytest.mark.parametrize(("text", "reason"), [("[]", "^Input should be an object$"), ("{", "^Invalid JSON: EOF")])
def test_what_is_not_an_object_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_json(OUTER, text)
