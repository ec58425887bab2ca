"""Side by side with other systems: same articles, questions, encoder weights and machine, in one run; Markdown out.

    python -m benchmarks.peers OUT --data data/squad/dev.jsonl.gz        20 minutes on two cores, environments made before

Each system is set up as its own documentation says (benchmarks/peers/systems/), in a virtual environment of its own
that is made in OUT/venvs when it is not there yet: that needs a network, a quarter of an hour and 6 GB. Measuring needs none.
The questions are SQuAD's answerable measure questions, evenly spread; the warming ones are of its fit questions. How a
passage is judged: benchmarks/peers/evidence.py. The rounds are taken in turn, each starting with another system, so
that a noisy moment hits all. Indexing time is from reading files to searchable, encoder loaded; only this project's
includes writing the index, since it writes as it goes. Files are in the system's cache for all.

Exit status: 0 done, 1 a system failed (the table says why), 2 wrong usage.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.peers.environments import EnvironmentFailed, make_environment
from benchmarks.peers.evidence import Articles
from benchmarks.peers.measuring import Measured, Round, Work, run_round
from benchmarks.peers.processes import SystemFailed
from benchmarks.peers.systems import OURS, SYSTEMS, MeasuredSystem
from benchmarks.peers.table import report
from benchmarks.squad import DEFAULT_DATA, spread, write_corpus
from embeddings.command_line import run_command
from embeddings.encoders.packaged import packaged_folder
from embeddings.errors import ArticlesError

_WARMING = 20
_REQUIREMENTS = Path(__file__).parent / "systems"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path, help="working folder: articles, environments, logs, results.json")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA / "dev.jsonl.gz")
    parser.add_argument("--questions", type=int, default=400, metavar="N", help="evenly spread (default: 400)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="default: 3")
    parser.add_argument("--only", nargs="+", choices=[s.name for s in SYSTEMS], metavar="NAME", help="of the systems")
    options = parser.parse_args(arguments)
    if options.questions < 1 or options.rounds < 1:
        parser.error("--questions and --rounds take whole numbers from 1")
    return run_command(lambda: _compare(options))


def _compare(options: argparse.Namespace) -> int:
    work = prepare(options.data, options.out / "articles", options.questions)
    chosen = [system for system in SYSTEMS if not options.only or system.name in options.only]
    measured = measure(chosen, work, options.out, options.rounds)
    (options.out / "results.json").write_text(json.dumps([asdict(m) for m in measured], indent=1), "utf-8")
    print(report(measured, work))
    return int(any(m.failure for m in measured))


def prepare(data: Path, folder: Path, count: int) -> Work:
    """Write the articles and choose the questions.

    Raises:
        ArticlesError: the folder holds files of another run, or the data has no question to measure.
    """
    everything = write_corpus(data, folder)
    texts = {file.name: file.read_text("utf-8") for file in sorted(folder.iterdir())}
    strange = sorted(texts.keys() - {question.document for question in everything})
    if strange:
        raise ArticlesError(f"{folder} holds {strange[0]}, which is not in {data}.", "Name an empty folder as OUT.")
    answerable = [question for question in everything if question.answers]
    questions = spread([q for q in answerable if q.split == "measure"], count)
    if not questions:
        raise ArticlesError(f"{data} has no answerable measure question.", "Name a development file of SQuAD's.")
    warming = spread([q for q in answerable if q.split == "fit"], _WARMING)
    return Work(folder, Articles(texts), packaged_folder(), tuple(warming), tuple(questions))


def measure(systems: Sequence[MeasuredSystem], work: Work, out: Path, rounds: int) -> list[Measured]:
    """Measure each system in as many rounds; one that fails is not tried again and keeps its reason."""
    pythons: dict[MeasuredSystem, Path] = {}
    failures: dict[MeasuredSystem, str] = {}
    results: dict[MeasuredSystem, list[Round]] = {system: [] for system in systems}
    for system in systems:
        try:
            pythons[system] = _python(system, out)
        except EnvironmentFailed as error:
            failures[system] = f"its environment: {error}"
    for n in range(rounds):
        for system in [*systems[n % len(systems) :], *systems[: n % len(systems)]]:
            if system in failures:
                continue
            print(f"round {n + 1} of {rounds}: {system.title} …", file=sys.stderr, flush=True)
            try:
                results[system].append(run_round(system, pythons[system], work, out / "logs" / f"{system.name}.log"))
            except SystemFailed as error:
                failures[system] = str(error)
    return [Measured(system, tuple(results[system]), failures.get(system)) for system in systems]


def _python(system: MeasuredSystem, out: Path) -> Path:
    if system == OURS:
        return Path(sys.executable)
    requirements = _REQUIREMENTS / f"{system.name}_requirements.txt"
    return make_environment(out / "venvs" / system.name, requirements, out / "logs" / f"{system.name}-pip.log")


if __name__ == "__main__":
    sys.exit(main())
