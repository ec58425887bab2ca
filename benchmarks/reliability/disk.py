"""Full disks of many sizes, for the index, conversations and uploads: it is told, nothing is lost, and work goes on later."""

import argparse
import random
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from embeddings.doctor import examine
from embeddings.errors import ArticlesError
from embeddings.storage.builds import has_index
from embeddings.sync import create_index, sync
from qa_app.records.conversations import Conversations
from qa_app.serving.corpus_service import Corpus
from tests.embeddings.helpers import SMALL, contents, write
from tests.embeddings.test_crash import FILES, OUTSIDE, new_text
from tests.fakes import WordEncoder
from tests.qa_app.records.conversations_made import RECEIPT, talked

_ROOM = "64m"
Work = Callable[[Path, int, random.Random], tuple[bool, list[str]]]
"""Takes a folder, the kB of the disk and chance; returns whether the full disk was told, and what was lost or is wrong."""


@contextmanager
def _small_disk(place: Path, kilobytes: int) -> Iterator[Path]:
    place.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def _make_room(disk: Path) -> None:
    subprocess.run(["mount", "-o", f"remount,size={_ROOM}", disk], check=True)


def _fill(disk: Path) -> None:
    with (disk / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(4096))


def index_on(root: Path, kilobytes: int, rng: random.Random) -> tuple[bool, list[str]]:
    """Sync where the disk fills up; return whether it did, and what is wrong."""
    folder, wrong = root / "articles", list[str]()
    with _small_disk(root / "disk", kilobytes) as disk:
        index, told = disk / "index", False
        for number in range(FILES):
            write(folder, f"{number}.txt", new_text(rng))
        try:
            sync(folder, index, WordEncoder(), SMALL)
        except (ArticlesError, OSError):
            told = True  # the command prints either in one line
        if told and has_index(index):
            with suppress(ArticlesError):  # as SQLite finds no room for its own files
                wrong = [f"{f.check}: {f.detail}" for f in examine(index) if not f.ok and f.check not in OUTSIDE]
        _make_room(disk)
        sync(folder, index, WordEncoder(), SMALL)  # no file was touched
        sync(folder, root / "fresh", WordEncoder(), SMALL)
        if contents(index) != contents(root / "fresh"):
            wrong.append("the sync with room does not give what a new index has")
        wrong += [f"{f.check}: {f.detail}" for f in examine(index, WordEncoder().identity) if not f.ok]
    return told, wrong


def conversations_on(root: Path, kilobytes: int, rng: random.Random) -> tuple[bool, list[str]]:
    """Ask until the disk is full."""
    wrong, told = list[str](), False
    with (
        _small_disk(root / "disk", kilobytes) as disk,
        closing(Conversations(disk / "conversations.sqlite3")) as kept,
    ):
        view, _ = talked(kept, "first", "second")
        asked = ["first", "second"]
        try:
            for position in range(2, 2000):
                view = kept.turns.ask(view, position, f"question {position}")
                asked.append(f"question {position}")
                kept.turns.answered(view.last_turn, RECEIPT)
        except ArticlesError:
            told = True
        if [turn.question for turn in kept.turns.of(view.conversation)] != asked:
            wrong.append("a question is missing")
        _make_room(disk)
        view = kept.turns.ask(view, len(asked), "one more")
        if [turn.question for turn in kept.turns.of(view.conversation)] != [*asked, "one more"]:
            wrong.append("it does not go on with room")
    return told, wrong


def uploads_on(root: Path, kilobytes: int, rng: random.Random) -> tuple[bool, list[str]]:
    """Upload over an article where the disk is full."""
    wrong = list[str]()
    upload = write(root, "0.txt", new_text(rng) * 200)
    with _small_disk(root / "disk", kilobytes) as disk:
        before = new_text(rng)
        write(disk / "articles", "0.txt", before)
        create_index(disk / "articles", root / "index", WordEncoder(), SMALL)
        with closing(Corpus(disk / "articles", root / "index", WordEncoder(), SMALL)) as corpus:
            _fill(disk)
            (outcome,) = corpus.add([upload])
            told = not outcome.taken
            if (disk / "articles" / "0.txt").read_text() != before:
                wrong.append("the article is not as it was")
            if {file.name for file in (disk / "articles").iterdir()} != {"0.txt"}:
                wrong.append("part of the upload is left")
            _make_room(disk)
            (outcome,) = corpus.add([upload])
            if not outcome.taken or (disk / "articles" / "0.txt").read_bytes() != upload.read_bytes():
                wrong.append("it is not added with room")
    return told, wrong


_KINDS: dict[str, tuple[Work, int, int]] = {
    "index": (index_on, 200, 700),
    "conversations": (conversations_on, 150, 1500),
    "uploads": (uploads_on, 40, 100),
}
"""What is tried, and on disks of how many kB."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sizes", type=int, default=10, help="of disks, for each kind (default: 10)")


def run(options: argparse.Namespace, place: str) -> int:
    """Print a row for each kind; returns 1 if anything was lost."""
    rng, failed = random.Random(options.seed), False
    print("| full disk under | tries | told | lost or wrong |\n|---|---|---|---|")
    for kind, (work, least, most) in _KINDS.items():
        found = [
            work(Path(place) / kind / str(number), rng.randint(least, most), rng) for number in range(options.sizes)
        ]
        wrong = [each for _, problems in found for each in problems]
        told = sum(was_told for was_told, _ in found)
        print(
            f"| {kind} | {len(found)} | {told} | {len(wrong)}{': ' + '; '.join(wrong[:3]) if wrong else ''} |",
            flush=True,
        )
        failed = failed or bool(wrong)
    return int(failed)
