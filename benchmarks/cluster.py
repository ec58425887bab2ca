"""Compare a sync on a Dask cluster of this machine with the plain loop: chunks a second by workers, and what the cluster costs.

    OMP_NUM_THREADS=1 python -m benchmarks.cluster [--workers 1 2] [--repeats 3]        5 minutes on two cores

40 copies of the seed articles. Each side has loaded its encoder before the clock starts. One thread each, so that a worker
has what the plain loop has. Processor seconds are those of all processes: on a busy machine they say more than the time does.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.indexing import copies_of_seeds
from embeddings.cluster import DaskExecutor
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.executor import Executor, InProcess
from embeddings.progress import SyncReport
from embeddings.sync import sync


@dataclass(frozen=True)
class Cost:
    """What one sync took."""

    chunks: int
    seconds: float
    cpu_s: float
    """Processor seconds of all processes."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--workers", type=int, nargs="+", default=(1, 2), metavar="N")
    parser.add_argument("--repeats", type=int, default=3, metavar="N")
    options = parser.parse_args()
    encoder = SentenceEncoder()
    with tempfile.TemporaryDirectory() as work:
        folder = copies_of_seeds(Path(work, "articles"))
        rows = {"plain loop": measured(folder, encoder, InProcess(encoder), options.repeats)}
        for count in options.workers:
            with DaskExecutor(f"local:{count}", encoder.identity) as executor:
                rows[f"local:{count}"] = measured(folder, encoder, executor, options.repeats)
    print("| | chunks a second | ms of the processor a chunk | against the plain loop |\n|---|---|---|---|")
    plain = rows["plain loop"]
    for name, cost in rows.items():
        print(
            f"| {name} | {cost.chunks / cost.seconds:.0f} | {1000 * cost.cpu_s / cost.chunks:.1f} |"
            f" {plain.seconds / cost.seconds:.2f} times as fast, {cost.cpu_s / plain.cpu_s - 1:+.0%} of processor time |"
        )


def measured(folder: Path, encoder: SentenceEncoder, executor: Executor, repeats: int) -> Cost:
    """Return the cost of a sync of a new index: the median by time."""
    with tempfile.TemporaryDirectory() as work:
        for warm in range(2):  # the workers load their encoders
            _sync(folder, Path(work, f"warm{warm}"), encoder, executor, most_files=40)
        costs = [_cost(lambda n=n: _sync(folder, Path(work, str(n)), encoder, executor)) for n in range(repeats)]  # type: ignore[misc]
    return sorted(costs, key=lambda cost: cost.seconds)[len(costs) // 2]


def _sync(
    folder: Path, index: Path, encoder: SentenceEncoder, executor: Executor, most_files: int | None = None
) -> SyncReport:
    asked = 0

    def should_stop() -> bool:
        nonlocal asked
        asked += 1
        return most_files is not None and asked > most_files

    return sync(folder, index, encoder, should_stop=should_stop, executor=executor)


def _cost(work: Callable[[], SyncReport]) -> Cost:
    started, cpu = time.perf_counter(), _cpu_s()
    report = work()
    return Cost(report.chunks_encoded, time.perf_counter() - started, _cpu_s() - cpu)


def _cpu_s() -> float:
    """Return the processor seconds of this process and those that it has started."""
    own = psutil.Process()
    times = [each.cpu_times() for each in (own, *own.children(recursive=True))]
    return float(sum(each.user + each.system for each in times))


if __name__ == "__main__":
    main()
