"""Where a database is: a SQLite file, or a schema on a PostgreSQL server. An index's folder records its server."""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from embeddings.errors import (
    START_SERVER,
    ArticlesError,
    DatabaseUnavailable,
    IndexBusy,
    IndexDamaged,
    IndexMismatch,
)
from embeddings.storage.atomic import replace_file
from embeddings.storage.database import Fault

DATABASE_RECORD = "database.json"
_SCHEME = "postgresql"
# What libpq would read from a URL, but every user of the machine would read from the list of processes.
_SECRETS = ("password", "sslpassword")


class BadDatabase(ArticlesError):
    """A database cannot be understood, or is not the index's."""


@dataclass(frozen=True)
class PostgresServer:
    """A database on a PostgreSQL server. Its URL has no password, which libpq finds itself."""

    url: str

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True)
class PostgresSchema:
    """A schema of such a database: what a file is to SQLite."""

    server: PostgresServer
    name: str

    def __str__(self) -> str:
        return f"{self.server}, schema {self.name}"


HAS_SCHEMA = "SELECT count(*) FROM pg_tables WHERE schemaname = ? AND tablename = 'schema_version'"
"""A query for the number of schemas of a name, 0 or 1."""

DatabasePlace = Path | PostgresSchema


def parse_server(text: str) -> PostgresServer:
    """Return the database that a person names.

    Raises:
        BadDatabase: it cannot be understood, or there is a password in it.
    """
    try:
        url = urlsplit(text)
        options = parse_qs(url.query)
        is_whole = url.scheme == _SCHEME and (url.path.strip("/") or "service" in options) and url.port != 0
    except ValueError:
        is_whole = False
    if not is_whole:
        raise BadDatabase(f"{_hidden(text)} is not a database.", "Write postgresql://USER@HOST:PORT/NAME.")
    if url.password is not None or any(name in options for name in _SECRETS):
        raise BadDatabase(
            "There is a password in the name of the database, which every user of this machine can see.",
            "Leave it out, and write it to ~/.pgpass or the environment variable PGPASSWORD.",
        )
    return PostgresServer(text)


def _hidden(text: str) -> str:
    """Return a name for an error, without what may be a password."""
    scheme, _, rest = text.rpartition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if "@" in rest else text


def index_server(index: Path) -> PostgresServer | None:
    """Return the server that an index's database is on; None if it is files in the index's folder.

    Raises:
        IndexDamaged: the record cannot be read.
    """
    file = index / DATABASE_RECORD
    try:
        return PostgresServer(str(json.loads(file.read_text(encoding="utf-8"))["url"]))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise IndexDamaged(
            f"{file} cannot be read ({error}).", "Delete it, and name the database again with --database."
        ) from error


def record_server(index: Path, server: PostgresServer | None) -> None:
    """Record the server that an index's database is on, in one step; None is the index's folder."""
    file = index / DATABASE_RECORD
    if server:
        replace_file(file, json.dumps({"url": server.url}).encode())
    else:
        file.unlink(missing_ok=True)


def server_error(server: PostgresServer, fault: Fault, details: str) -> ArticlesError:
    """Return the error to show to the user when a server fails on an index."""
    if fault is Fault.BUSY:
        return IndexBusy(f"The index in {server} is in use by another process.", "Try again in a minute.")
    if fault is Fault.NEWER:
        return IndexMismatch(f"The index in {server} was made by a newer program ({details}).", "Update the program.")
    if fault in (Fault.DAMAGED, Fault.GONE):
        step = (
            "Restore a backup of the database, or make the index again: python -m embeddings sync FOLDER --database URL"
        )
        return IndexDamaged(f"The index in {server} is damaged ({details}).", step)
    return DatabaseUnavailable(f"The database {server} is out of reach ({details}).", START_SERVER)


def add_database_argument(parser: argparse._ActionsContainer) -> None:
    """Add --database to a command line."""
    parser.add_argument(
        "--database",
        metavar="URL",
        help="where articles, conversations and accounts are kept: postgresql://USER@HOST:PORT/NAME, without a password"
        " (default: where the index has them; a new index: files in its folder)",
    )


def settle_database(index: Path, given: str | None) -> None:
    """Record the database of a new folder for an index, or check that it is the one that `--database` says; None says nothing.

    Raises:
        BadDatabase: the index's database is another one, or cannot be understood.
    """
    if given is None:
        return
    wanted, server = parse_server(given), index_server(index)
    if server is None and not (index / "current.json").exists():
        index.mkdir(parents=True, exist_ok=True)
        record_server(index, wanted)
    elif server != wanted:
        raise BadDatabase(
            f"The index in {index} has its database in {server or 'its own folder'}, not in {wanted}.",
            "Leave --database out, name another folder with --index, or move it there:"
            f" python -m qa_app move-database --to {wanted} --index {index}",
        )
