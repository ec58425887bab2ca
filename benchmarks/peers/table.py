"""Format the results of the measured systems as Markdown tables."""

from collections.abc import Callable, Sequence
from statistics import median

import numpy as np

from benchmarks.peers.evidence import found_reading, found_within, mean_reciprocal_rank
from benchmarks.peers.measuring import PASSAGES, Measured, Round, Work
from benchmarks.peers.systems import OURS

# A reading budget: unlike the first k passages, it does not favour long passages.
READ_CHARS = 3000

_Column = tuple[str, Callable[[Round], str]]


def report(measured: Sequence[Measured], work: Work) -> str:
    """Return the tables with their circumstances; the row of a system that failed gives the reason."""
    rounds = max((len(m.rounds) for m in measured), default=0)
    questions = len(work.questions)
    chance = 100 * 1.96 * (0.25 / questions) ** 0.5
    parts = [
        f"{len(work.articles.texts)} articles, {work.characters:,} characters; {questions} questions; the same encoder weights; "
        f"{PASSAGES} passages per query; medians of {rounds} rounds. Sampling error of a share: at most {chance:.1f} points (95 %).",
        _evidence(measured),
        _costs(measured, work),
    ]
    parts += [text for text in (_ratios(measured, work), _versions(measured)) if text]
    return "\n\n".join(parts)


def _evidence(measured: Sequence[Measured]) -> str:
    columns = [
        "gold @1",
        "@3",
        "@5",
        "@10",
        f"within {READ_CHARS:,} characters",
        "MRR",
        "characters per passage",
        "not located",
    ]

    def cells(rounds: Sequence[Round]) -> list[str]:
        shares = [
            _middle(rounds, lambda r, k=k: 100 * found_within(r.judgements, k))  # type: ignore[misc]
            for k in (1, 3, 5, 10)
        ]
        shares.append(_middle(rounds, lambda r: 100 * found_reading(r.judgements, READ_CHARS)))
        passages = [j for r in rounds for j in r.judgements]
        count = max(sum(j.passages for j in passages), 1)
        return [
            *(f"{share:.1f}" for share in shares),
            f"{_middle(rounds, lambda r: mean_reciprocal_rank(r.judgements)):.3f}",
            f"{sum(j.characters for j in passages) / count:,.0f}",
            f"{100 * sum(j.unlocated for j in passages) / count:.1f} %",
        ]

    return _table(measured, ["setup", *columns], lambda m: [m.system.setup, *cells(m.rounds)])


def _costs(measured: Sequence[Measured], work: Work) -> str:
    columns = [
        "characters indexed per second", "chunks", "truncated by the encoder", "query p50", "p95",
        "start to first passages", "memory, indexing", "memory, searching",
    ]  # fmt: skip

    def cells(rounds: Sequence[Round]) -> list[str]:
        milliseconds = [1000 * np.percentile(r.query_seconds, [50, 95]) for r in rounds]  # (rounds, 2)
        p50, p95 = np.median(milliseconds, axis=0)
        return [
            f"{_speed(rounds, work):,.0f}",
            f"{rounds[0].chunks:,}",
            f"{100 * _cut_share(rounds):.1f} %",
            f"{p50:.1f} ms",
            f"{p95:.1f} ms",
            f"{_middle(rounds, lambda r: r.cold_seconds):.1f} s",
            f"{_middle(rounds, lambda r: r.index_peak_bytes) / 1e6:,.0f} MB",
            f"{_middle(rounds, lambda r: r.query_peak_bytes) / 1e6:,.0f} MB",
        ]

    return _table(measured, columns, lambda m: cells(m.rounds))


def _table(measured: Sequence[Measured], columns: Sequence[str], cells: Callable[[Measured], list[str]]) -> str:
    lines = [f"| | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for one in measured:
        if one.failure is not None:
            reason = one.failure.replace("|", "\\|")
            row = [f"failed: {reason}", *[""] * (len(columns) - 1)]
        else:
            row = cells(one)
        lines.append(f"| {one.system.title} | {' | '.join(row)} |")
    return "\n".join(lines)


def _ratios(measured: Sequence[Measured], work: Work) -> str:
    """Return a sentence comparing our indexing speed with the fastest other system that truncates no chunk."""
    done = {m.system: m.rounds for m in measured if m.failure is None}
    ours = done.pop(OURS, None)
    whole = {system: _speed(rounds, work) for system, rounds in done.items() if not _cut_share(rounds)}
    if ours is None or not whole:
        return ""
    fastest = max(whole, key=lambda system: whole[system])
    return (
        f"Indexing: {_speed(ours, work) / whole[fastest]:.2f} times as fast as {fastest.title}, "
        "the fastest other system that truncates no chunk."
    )


def _versions(measured: Sequence[Measured]) -> str:
    return "\n".join(
        f"- {m.system.title}: {', '.join(f'{name} {number}' for name, number in m.rounds[0].versions.items())}"
        for m in measured
        if m.rounds
    )


def _speed(rounds: Sequence[Round], work: Work) -> float:
    """Return characters indexed per second."""
    return work.characters / _middle(rounds, lambda r: r.index_seconds)


def _cut_share(rounds: Sequence[Round]) -> float:
    return rounds[0].chunks_cut / max(rounds[0].chunks, 1)


def _middle(rounds: Sequence[Round], value: Callable[[Round], float]) -> float:
    return median(map(value, rounds))
