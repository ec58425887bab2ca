from dataclasses import replace
from pathlib import Path

from benchmarks.peers.evidence import Articles, Judgement
from benchmarks.peers.measuring import Measured, Round, Work
from benchmarks.peers.systems import OURS, MeasuredSystem
from benchmarks.peers.table import report
from benchmarks.squad import SquadQuestion

OTHER = MeasuredSystem("other", "Other", "as it comes")
CUTTING = MeasuredSystem("cutting", "Cutting", "long chunks")
QUESTION = SquadQuestion("q", "Who?", "measure", "a.txt", (0, 5), ("Ek",), ((0, 2),))
WORK = Work(Path("articles"), Articles({"a.txt": "x" * 1000}), Path("encoder"), (), (QUESTION, QUESTION))
ROUND = Round(
    index_seconds=0.5,
    chunks=4,
    chunks_cut=0,
    cold_seconds=2.0,
    query_seconds=(0.010, 0.030),
    judgements=(Judgement(1, 100, 10, 5000, 0), Judgement(4, 3500, 10, 7000, 1)),
    index_peak_bytes=900_000_000,
    query_peak_bytes=400_000_000,
    versions={"torch": "2.13.0"},
)


def rows(text: str) -> dict[str, list[list[str]]]:
    """Return the cells of each system's rows, keyed by its title."""
    found: dict[str, list[list[str]]] = {}
    for line in text.splitlines():
        if line.startswith("|"):
            title, *cells = [cell.strip() for cell in line.strip("|").split("|")]
            found.setdefault(title, []).append(cells)
    return found


def test_figures_of_two_questions_match_a_calculation_by_hand() -> None:
    evidence, costs = rows(report([Measured(OURS, (ROUND,))], WORK))["this project"]
    assert evidence == [OURS.setup, "50.0", "50.0", "100.0", "100.0", "50.0", "0.625", "600", "5.0 %"]
    # p95 of 10 and 30 ms, interpolated: 10 + 0.95 * 20
    assert costs == ["2,000", "4", "0.0 %", "20.0 ms", "29.0 ms", "2.0 s", "900 MB", "400 MB"]


def test_medians_of_the_rounds_are_shown() -> None:
    slow = replace(ROUND, index_seconds=50.0, query_seconds=(1.0, 1.0), cold_seconds=90.0)
    fast = replace(ROUND, index_seconds=0.4)
    text = report([Measured(OURS, (slow, ROUND, fast))], WORK)
    assert rows(text)["this project"][1][:6] == ["2,000", "4", "0.0 %", "20.0 ms", "29.0 ms", "2.0 s"]
    assert "medians of 3 rounds" in text


def test_a_system_that_failed_keeps_its_row_with_the_reason_and_no_figures() -> None:
    text = report([Measured(OURS, (ROUND,)), Measured(OTHER, (ROUND,), "search: KeyError: 'a|b'. See log.")], WORK)
    for cells in rows(text)["Other"]:
        assert "KeyError: 'a\\" in cells[0]
        assert not any(any(c.isdigit() for c in cell) for cell in cells)
    assert len({line.count("|") - line.count("\\|") for line in text.splitlines() if "Other |" in line}) == 2


def test_indexing_is_compared_with_the_fastest_system_that_truncates_nothing() -> None:
    slower = Measured(OTHER, (replace(ROUND, index_seconds=1.5),))
    cutting = Measured(CUTTING, (replace(ROUND, index_seconds=0.1, chunks_cut=1),))
    text = report([Measured(OURS, (ROUND,)), slower, cutting], WORK)
    assert "Indexing: 3.00 times as fast as Other" in text
    assert rows(text)["Cutting"][1][2] == "25.0 %"
    assert "Indexing:" not in report([Measured(OURS, (ROUND,)), cutting], WORK)
    assert "Indexing:" not in report([Measured(OURS, (), "it failed."), slower], WORK)
