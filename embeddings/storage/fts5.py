"""Full text in SQLite: FTS5. Its index follows its table by itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from embeddings.errors import IndexBusy, IndexDamaged
from embeddings.storage.database import FULL_TEXT, Database, placeholders


@dataclass(frozen=True)
class Fts5:
    """See `embeddings.storage.database.FullText`."""

    database: Database

    def add(self, table: str, rows: Mapping[int, Mapping[str, str]]) -> None:
        names = FULL_TEXT[table]
        values = [(row, *(columns[name] for name in names)) for row, columns in rows.items()]
        self.database.execute_many(
            f"INSERT INTO {table} (rowid, {', '.join(names)}) VALUES ({placeholders(values[0])})", values
        )

    def score(self, table: str, expression: str, rows: int | None = None) -> tuple[str, tuple[object, ...]]:
        return f"-bm25({table})", ()

    def vocabulary(self) -> str:
        self.database.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab('main', 'chunk_words', 'row')"
        )
        return "temp.vocabulary"

    def problems(self, table: str) -> Iterator[str]:
        """Run FTS5's own integrity check, which older versions of SQLite do not include in theirs. It needs write access."""
        try:
            with self.database.reading():
                self.database.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
        except IndexBusy:
            return
        except IndexDamaged as error:
            yield error.what

    def rebuild(self, table: str) -> None:
        self.database.execute(f"INSERT INTO {table} ({table}) VALUES ('rebuild')")
