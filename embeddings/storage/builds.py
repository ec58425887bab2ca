"""The layout of an index on disk, the record of how it was made, and the lock for its writer.

    index/
        current.json            which build is served, and which one was before it
        writer.lock             held by the process that writes; the system releases it when that process ends
        builds/0001/            a build: articles.sqlite (source of truth), vectors.faiss and vectors.json (cache)

Articles removed in the page are kept beside it, in index-trash/.

Re-embedding fills a new build while the current one is served, then switches by replacing current.json.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from embeddings.config import ChunkingConfig
from embeddings.encoders.encoder import EncoderIdentity
from embeddings.errors import (
    IndexBusy,
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    IndexUnwritable,
    rebuild_step,
    reembed_command,
)
from embeddings.storage.atomic import replace_file
from embeddings.storage.store import Store


@dataclass(frozen=True)
class BuildRecord:
    """How a build was made. Vectors and chunks of different records must not be mixed."""

    encoder: EncoderIdentity
    chunking: ChunkingConfig

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "BuildRecord":
        values = json.loads(text)
        chunking = {**values["chunking"]}
        chunking.pop("version", None)  # of older records; it is kept with each document now
        return cls(EncoderIdentity(**values["encoder"]), ChunkingConfig(**chunking))


@dataclass(frozen=True)
class Build:
    """One build's folder."""

    folder: Path

    @property
    def store_file(self) -> Path:
        return self.folder / "articles.sqlite"

    @property
    def vectors_file(self) -> Path:
        return self.folder / "vectors.faiss"


@dataclass(frozen=True)
class _Pointer:
    current: str
    previous: str | None


def trash_folder(index: Path) -> Path:
    """Return the folder for articles removed in the page: beside the index, which may be deleted at any time."""
    return index.absolute().with_name(f"{index.absolute().name}-trash")


def current_build(index: Path) -> Build:
    """Return the build that is served.

    Raises:
        IndexMissing: there is no index yet.
        IndexDamaged: current.json cannot be read, or its build is missing.
    """
    pointer = _pointer(index)
    if pointer is None:
        raise IndexMissing(
            f"There is no index in {index}.", f"Create one: python -m embeddings sync FOLDER --index {index}"
        )
    build = Build(index / "builds" / pointer.current)
    if not build.store_file.is_file():
        raise IndexDamaged(
            f"The index in {index} lacks its file {build.store_file}.",
            rebuild_step(index),
        )
    return build


def has_index(index: Path) -> bool:
    """Return whether an index exists there."""
    return _pointer_file(index).exists()


def previous_build(index: Path) -> Build | None:
    """Return the build that was served before the current one, or None."""
    pointer = _pointer(index)
    return Build(index / "builds" / pointer.previous) if pointer and pointer.previous else None


def next_build(index: Path, record: BuildRecord) -> Build:
    """Return the folder for a new build: an unfinished one with the same record, or an empty one. Delete other unfinished ones."""
    pointer = _pointer_or_none(index)
    serving = {pointer.current, pointer.previous} if pointer else set()
    for folder in _build_folders(index):
        if folder.name not in serving:
            if _record_of(Build(folder)) == record:
                return Build(folder)
            shutil.rmtree(folder)
    number = max((int(folder.name) for folder in _build_folders(index)), default=0) + 1
    folder = index / "builds" / f"{number:04d}"
    folder.mkdir(parents=True)
    return Build(folder)


def switch_to(index: Path, build: Build) -> None:
    """Serve `build` from now on. Keep the previous build for `roll_back`, and delete older ones."""
    before = _pointer_or_none(index)
    previous = before.current if before else None
    _write_pointer(index, _Pointer(build.folder.name, previous))
    for folder in _build_folders(index):
        if folder.name not in (build.folder.name, previous):
            # On Windows, a reader may still have it open; the next switch tries again.
            shutil.rmtree(folder, ignore_errors=True)


def roll_back(index: Path) -> Build:
    """Serve the previous build again.

    Raises:
        IndexMissing: there is no previous build.
    """
    pointer = _pointer(index)
    previous = previous_build(index)
    if pointer is None or previous is None or not previous.store_file.is_file():
        raise IndexMissing(f"The index in {index} has no earlier build to return to.", "Nothing was changed.")
    _write_pointer(index, _Pointer(previous.folder.name, pointer.current))
    return previous


@dataclass(frozen=True)
class PrunedBuild:
    """A build that was deleted."""

    name: str
    bytes: int


def prune(index: Path) -> list[PrunedBuild]:
    """Delete all builds but the one that is served, and return them; `roll_back` has nothing to return to afterwards."""
    pointer = _pointer(index)
    if pointer is None:
        return []
    _write_pointer(index, _Pointer(pointer.current, None))  # first: nothing may point to what is gone
    pruned = []
    for folder in _build_folders(index):
        if folder.name != pointer.current:
            pruned.append(PrunedBuild(folder.name, sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())))
            shutil.rmtree(folder, ignore_errors=True)  # on Windows, a reader may still have it open
    return pruned


def read_record(store: Store, index: Path) -> BuildRecord:
    """Return the record of an existing build.

    Raises:
        IndexMismatch: the record is missing, or in an unknown format.
    """
    text = store.record()
    try:
        return BuildRecord.from_json(text or "")
    except (ValueError, KeyError, TypeError) as error:
        raise IndexMismatch(
            f"The index in {index} has no readable record of how it was made.",
            f"Rebuild it: {reembed_command(index)}",
        ) from error


def check_record(found: BuildRecord, wanted: BuildRecord, index: Path) -> None:
    """Check that an index was made in the wanted way.

    Raises:
        IndexMismatch: the records differ; the message says how.
    """
    if found == wanted:
        return
    if found.encoder != wanted.encoder:
        what = f"by the model {_model_words(found.encoder)}, but {_model_words(wanted.encoder)} is in use"
        command = reembed_command(index, wanted.encoder.name)
    else:
        what = f"with other chunking ({found.chunking}) than is in use ({wanted.chunking})"
        command = reembed_command(index)
    raise IndexMismatch(f"The index in {index} was made {what}.", f"Build it again: {command}")


@contextmanager
def writer_lock(index: Path) -> Iterator[None]:
    """Lock the index for writing. The operating system releases the lock when the process ends, even by a crash.

    Raises:
        IndexBusy: another process holds the lock.
        IndexUnwritable: the path is a file, or is not writable.
    """
    lock = FileLock(index / "writer.lock", timeout=0)
    try:
        index.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise IndexBusy(
            f"Another process is writing to the index in {index}.", "Wait until it is done, then try again."
        ) from error
    except OSError as error:
        raise IndexUnwritable(
            f"The index in {index} cannot be written ({error.strerror}).", "Choose another folder with --index."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _model_words(encoder: EncoderIdentity) -> str:
    return f"{encoder.name} (weights {encoder.weights_sha256[:8]}, dimension {encoder.dimension})"


def _build_folders(index: Path) -> list[Path]:
    return sorted(folder for folder in (index / "builds").glob("[0-9]*") if folder.name.isdigit())


def _record_of(build: Build) -> BuildRecord | None:
    if not build.store_file.is_file():
        return None
    try:
        store = Store(build.store_file)
        try:
            return read_record(store, build.folder.parent.parent)
        finally:
            store.close()
    except (IndexDamaged, IndexMismatch):
        return None


def _pointer_file(index: Path) -> Path:
    return index / "current.json"


def _pointer(index: Path) -> _Pointer | None:
    try:
        pointer = _Pointer(**json.loads(_pointer_file(index).read_text()))
        if not isinstance(pointer.current, str) or not isinstance(pointer.previous, str | None):
            raise TypeError("a build has a name")
        return pointer
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise IndexDamaged(
            f"{_pointer_file(index)} cannot be read ({error}).", f"Rebuild the index: {reembed_command(index)}"
        ) from error


def _pointer_or_none(index: Path) -> _Pointer | None:
    """As `_pointer`, but None if it is damaged: a rebuild replaces it."""
    try:
        return _pointer(index)
    except IndexDamaged:
        return None


def _write_pointer(index: Path, pointer: _Pointer) -> None:
    replace_file(_pointer_file(index), json.dumps(asdict(pointer)).encode())
