"""Measure one round of one system: index in one process, then open the stored index and search in another."""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from benchmarks.peers.evidence import Articles, Judgement, judge
from benchmarks.peers.processes import MeasuredProcess
from benchmarks.peers.systems import MeasuredSystem
from benchmarks.squad import SquadQuestion

PASSAGES = 10
"""Passages requested per query."""


@dataclass(frozen=True)
class Work:
    """The input, the same for every system."""

    folder: Path
    articles: Articles
    encoder: Path
    """Folder of the encoder's files."""
    warming: tuple[SquadQuestion, ...]
    """Warm-up questions, asked first and not measured."""
    questions: tuple[SquadQuestion, ...]

    @property
    def characters(self) -> int:
        return sum(map(len, self.articles.texts.values()))


@dataclass(frozen=True)
class Round:
    """The results of one round of one system."""

    index_seconds: float
    """From reading files to being searchable, with the encoder already loaded."""
    chunks: int
    chunks_cut: int
    """Chunks that the encoder truncated."""
    cold_seconds: float
    """From the start of a process to its first passages from the stored index."""
    query_seconds: tuple[float, ...]
    judgements: tuple[Judgement, ...]
    index_peak_bytes: int
    query_peak_bytes: int
    versions: dict[str, str]


@dataclass(frozen=True)
class Measured:
    """A system with its rounds, and the reason if it failed."""

    system: MeasuredSystem
    rounds: tuple[Round, ...]
    failure: str | None = None


def run_round(system: MeasuredSystem, python: Path, work: Work, log: Path) -> Round:
    """Measure a system once.

    Raises:
        SystemFailed: the system reported an error, exited early or hung.
    """
    module, arguments = f"benchmarks.peers.systems.{system.name}_system", [str(work.encoder)]
    with tempfile.TemporaryDirectory() as rented:
        place = str(Path(rented, "index"))
        with MeasuredProcess(python, module, arguments, log) as process:
            indexed = process.ask("index", folder=str(work.folder), place=place)
            index_end = process.ask("peak")["result"]
            process.ask("store", place=place)
            encoded = process.ask("encoded")["result"]

        started = time.perf_counter()
        with MeasuredProcess(python, module, arguments, log) as process:
            process.ask("open", place=place)
            process.ask("search", query=work.questions[0].question, k=PASSAGES)
            cold_seconds = time.perf_counter() - started
            for question in work.warming:
                process.ask("search", query=question.question, k=PASSAGES)
            replies = [process.ask("search", query=q.question, k=PASSAGES) for q in work.questions]
            end = process.ask("end")["result"]
    return Round(
        index_seconds=indexed["seconds"],
        chunks=len(encoded["texts"]),
        chunks_cut=_cut(encoded["texts"], encoded["token_limit"], work.encoder),
        cold_seconds=cold_seconds,
        query_seconds=tuple(reply["seconds"] for reply in replies),
        judgements=tuple(
            judge(question, reply["result"], work.articles)
            for question, reply in zip(work.questions, replies, strict=True)
        ),
        index_peak_bytes=index_end,
        query_peak_bytes=end["peak_bytes"],
        versions=end["versions"],
    )


def _cut(texts: Sequence[str], token_limit: int, encoder: Path) -> int:
    """Return how many texts have more than `token_limit` tokens."""
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return sum(len(encoding.ids) > token_limit for encoding in tokenizer.encode_batch(list(texts)))
