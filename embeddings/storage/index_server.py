"""An index's PostgreSQL database as a whole: its small files, its builds, each in a schema, and the lock for its writer."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

from embeddings.errors import ArticlesError, IndexBusy
from embeddings.storage.database_place import HAS_SCHEMA, PostgresSchema, PostgresServer, server_error
from embeddings.storage.opening import open_database
from embeddings.storage.private_database import PrivateDatabase

_MIGRATIONS = ("CREATE TABLE files (name TEXT PRIMARY KEY, content TEXT NOT NULL);",)
_PREFIX = "articles_"
_BUILDS = f"{_PREFIX}build_"
_DROP_PATIENCE = "5s"
_WRITER = f"{_PREFIX}writer"


class IndexServer:
    """An index's database. Open it once and share it between threads."""

    def __init__(self, server: PostgresServer) -> None:
        """Connect to it, and make what it needs.

        Raises:
            DatabaseUnavailable: it does not answer, or refuses the user.
        """
        self.server = server
        self._explain = partial(server_error, server)
        self.database = PrivateDatabase(self.schema("index"), _MIGRATIONS, "files", self._explain, _unmade)

    def schema(self, name: str) -> PostgresSchema:
        """Return one of the database's schemas."""
        return PostgresSchema(self.server, f"{_PREFIX}{name}")

    def has(self, place: PostgresSchema) -> bool:
        """Return whether a schema exists."""
        with self.database.reading() as database:
            return bool(database.value(HAS_SCHEMA, (place.name,)))

    def builds(self) -> list[str]:
        """Return the names of the builds, in order."""
        with self.database.reading() as database:
            rows = database.rows(
                "SELECT substr(nspname, length(?1) + 1) FROM pg_namespace WHERE starts_with(nspname, ?1) ORDER BY nspname",
                (_BUILDS,),
            )
        return [name for (name,) in rows]

    def build(self, name: str) -> PostgresSchema:
        """Return the schema of a build."""
        return PostgresSchema(self.server, f"{_BUILDS}{name}")

    def size(self, place: PostgresSchema) -> int:
        """Return the size of a schema on the server's disk, in bytes."""
        with self.database.reading() as database:
            size = database.value(
                """SELECT sum(pg_total_relation_size(pg_class.oid)) FROM pg_class
                JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = ? AND relkind = 'r'""",
                (place.name,),
            )
        return int(size or 0)

    def drop(self, place: PostgresSchema) -> None:
        """Delete a schema, after those who are reading it.

        Raises:
            IndexBusy: somebody has been reading it for too long.
        """
        # A connection of its own: while it waits, others must be able to end.
        with closing(open_database(self.schema("index"), _MIGRATIONS, self._explain)) as connection:
            connection.execute("SELECT set_config('lock_timeout', ?, FALSE)", (_DROP_PATIENCE,))
            connection.execute(f"DROP SCHEMA IF EXISTS {place.name} CASCADE")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only writer of the index until the block ends, or this process does.

        Raises:
            IndexBusy: another process is writing.
        """
        with closing(open_database(self.schema("index"), _MIGRATIONS, self._explain)) as connection:
            if not connection.value("SELECT pg_try_advisory_lock(hashtextextended(?, 0))", (_WRITER,)):
                raise IndexBusy(
                    f"Another process is writing to the index in {self.server}.",
                    "Wait until it is done, then try again.",
                )
            yield


def _unmade(error: OSError) -> ArticlesError:
    raise AssertionError("a schema is no file") from error
