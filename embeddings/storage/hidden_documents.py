"""Documents that a connection does not see: those with certain labels."""

from collections.abc import Collection

from embeddings.storage.database import Database

# Names are looked up among temporary views first, so that no query of the store can forget the limit. Which files failed is
# not told either: what such a file states is unknown.
_VIEWS = """
    CREATE TEMP TABLE hidden_labels (label TEXT PRIMARY KEY);
    CREATE TEMP TABLE hidden_ids (id INTEGER PRIMARY KEY);
    CREATE TEMP VIEW documents AS SELECT * FROM main.documents WHERE id NOT IN (SELECT id FROM temp.hidden_ids);
    CREATE TEMP VIEW chunks AS SELECT * FROM main.chunks WHERE document_id NOT IN (SELECT id FROM temp.hidden_ids);
    CREATE TEMP VIEW failures AS SELECT * FROM main.failures WHERE FALSE;
"""
_HIDDEN = """SELECT id FROM main.documents AS document
    WHERE EXISTS (SELECT 1 FROM json_each(stated_labels) WHERE casefold(value) IN (SELECT label FROM temp.hidden_labels))
    OR EXISTS (SELECT 1 FROM main.labels AS given WHERE given.folder_id = document.folder_id AND given.path = document.path
        AND casefold(given.label) IN (SELECT label FROM temp.hidden_labels))"""


class HiddenDocuments:
    """Hides documents from all that one connection reads; for reading only. Not thread-safe."""

    def __init__(self, database: Database, labels: Collection[str]) -> None:
        """Hide the documents that have one of these labels, in any case, stated or given."""
        self._database = database
        self._ids: list[tuple[int]] = []
        self._as_of: int | None = None
        database.keep_temporary_tables_in_memory()
        for statement in filter(str.strip, _VIEWS.split(";")):
            database.execute(statement)
        database.execute_many(
            "INSERT INTO temp.hidden_labels VALUES (?) ON CONFLICT DO NOTHING",
            [(label.casefold(),) for label in labels],
        )

    def hide(self) -> None:
        """Hide them until the end of the read transaction that has just begun."""
        generation = int(self._database.value("SELECT generation FROM build"))  # a label makes a new one too
        if generation != self._as_of:
            self._ids = [(document_id,) for (document_id,) in self._database.rows(_HIDDEN)]
            self._as_of = generation
        self._database.execute_many("INSERT INTO temp.hidden_ids VALUES (?)", self._ids)
