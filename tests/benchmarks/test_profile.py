import time
from types import SimpleNamespace

import pytest

from benchmarks import profile


@pytest.mark.parametrize("stages", [profile._INDEXING, profile._ANSWERING])
def test_every_timed_function_exists(stages: profile.Stages) -> None:
    for places in stages.values():
        for place in places:
            owner, name = profile._found(place)
            assert callable(getattr(owner, name)), place


def test_a_stage_does_not_count_the_stages_inside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: clock[0])
    work = SimpleNamespace()

    def inner() -> None:
        clock[0] += 2

    def outer() -> None:
        clock[0] += 1
        work.inner()
        clock[0] += 1

    work.inner, work.outer = inner, outer
    monkeypatch.setattr(profile, "_found", lambda place: (work, place))
    timed = profile.Profile({"outer": ["outer"], "inner": ["inner"]})
    with timed.measuring():
        clock[0] += 5
        work.outer()
    assert timed.seconds == {"outer": 2, "inner": 2, "the rest": 5}
