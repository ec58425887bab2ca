"""Open a database where it is: a SQLite file, or a schema on a PostgreSQL server."""

from collections.abc import Sequence

from embeddings.storage.database import Database, Explain, Fault
from embeddings.storage.database_place import DatabasePlace, PostgresSchema
from embeddings.storage.sqlite_database import SqliteDatabase


def open_database(
    place: DatabasePlace | None,
    migrations: Sequence[str],
    explain: Explain,
    *,
    create: bool = False,
    postgres: Sequence[str] | None = None,
) -> Database:
    """Open a database and migrate its schema.

    Args:
        place: where it is; None for a SQLite database in memory.
        migrations: see `SqliteDatabase`.
        explain: makes the errors that are raised.
        create: create it if it is missing; otherwise a missing one is a fault.
        postgres: the migrations of a PostgreSQL server, if they are others.
    """
    if not isinstance(place, PostgresSchema):
        return SqliteDatabase(place, migrations, explain, create=create)
    try:
        from embeddings.storage.postgres_database import PostgresDatabase  # few need it
    except ImportError as error:
        raise explain(
            Fault.UNUSABLE, "it needs the package psycopg: pip install -r requirements-postgresql.txt"
        ) from error
    return PostgresDatabase(place, postgres or migrations, explain, create=create)
