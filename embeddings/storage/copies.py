"""Copy SQLite files while they are in use, and check copies."""

import sqlite3
from contextlib import closing
from pathlib import Path


def copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite file as it is at one moment, whatever other processes write meanwhile.

    The copy is one file: what is still in the source's write-ahead log is in it.

    Raises:
        sqlite3.Error: the source is damaged, or the target cannot be written.
    """
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as before,
        closing(sqlite3.connect(target)) as after,
    ):
        before.backup(after)  # all pages in one step: with several, each change by another process would start it again


def database_problems(file: Path) -> list[str]:
    """Return what SQLite's own check finds wrong with a file; an empty list if it is intact."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
            found = [str(row[0]) for row in database.execute("PRAGMA integrity_check(5)")]
    except sqlite3.Error as error:
        return [str(error)]
    return [] if found == ["ok"] else found
