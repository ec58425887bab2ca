"""The small files of an index, such as which build is served: in its folder, or for several servers in its PostgreSQL database."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Protocol

from embeddings.storage.atomic import replace_file
from embeddings.storage.database_place import DatabasePlace, PostgresSchema, PostgresServer, index_server
from embeddings.storage.index_server import IndexServer
from embeddings.storage.private_database import PrivateDatabase
from embeddings.storage.sqlite_database import delete_file


class IndexFiles(Protocol):
    """Texts by name, such as `current.json` or `builds/0001/milvus.json`."""

    def read(self, name: str) -> str | None:
        """Return a text; None if there is none of this name."""
        ...

    def write(self, name: str, text: str) -> None:
        """Write a text, all of it or nothing."""
        ...

    def delete(self, name: str) -> None:
        """Delete a text, if there is one."""
        ...

    def names(self, pattern: str) -> list[str]:
        """Return the names that match a pattern, as of a shell."""
        ...


@dataclass(frozen=True)
class FolderFiles:
    """The files of an index's own folder."""

    index: Path

    def read(self, name: str) -> str | None:
        try:
            return (self.index / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def write(self, name: str, text: str) -> None:
        replace_file(self.index / name, text.encode())

    def delete(self, name: str) -> None:
        (self.index / name).unlink(missing_ok=True)

    def names(self, pattern: str) -> list[str]:
        return [file.relative_to(self.index).as_posix() for file in self.index.glob(pattern)]


@dataclass(frozen=True)
class ServerFiles:
    """The files in an index's database."""

    server: IndexServer

    def read(self, name: str) -> str | None:
        with self.server.database.reading() as database:
            text: str | None = database.value("SELECT content FROM files WHERE name = ?", (name,))
        return text

    def write(self, name: str, text: str) -> None:
        with self.server.database.changing() as database:
            database.execute(
                "INSERT INTO files (name, content) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET content = excluded.content",
                (name, text),
            )

    def delete(self, name: str) -> None:
        with self.server.database.changing() as database:
            database.execute("DELETE FROM files WHERE name = ?", (name,))

    def names(self, pattern: str) -> list[str]:
        with self.server.database.reading() as database:
            rows = database.rows("SELECT name FROM files")
        return [name for (name,) in rows if PurePath(name).match(pattern)]


def index_files(index: Path) -> IndexFiles:
    """Return the files of an index.

    Raises:
        DatabaseUnavailable: they are on a server that does not answer.
    """
    return files_at(index, index_server(index))


def files_at(index: Path, server: PostgresServer | None) -> IndexFiles:
    """Return the files of an index on a server, or those in its folder; see `index_files`."""
    return FolderFiles(index) if server is None else ServerFiles(open_server(server))


@dataclass(frozen=True)
class DatabaseBeside:
    """A database that belongs to an index, besides that of its articles."""

    schema: str
    """Its name on the index's server."""
    file: str
    """Its name in the index's folder, if the index has no server."""
    opened: Callable[[DatabasePlace], PrivateDatabase]
    """Opens it, or makes it."""

    def place(self, index: Path) -> DatabasePlace:
        """Return where it is."""
        return self.place_at(index, index_server(index))

    def place_at(self, index: Path, server: PostgresServer | None) -> DatabasePlace:
        """Return where it is on a server, or in the index's folder."""
        return PostgresSchema(server, self.schema) if server else index / self.file


def is_made(place: DatabasePlace) -> bool:
    """Return whether a database exists.

    Raises:
        DatabaseUnavailable: it is on a server that does not answer.
    """
    return open_server(place.server).has(place) if isinstance(place, PostgresSchema) else place.exists()


def delete_database(place: DatabasePlace) -> None:
    """Delete a database, if it exists.

    Raises:
        IndexBusy: it is on a server, and somebody has been reading it for too long.
    """
    if isinstance(place, PostgresSchema):
        open_server(place.server).drop(place)
    else:
        delete_file(place)


def open_server(server: PostgresServer) -> IndexServer:
    """Return this process's connection to the server of an index.

    Raises:
        DatabaseUnavailable: it does not answer.
    """
    return _opened(server, os.getpid())


@lru_cache(maxsize=16)
def _opened(server: PostgresServer, process: int) -> IndexServer:
    return IndexServer(server)
