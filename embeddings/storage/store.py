"""The database with documents, chunks, vectors and words: the source of truth that all else can be rebuilt from."""

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

from embeddings.documents.chunks import Chunk
from embeddings.documents.document import Document
from embeddings.encoders.encoder import Vectors
from embeddings.errors import ArticlesError, IndexBusy, IndexDamaged, IndexMismatch, rebuild_step
from embeddings.folders import Folder
from embeddings.storage.catalogue_table import CatalogueTable
from embeddings.storage.checks import Checks
from embeddings.storage.chunk_table import ChunkTable
from embeddings.storage.database import Database, Fault
from embeddings.storage.database_place import DatabasePlace, PostgresSchema, server_error
from embeddings.storage.document_table import DocumentTable
from embeddings.storage.failure_table import FailureTable
from embeddings.storage.folder_table import FOLDER_ID, FolderTable
from embeddings.storage.hidden_documents import HiddenDocuments
from embeddings.storage.label_table import LabelTable
from embeddings.storage.left_out_table import LeftOutTable
from embeddings.storage.migrations import MIGRATIONS
from embeddings.storage.opening import open_database
from embeddings.storage.postgres_migrations import POSTGRES_MIGRATIONS
from embeddings.storage.put_back_table import PutBackTable
from embeddings.storage.table_copies import copy_tables, differences
from embeddings.storage.vector_table import VectorTable


class Store(
    FolderTable,
    DocumentTable,
    CatalogueTable,
    ChunkTable,
    VectorTable,
    FailureTable,
    PutBackTable,
    LabelTable,
    LeftOutTable,
    Checks,
):
    """A connection to one build's database, for one thread at a time.

    It puts, renames and deletes whole documents, in transactions that each make a new generation; it reads one generation,
    searches chunks by words, and returns the vectors that changed since a generation. "Inside a transaction" means inside
    `transaction`.

    Every method raises IndexBusy if another process locks the database for too long, and IndexDamaged if it cannot be used.
    """

    def __init__(self, place: DatabasePlace, *, create: bool = False, hidden: Collection[str] = ()) -> None:
        """Open a build's database, and migrate its schema.

        Args:
            place: the SQLite file, or the PostgreSQL schema.
            create: create it if it is missing.
            hidden: labels; documents that have one of them are not read, as if they did not exist. Such a store only reads,
                and only what comes after `hide`, inside `reading`, is without them.

        Raises:
            IndexDamaged: it is missing, damaged, or not a SQLite database.
            IndexMismatch: it was made by a newer program, or by an older one and is read-only.
            DatabaseUnavailable: its server does not answer.
        """
        self.place = place
        self._database: Database = open_database(
            place, MIGRATIONS, self._explain, create=create, postgres=POSTGRES_MIGRATIONS
        )
        self._hidden = HiddenDocuments(self._database, hidden) if hidden else None

    def close(self) -> None:
        self._database.close()

    @property
    def is_read_only(self) -> bool:
        """Whether the file or its folder cannot be written."""
        return self._database.is_read_only

    @property
    def is_frozen(self) -> bool:
        """Whether the file was opened as immutable; see `Database.is_frozen`."""
        return self._database.is_frozen

    def is_alive(self) -> bool:
        """Return whether it can still be used after a while; a server may have gone meanwhile."""
        return self._database.is_alive()

    @contextmanager
    def transaction(self) -> Iterator[int]:
        """Run the block as one change of the corpus, all or nothing. Yield the new generation."""
        with self._database.transaction():
            self._database.execute("UPDATE build SET generation = generation + 1")
            yield self.generation()

    @property
    def is_partial(self) -> bool:
        """Whether some documents may be hidden."""
        return self._hidden is not None

    def hide(self) -> None:
        """Hide what is hidden from now on, inside `reading`, until it ends."""
        if self._hidden:
            self._hidden.hide()

    def reading(self) -> AbstractContextManager[None]:
        """Run the block on one consistent state of the corpus, whatever others write meanwhile."""
        return self._database.reading()

    # -- as a whole

    def copy_to(self, other: "Store") -> None:
        """Copy all of it into a new store, in one transaction; this one must not change meanwhile."""
        with self._database.reading(), other._database.transaction():
            copy_tables(self._database, other._database)

    def differences(self, other: "Store") -> list[str]:
        """Compare all of two stores; return what differs."""
        return differences(self._database, other._database)

    # -- the build

    def record(self) -> str | None:
        """Return the build record as JSON, or None in a new file."""
        found: str | None = self._database.value("SELECT record FROM build")
        return found

    def write_record(self, record: str, folders: Sequence[Folder]) -> None:
        """Write the build record and the folders; must come before all other writes."""
        with self._database.transaction():
            self._database.execute(
                "INSERT INTO build (id, record, generation, identity) VALUES (1, ?, 0, ?)",
                (record, secrets.token_hex(16)),
            )
            for folder in folders:
                self.put_folder(folder)

    def generation(self) -> int:
        """Return the number of committed changes of the corpus."""
        return int(self._database.value("SELECT generation FROM build") or 0)

    def identity(self) -> str:
        """Return an identifier unique to this database, even if another one is made in the same place later."""
        return str(self._database.value("SELECT identity FROM build"))

    # -- whole documents

    def put_document(
        self,
        folder: str,
        document: Document,
        stamp: str,
        chunks: Sequence[Chunk],
        encoded: Mapping[bytes, Vectors],
        generation: int,
    ) -> None:
        """Insert or replace a document of a folder, with its chunks; inside a transaction.

        Chunks with unchanged content keep their ids and vectors. `encoded` has the new vectors, (dimension,), by content key.
        """
        document_id = self._put_document_row(folder, document, stamp)
        self._put_left_out(document_id, document)
        self._put_vectors(encoded)
        self._put_chunks(document_id, document.title, chunks, generation)
        self.clear_failure(document.file, folder)

    def put_reading(
        self,
        document_id: int,
        document: Document,
        chunks: Sequence[Chunk],
        encoded: Mapping[bytes, Vectors],
        generation: int,
    ) -> None:
        """Replace what is read of a stored document, its text being the same; inside a transaction. See `put_document`."""
        self._put_boilerplate(document_id, document)
        self._put_left_out(document_id, document)
        self._put_vectors(encoded)
        self._put_chunks(document_id, document.title, chunks, generation)

    def rename_document(self, document_id: int, folder: str, path: str, stamp: str) -> None:
        """Move a document with unchanged title and text, perhaps to another folder; inside a transaction.

        What people have decided of it moves too.
        """
        for decided, what in (("put_back", "stretch"), ("labels", "label")):
            of_document = "(folder_id, path) = (SELECT folder_id, path FROM documents WHERE id = ?)"
            self._database.execute(
                f"""INSERT INTO {decided} (folder_id, path, {what})
                SELECT {FOLDER_ID}, ?, {what} FROM {decided} WHERE {of_document} ON CONFLICT DO NOTHING""",
                (folder, path, document_id),
            )
            self._database.execute(
                f"DELETE FROM {decided} WHERE {of_document} AND (folder_id, path) != ({FOLDER_ID}, ?)",
                (document_id, folder, path),
            )
        self._database.execute(
            f"UPDATE documents SET folder_id = {FOLDER_ID}, path = ?, file = ?, file_stamp = ? WHERE id = ?",
            (folder, path, path, stamp, document_id),
        )
        self.clear_failure(path, folder)

    def delete_document(self, document_id: int, generation: int) -> None:
        """Delete a document and its chunks; inside a transaction."""
        self._remove_chunks_of(document_id, generation)
        self._remove_left_out(document_id)
        self._database.execute("DELETE FROM documents WHERE id = ?", (document_id,))

    def take_folders(self, folders: Sequence[Folder], generation: int) -> None:
        """Make the folders equal to those of another build; inside a transaction. Others are removed with their documents."""
        names = {folder.name for folder in folders}
        for known in self.folders():
            if known.name not in names:
                self.remove_folder(known.name, generation)
        for folder in folders:
            self.put_folder(folder)

    def remove_folder(self, name: str, generation: int) -> None:
        """Remove a folder with its documents and all that was decided of them; inside a transaction."""
        for stored in self.files():
            if stored.folder == name:
                self.delete_document(stored.document_id, generation)
        for table in ("put_back", "labels", "failures"):
            self._database.execute(f"DELETE FROM {table} WHERE folder_id = {FOLDER_ID}", (name,))
        self._database.execute("DELETE FROM folders WHERE name = ?", (name,))

    def _explain(self, fault: Fault, details: str) -> ArticlesError:
        """Return the error to show to the user when the database fails on an index."""
        if isinstance(self.place, PostgresSchema):
            return server_error(self.place.server, fault, details)
        index = self.place.parent.parent.parent  # INDEX/builds/NUMBER/articles.sqlite
        if fault is Fault.BUSY:
            return IndexBusy(f"The index in {index} is in use by another process.", "Try again in a minute.")
        if fault is Fault.UNUSABLE:
            return IndexDamaged(
                f"The index in {index} cannot be used ({details}).", "Check its permissions and the free disk space."
            )
        if fault is Fault.NEWER:
            return IndexMismatch(
                f"The index in {index} was made by a newer program ({details}).",
                "Update the program, or choose another folder for the index with --index.",
            )
        if fault is Fault.OUTDATED:
            return IndexMismatch(
                f"The index in {index} was made by an older program ({details}) and is read-only.",
                f"Open it once in a writable folder: python -m embeddings status --index {index}",
            )
        return IndexDamaged(f"The index in {index} is damaged ({details}).", rebuild_step(index))
