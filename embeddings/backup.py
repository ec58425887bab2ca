"""Back up an index to one file and restore it: articles, vectors, conversations and settings, while it is in use.

The file is a ZIP with `manifest.json`, which lists each entry with its size and SHA-256. Left out are the vector cache, which
the next start makes again from the stored vectors, earlier builds, where the index was searched, and the folder's own files.
"""

import hashlib
import json
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import IO

from embeddings.errors import ArticlesError
from embeddings.storage.atomic import replacing
from embeddings.storage.builds import Build, current_build, has_index, switch_to, writer_lock
from embeddings.storage.copies import copy_database, database_problems
from embeddings.storage.database_place import index_server
from embeddings.storage.search_place import SEARCH_RECORD

FORMAT = 1
_MANIFEST = "manifest.json"
_DATABASES = (".sqlite", ".sqlite3")
_SETTINGS = ".json"
_POINTER = "current.json"
_ARTICLES = "articles.sqlite"
_BLOCK = 1 << 20
# Conversations are for their owner's eyes, in the index and in its backup.
_OWN = 0o600


class BackupDamaged(ArticlesError):
    """A file is not a backup of an index, or is damaged."""


class BackupFailed(ArticlesError):
    """A backup could not be written, or may not be restored to the given place."""


@dataclass(frozen=True)
class Entry:
    """A file of an index in a backup."""

    name: str
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds."""

    format: int
    made_at: str
    """ISO 8601, UTC."""
    entries: tuple[Entry, ...]


def backup(index: Path, file: Path) -> Manifest:
    """Write an index to `file`, which is replaced when the backup is complete.

    Each database is copied as it is at one moment; questions, a sync or a server may go on meanwhile.

    Raises:
        IndexMissing, IndexDamaged: there is no index to back up, or it cannot be read.
        BackupFailed: a database cannot be copied, or is on a server, or `file` cannot be written.
    """
    if server := index_server(index):
        raise BackupFailed(
            f"The index in {index} has its database in {server}.",
            f"Back that up as other databases: pg_dump --format=custom --file={file.with_suffix('.dump')} {server}",
        )
    build = current_build(index)
    with tempfile.TemporaryDirectory(prefix="backup-") as place, _explained(index, file):
        copies = [_copied(build.store_file, Path(place) / _ARTICLES)]
        for kept in sorted(index.iterdir()):
            if kept.suffix in _DATABASES:
                copies.append(_copied(kept, Path(place) / kept.name))
            elif kept.suffix == _SETTINGS and kept.name not in (_POINTER, SEARCH_RECORD):
                copies.append(Path(shutil.copy2(kept, place)))
        entries = tuple(Entry(copy.name, copy.stat().st_size, _sha256(copy)) for copy in copies)
        manifest = Manifest(FORMAT, datetime.now(timezone.utc).isoformat(timespec="seconds"), entries)
        with (
            replacing(file, _OWN) as stream,
            zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        ):
            archive.writestr(_MANIFEST, json.dumps(asdict(manifest), indent=2))
            for copy in copies:
                archive.write(copy, copy.name)
    return manifest


def restore(file: Path, index: Path) -> Manifest:
    """Restore a backup to `index`, where no index may be. Everything is checked before anything is put in place.

    Raises:
        BackupDamaged: `file` is not a backup, or a byte of it has changed.
        BackupFailed: there is an index in `index` already, or it cannot be written.
    """
    if server := index_server(index):
        raise BackupFailed(
            f"The index in {index} has its database in {server}.",
            f"Name another folder with --index, or restore a dump: pg_restore --dbname={server} FILE",
        )
    if has_index(index):
        raise BackupFailed(
            f"There is an index in {index} already.", "Name another folder with --index, or move that one away."
        )
    with (
        _explained(index, file),
        writer_lock(index),
        tempfile.TemporaryDirectory(prefix="restore-", dir=index) as place,
    ):
        manifest = _unpack(file, Path(place))
        build = Build(index / "builds" / "0001")
        build.folder.mkdir(parents=True, exist_ok=True)
        for entry in manifest.entries:
            unpacked = Path(place) / entry.name
            if entry.name != _ARTICLES:
                unpacked.chmod(_OWN)
            unpacked.replace(build.store_file if entry.name == _ARTICLES else index / entry.name)
        switch_to(index, build)  # last: until then there is no index to open
    return manifest


def _unpack(file: Path, place: Path) -> Manifest:
    """Unpack and check a backup."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _manifest(archive)
            for entry in manifest.entries:
                with archive.open(entry.name) as packed, (place / entry.name).open("wb") as unpacked:
                    _copy(packed, unpacked, entry.size)
                if _sha256(place / entry.name) != entry.sha256:
                    raise _damaged(file, f"{entry.name} is not as it was written")
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.filename and Path(error.filename) != file:
            raise
        raise _damaged(file, str(error)) from error
    for entry in manifest.entries:
        if Path(entry.name).suffix in _DATABASES and (problems := database_problems(place / entry.name)):
            raise _damaged(file, f"{entry.name}: {problems[0]}")
    return manifest


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    values = json.loads(archive.read(_MANIFEST))
    if values["format"] != FORMAT:
        raise ValueError(f"its format is {values['format']}, and this program reads {FORMAT}")
    entries = tuple(Entry(**entry) for entry in values["entries"])
    names = [entry.name for entry in entries]
    if _ARTICLES not in names or any(Path(name).name != name or name == _POINTER for name in names):
        raise ValueError("its list of files is not one that a backup has")
    return Manifest(values["format"], values["made_at"], entries)


def _copy(source: IO[bytes], target: IO[bytes], size: int) -> None:
    """Copy `size` bytes; an entry that unpacks to more is not the one that was written."""
    left = size + 1
    while block := source.read(min(_BLOCK, left)):
        target.write(block)
        left -= len(block)
    if left != 1:
        raise ValueError("an entry does not have the size that it was written with")


def _copied(source: Path, target: Path) -> Path:
    copy_database(source, target)
    return target


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        digest = hashlib.sha256()
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _damaged(file: Path, why: str) -> BackupDamaged:
    return BackupDamaged(f"{file} is not an intact backup: {why}.", "Restore another backup.")


@contextmanager
def _explained(index: Path, file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise BackupFailed(
            f"A database in {index} cannot be copied ({error}).",
            f"Check it: python -m embeddings doctor --index {index}",
        ) from error
    except OSError as error:
        raise BackupFailed(
            f"{error.filename or file} cannot be read or written ({error.strerror}).",
            "Check the path and the free space.",
        ) from error
