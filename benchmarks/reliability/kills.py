"""`kill -9` at random moments of seven kinds of work: nothing that was committed is lost, nothing is falsified."""

import argparse
import multiprocessing
import os
import random
import shutil
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from embeddings.backup import backup, restore
from embeddings.doctor import examine
from embeddings.storage.builds import has_index, previous_build, roll_back, writer_lock
from embeddings.sync import reembed, sync
from qa_app.records.conversations import Conversations
from qa_app.serving.corpus_service import Corpus
from tests.embeddings.helpers import SMALL, contents, write
from tests.embeddings.test_crash import FILES, OUTSIDE, change, new_text
from tests.fakes import WordEncoder
from tests.qa_app.records.conversations_made import RECEIPT

_SLOWLY = 0.002  # seconds a text: slow enough to be killed at work
_LONGEST_S = 30.0
_ROUNDS = 3  # times the kills that are wanted: some runs end before they are killed


@dataclass(frozen=True)
class Place:
    """Where one kind of work is done."""

    root: Path

    @property
    def folder(self) -> Path:
        return self.root / "articles"

    @property
    def index(self) -> Path:
        return self.root / "index"

    @property
    def kept(self) -> Path:
        """The backup."""
        return self.root / "kept.zip"

    @property
    def uploads(self) -> Path:
        return self.root / "uploads"

    @property
    def conversations(self) -> Path:
        return self.root / "conversations.sqlite3"


# -- the work, each in a process of its own; it tells what it has finished


def _sync(place: Place, tell: Connection) -> None:
    sync(place.folder, place.index, WordEncoder(seconds_per_text=_SLOWLY), SMALL)


def _reembed(place: Place, tell: Connection) -> None:
    reembed(place.folder, place.index, WordEncoder(seconds_per_text=_SLOWLY), SMALL)


def _switch(place: Place, tell: Connection) -> None:
    """Re-embed with nothing to wait for, so that most of the time goes into the new build and the switch to it."""
    for _ in range(3):
        reembed(place.folder, place.index, WordEncoder(), SMALL)


def _roll_back(place: Place, tell: Connection) -> None:
    for _ in range(50):
        with writer_lock(place.index):
            roll_back(place.index)


def _upload(place: Place, tell: Connection) -> None:
    with closing(Corpus(place.folder, place.index, WordEncoder(seconds_per_text=_SLOWLY), SMALL)) as corpus:
        for upload in sorted(place.uploads.iterdir()):
            corpus.add([upload])
        corpus.start_sync()
        corpus.wait()


def _back_up(place: Place, tell: Connection) -> None:
    for _ in range(5):
        backup(place.index, place.kept)


def _converse(place: Place, tell: Connection) -> None:
    with closing(Conversations(place.conversations)) as kept:
        view = None
        for position in range(200):
            question = f"question {position} of {os.getpid()}"
            view = kept.turns.ask(view, position, question)
            tell.send((view.conversation, question))
            kept.turns.answered(view.last_turn, RECEIPT)


WORK: dict[str, Callable[[Place, Connection], None]] = {
    "sync": _sync,
    "re-embedding": _reembed,
    "switch": _switch,
    "rollback": _roll_back,
    "upload": _upload,
    "backup": _back_up,
    "conversation": _converse,
}


# -- what must hold after a kill


def _check(kind: str, place: Place, told: list[tuple[str, str]], number: int) -> list[str]:
    """Return what is wrong after a kill, and mend nothing but by the next sync."""
    if kind == "conversation":
        with closing(Conversations(place.conversations)) as kept:
            lost = [question for id, question in told if question not in [turn.question for turn in kept.turns.of(id)]]
            false = [t for e in kept.entries() for t in kept.turns.of(e.id) if t.receipt not in (None, RECEIPT)]
        return [f"{len(lost)} questions lost"] * bool(lost) + [f"{len(false)} falsified"] * bool(false)
    if kind == "backup":
        if place.kept.exists():
            restore(place.kept, place.root / f"restored {number}")
            same = contents(place.root / f"restored {number}") == contents(place.index)
            shutil.rmtree(place.root / f"restored {number}")
            return [] if same else ["the backup is not the index"]
        return []
    if not has_index(place.index):
        return []
    wrong = [f"{f.check}: {f.detail}" for f in examine(place.index) if not f.ok and f.check not in OUTSIDE]
    if kind == "upload":
        whole = {upload.name: upload.read_bytes() for upload in place.uploads.iterdir()}
        wrong += [
            f"{name} is neither old nor new"
            for name, words in whole.items()
            if (file := place.folder / name).exists()
            and file.read_bytes() != words
            and not file.read_bytes().startswith(b"The story")
        ]
    sync(place.folder, place.index, WordEncoder(), SMALL)
    sync(place.folder, place.root / f"fresh {number}", WordEncoder(), SMALL)
    if contents(place.index) != contents(place.root / f"fresh {number}"):
        wrong.append("the next sync does not give what a new index has")
    shutil.rmtree(place.root / f"fresh {number}")
    return wrong


def _prepare(kind: str, place: Place, rng: random.Random) -> None:
    """Make something to do."""
    if kind == "upload":
        shutil.rmtree(place.uploads, ignore_errors=True)
        names = [file.name for file in place.folder.glob("*.txt")][:5]
        for name in [*names, *(f"new {rng.randrange(10**6)}.txt" for _ in range(5))]:
            write(place.uploads, name, new_text(rng))
    elif kind in ("sync", "re-embedding"):
        change(place.folder, rng)
    elif kind == "rollback" and previous_build(place.index) is None:
        reembed(place.folder, place.index, WordEncoder(), SMALL)


def _run(kind: str, place: Place, after_s: float) -> tuple[bool, list[tuple[str, str]], float]:
    """Do the work, killed after some seconds; return whether it was, what it had told, and the seconds that it ran."""
    context = multiprocessing.get_context("forkserver")
    listen, tell = context.Pipe(duplex=False)
    process = context.Process(target=WORK[kind], args=(place, tell))
    started = time.monotonic()
    process.start()
    tell.close()
    told: list[tuple[str, str]] = []
    while process.is_alive() and time.monotonic() - started < after_s:
        if listen.poll(0.002):
            try:
                told.append(listen.recv())
            except EOFError:
                process.join(max(0.0, after_s - (time.monotonic() - started)))
    process.kill()
    process.join()
    try:
        while listen.poll():
            told.append(listen.recv())
    except (EOFError, OSError):
        pass
    return process.exitcode != 0, told, time.monotonic() - started


def campaign(kind: str, kills: int, root: Path, seed: int) -> tuple[int, list[str]]:
    """Kill one kind of work so often; return the kills, and what was wrong after any of them."""
    rng, place = random.Random(f"{kind} {seed}"), Place(root / kind)
    for number in range(FILES):
        write(place.folder, f"{number}.txt", new_text(rng))
    sync(place.folder, place.index, WordEncoder(), SMALL)
    _prepare(kind, place, rng)
    _, _, whole_s = _run(kind, place, _LONGEST_S)
    killed, wrong = 0, list[str]()
    for number in range(_ROUNDS * kills):
        if killed == kills:
            break
        _prepare(kind, place, rng)
        was_killed, told, _ = _run(kind, place, rng.uniform(0.02, 0.9) * whole_s)
        killed += was_killed
        wrong += _check(kind, place, told, number)
    return killed, wrong


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kills", type=int, default=100, help="in all (default: 100)")
    parser.add_argument("--kinds", nargs="+", choices=WORK, default=list(WORK))


def run(options: argparse.Namespace, place: str) -> int:
    """Print a row for each kind of work; returns 1 if anything was lost or falsified."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["benchmarks.reliability.kills"])
    print("| killed during | kills | lost or falsified |\n|---|---|---|")
    failed = False
    for i, kind in enumerate(options.kinds):
        share = options.kills // len(options.kinds) + (i < options.kills % len(options.kinds))
        killed, wrong = campaign(kind, share, Path(place), options.seed)
        print(f"| {kind} | {killed} | {len(wrong)}{': ' + '; '.join(wrong[:3]) if wrong else ''} |", flush=True)
        failed = failed or bool(wrong)
    return int(failed)
