"""The layout of an index on disk, the record of how it was made, and the lock for its writer.

    index/
        current.json            which build is served, and which one was before it
        database.json           the PostgreSQL database of an index that several servers share; then that has current.json,
                                the writer's lock, and a schema for each build, and the folder has only caches
        writer.lock             held by the process that writes; the system releases it when that process ends
        builds/0001/            a build: articles.sqlite (source of truth), vectors.faiss and vectors.json (cache),
                                in a large corpus words.postings and words.json (cache)

Articles removed in the page are kept beside it, in index-trash/.

Re-embedding fills a new build while the current one is served, then switches by replacing current.json.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
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
from embeddings.storage.database_place import DatabasePlace, PostgresSchema, PostgresServer, index_server
from embeddings.storage.index_files import delete_database, files_at, index_files, is_made, open_server
from embeddings.storage.store import Store

POINTER = "current.json"


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
    server: PostgresServer | None = None
    """That has its database; None if the folder does."""

    @property
    def store_file(self) -> Path:
        return self.folder / "articles.sqlite"

    @property
    def database(self) -> DatabasePlace:
        """Where its database is."""
        return open_server(self.server).build(self.folder.name) if self.server else self.store_file

    def exists(self) -> bool:
        """Return whether it has a database."""
        return is_made(self.database)

    def delete(self, *, ignore_errors: bool = False) -> None:
        """Delete its database and its folder; `ignore_errors` leaves what cannot be deleted now."""
        if self.server:
            with suppress(IndexBusy) if ignore_errors else nullcontext():
                delete_database(self.database)
                files = files_at(self.folder.parent.parent, self.server)
                for name in files.names(f"builds/{self.folder.name}/*"):
                    files.delete(name)
        if self.folder.exists():
            shutil.rmtree(self.folder, ignore_errors=ignore_errors)

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
    build = _build(index, pointer.current)
    if not build.exists():
        raise IndexDamaged(f"The index in {index} lacks its build {build.database}.", rebuild_step(index))
    return build


def has_index(index: Path) -> bool:
    """Return whether an index exists there.

    Raises:
        DatabaseUnavailable: its database is on a server that does not answer.
    """
    return index_files(index).read(POINTER) is not None


def previous_build(index: Path) -> Build | None:
    """Return the build that was served before the current one, or None."""
    pointer = _pointer(index)
    return _build(index, pointer.previous) if pointer and pointer.previous else None


def next_build(index: Path, record: BuildRecord) -> Build:
    """Return the folder for a new build: an unfinished one with the same record, or an empty one. Delete other unfinished ones."""
    pointer = _pointer_or_none(index)
    serving = {pointer.current, pointer.previous} if pointer else set()
    for build in _builds(index):
        if build.folder.name not in serving:
            if _record_of(build) == record:
                return build
            build.delete()
    number = max((int(build.folder.name) for build in _builds(index)), default=0) + 1
    build = _build(index, f"{number:04d}")
    build.folder.mkdir(parents=True, exist_ok=build.server is not None)
    return build


def switch_to(index: Path, build: Build) -> None:
    """Serve `build` from now on. Keep the previous build for `roll_back`, and delete older ones."""
    before = _pointer_or_none(index)
    previous = before.current if before else None
    _write_pointer(index, _Pointer(build.folder.name, previous))
    for older in _builds(index):
        if older.folder.name not in (build.folder.name, previous):
            older.delete(ignore_errors=True)  # a reader may still have it open; the next switch tries again


def roll_back(index: Path) -> Build:
    """Serve the previous build again.

    Raises:
        IndexMissing: there is no previous build.
    """
    pointer = _pointer(index)
    previous = previous_build(index)
    if pointer is None or previous is None or not previous.exists():
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
    for build in _builds(index):
        if build.folder.name != pointer.current:
            pruned.append(PrunedBuild(build.folder.name, _size(build)))
            build.delete(ignore_errors=True)  # a reader may still have it open
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
    """Lock the index for writing. The system, or the database's server, releases the lock when the process ends, even by a crash.

    Raises:
        IndexBusy: another process holds the lock.
        IndexUnwritable: the path is a file, or is not writable.
    """
    with writer_lock_at(index, index_server(index)):
        yield


@contextmanager
def writer_lock_at(index: Path, server: PostgresServer | None) -> Iterator[None]:
    """As `writer_lock`, of the index's databases on a server, or of those in its folder."""
    if server:
        with open_server(server).writing():
            yield
        return
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


def _build(index: Path, name: str) -> Build:
    return Build(index / "builds" / name, index_server(index))


def _builds(index: Path) -> list[Build]:
    return builds_at(index, index_server(index))


def builds_at(index: Path, server: PostgresServer | None) -> list[Build]:
    """Return all builds, finished or not, of the index's databases on a server, or of those in its folder; in order."""
    names = open_server(server).builds() if server else [folder.name for folder in (index / "builds").glob("[0-9]*")]
    return [Build(index / "builds" / name, server) for name in sorted(filter(str.isdigit, names))]


def _size(build: Build) -> int:
    """Return the bytes that a build takes."""
    place = build.database
    on_server = open_server(place.server).size(place) if isinstance(place, PostgresSchema) else 0
    return on_server + sum(file.stat().st_size for file in build.folder.rglob("*") if file.is_file())


def _record_of(build: Build) -> BuildRecord | None:
    if not build.exists():
        return None
    try:
        store = Store(build.database)
        try:
            return read_record(store, build.folder.parent.parent)
        finally:
            store.close()
    except (IndexDamaged, IndexMismatch):
        return None


def _pointer(index: Path) -> _Pointer | None:
    try:
        text = index_files(index).read(POINTER)
        if text is None:
            return None
        pointer = _Pointer(**json.loads(text))
        if not isinstance(pointer.current, str) or not isinstance(pointer.previous, str | None):
            raise TypeError("a build has a name")
        return pointer
    except (OSError, ValueError, TypeError) as error:
        raise IndexDamaged(
            f"{index / POINTER} cannot be read ({error}).", f"Rebuild the index: {reembed_command(index)}"
        ) from error


def _pointer_or_none(index: Path) -> _Pointer | None:
    """As `_pointer`, but None if it is damaged: a rebuild replaces it."""
    try:
        return _pointer(index)
    except IndexDamaged:
        return None


def _write_pointer(index: Path, pointer: _Pointer) -> None:
    index_files(index).write(POINTER, json.dumps(asdict(pointer)))
