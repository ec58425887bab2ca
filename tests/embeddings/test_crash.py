"""`kill -9` at random moments of a sync, 20 times: nothing committed is lost, and the next sync continues."""

import multiprocessing
import random
import shutil
import sys
import time
from collections.abc import Sequence
from multiprocessing.context import BaseContext
from pathlib import Path

import pytest

from embeddings.doctor import examine
from embeddings.encoders.encoder import Vectors
from embeddings.storage.builds import has_index
from embeddings.sync import reembed, sync
from tests.embeddings.helpers import SMALL, article, assert_healthy, contents, titled, write
from tests.fakes import WordEncoder

FILES = 30
KILLS = 20
# After a kill, the folder is ahead of the index and the cache file may be missing: neither is damage.
OUTSIDE = {"folder", "FAISS file"}


def write_index(folder: Path, index: Path, rebuild: bool) -> None:
    """Sync or re-embed slowly enough to be killed at work."""
    (reembed if rebuild else sync)(folder, index, WordEncoder(seconds_per_text=0.002), SMALL)


def new_text(rng: random.Random) -> str:
    subject = f"{rng.choice(['dam', 'canal', 'bridge', 'tower'])} {rng.randrange(1000)}"
    return titled(f"The story of the {subject}", subject, rng.randint(1, 5))


def change(folder: Path, rng: random.Random) -> None:
    """Edit, add, delete, move and break about half of the files."""
    for file in sorted(folder.rglob("*.txt")):
        match rng.randrange(10):
            case 0 | 1:
                file.write_text(new_text(rng))
            case 2:
                file.write_text(file.read_text() + "\n\nA last paragraph was added to it, and a long one.")
            case 3:
                file.unlink()
            case 4:
                target = folder / f"moved {rng.randrange(10**6)}.txt"
                file.rename(target)
            case 5:
                file.write_bytes(rng.choice([b"", b"\x00"]))
    for _ in range(FILES - len(list(folder.rglob("*.txt")))):
        write(folder, f"sub/{rng.randrange(10**6)}.txt", new_text(rng))


@pytest.fixture(scope="module")
def processes() -> BaseContext:
    """Processes that start at once, because the libraries are loaded in the server that they are forked from."""
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["embeddings.sync", "tests.fakes", "tests.embeddings.helpers"])
    return context


def run_killed(processes: BaseContext, after_s: float, folder: Path, index: Path, rebuild: bool) -> bool:
    """Start the sync and kill it after `after_s` seconds. Return False if it had finished before."""
    process = processes.Process(target=write_index, args=(folder, index, rebuild))  # type: ignore[attr-defined]
    process.start()
    process.join(after_s)
    process.kill()
    process.join()
    return bool(process.exitcode != 0)


def test_a_sync_killed_at_any_moment_loses_nothing_and_the_next_continues(
    tmp_path: Path, processes: BaseContext
) -> None:
    rng = random.Random(20240517)
    folder, index = tmp_path / "articles", tmp_path / "index"
    for number in range(FILES):
        write(folder, f"{number}.txt", new_text(rng))
    assert not run_killed(processes, 60, folder, tmp_path / "warm", rebuild=False)
    started = time.monotonic()
    assert not run_killed(processes, 60, folder, tmp_path / "measured", rebuild=False)
    whole_s = time.monotonic() - started

    killed = round_number = 0
    while killed < KILLS:
        round_number += 1
        assert round_number <= 3 * KILLS, "most runs finish before they are killed"
        kind = rng.choice(["first", "sync", "sync", "reembed"])
        if kind == "first":
            shutil.rmtree(index, ignore_errors=True)
        else:
            change(folder, rng)
        killed += run_killed(processes, rng.uniform(0.0, 0.9) * whole_s, folder, index, rebuild=kind == "reembed")
        if has_index(index):
            inside = [finding for finding in examine(index) if not finding.ok and finding.check not in OUTSIDE]
            assert inside == [], f"after kill {round_number} of a {kind}"

        sync(folder, index, WordEncoder(), SMALL)
        assert_healthy(index, WordEncoder())
        fresh = tmp_path / f"fresh {round_number}"
        sync(folder, fresh, WordEncoder(), SMALL)
        assert contents(index) == contents(fresh), f"after kill {round_number} of a {kind}"

    reembed(folder, index, WordEncoder(), SMALL)
    assert_healthy(index, WordEncoder())
    assert contents(index) == contents(fresh)


def test_a_rename_killed_while_encoding_gets_its_new_title(tmp_path: Path, processes: BaseContext) -> None:
    folder, index = tmp_path / "articles", tmp_path / "index"
    write(folder, "dam.txt", article("dam"))
    sync(folder, index, WordEncoder(), SMALL)
    (folder / "dam.txt").rename(folder / "big_dam.txt")
    encoding = tmp_path / "encoding"
    process = processes.Process(target=encode_for_ever, args=(folder, index, encoding))  # type: ignore[attr-defined]
    process.start()
    while process.is_alive() and not encoding.exists():
        time.sleep(0.01)
    process.kill()
    process.join()
    assert encoding.exists()
    sync(folder, index, WordEncoder(), SMALL)
    assert_healthy(index)
    sync(folder, tmp_path / "fresh", WordEncoder(), SMALL)
    assert contents(index) == contents(tmp_path / "fresh")


class EndlessEncoder(WordEncoder):
    """Creates the file `encoding`, then sleeps until it is killed."""

    def __init__(self, encoding: Path) -> None:
        super().__init__()
        self._encoding = encoding

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        self._encoding.touch()
        time.sleep(60)
        return super().encode_documents(texts)


def encode_for_ever(folder: Path, index: Path, encoding: Path) -> None:
    sync(folder, index, EndlessEncoder(encoding), SMALL)
