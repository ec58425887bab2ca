"""The SQLite file that holds documents, chunks, vectors and words: the truth from which all else can be rebuilt."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from embeddings.documents.chunks import Chunk
from embeddings.documents.document import Document
from embeddings.encoders.encoder import Vectors
from embeddings.errors import ArticlesError, IndexBusy, IndexDamaged, IndexMismatch, rebuild_step
from embeddings.storage.checks import Checks
from embeddings.storage.chunk_table import ChunkTable
from embeddings.storage.database import Database, Fault
from embeddings.storage.document_table import DocumentTable
from embeddings.storage.failure_table import FailureTable
from embeddings.storage.migrations import MIGRATIONS
from embeddings.storage.vector_table import VectorTable


class Store(DocumentTable, ChunkTable, VectorTable, FailureTable, Checks):
    """A connection to one build's database, for one thread at a time.

    What is written here is all that an engine must do: put, rename and delete whole documents, each in a transaction that
    makes a new generation; give back what it holds of one generation; find chunks by words; tell what vectors changed since
    a generation. Where a method says "inside a transaction", `transaction` is meant.

    Every method raises IndexBusy when another process holds the database for too long, and IndexDamaged when it cannot be
    used.
    """

    def __init__(self, file: Path, *, create: bool = False) -> None:
        """Open `file`, and bring its schema up to date; with `create`, make it if it is missing.

        Raises:
            IndexDamaged: the file is missing, no SQLite database, or a damaged one.
            IndexMismatch: it was made by a newer program, or by an older one in a place that cannot be written.
        """
        self.file = file
        self._database = Database(file, MIGRATIONS, self._explain, create=create)

    def close(self) -> None:
        self._database.close()

    @property
    def is_read_only(self) -> bool:
        """Nothing can be written where it lies."""
        return self._database.is_read_only

    @property
    def is_frozen(self) -> bool:
        """Opened where nothing can be written, as a file that never changes; see `Database.is_frozen`."""
        return self._database.is_frozen

    @contextmanager
    def transaction(self) -> Iterator[int]:
        """Run the block as one change of the corpus, all or nothing; yields the generation that it makes."""
        with self._database.transaction():
            self._database.execute("UPDATE build SET generation = generation + 1")
            yield self.generation()

    def reading(self) -> AbstractContextManager[None]:
        """Run the block on one unchanging state of the corpus, whatever others write meanwhile."""
        return self._database.reading()

    # -- the build

    def record(self) -> str | None:
        """Return the build record as JSON, or None in a new file."""
        found: str | None = self._database.value("SELECT record FROM build")
        return found

    def write_record(self, record: str, folder: Path) -> None:
        """Write how this build is made and from where, before anything else is written."""
        self._database.execute(
            "INSERT INTO build (id, record, folder, generation, identity) VALUES (1, ?, ?, 0, hex(randomblob(16)))",
            (record, str(folder.absolute())),
        )

    def folder(self) -> Path:
        """Return the corpus folder of the last sync."""
        return Path(self._database.value("SELECT folder FROM build"))

    def set_folder(self, folder: Path) -> None:
        self._database.execute("UPDATE build SET folder = ? WHERE folder != ?", (str(folder.absolute()),) * 2)

    def generation(self) -> int:
        """Return how many changes of the corpus were committed."""
        return int(self._database.value("SELECT generation FROM build") or 0)

    def identity(self) -> str:
        """Return what tells this database from any other, also from one made later in the same place."""
        return str(self._database.value("SELECT identity FROM build"))

    # -- whole documents

    def put_document(
        self,
        document: Document,
        stamp: str,
        chunks: Sequence[Chunk],
        encoded: Mapping[bytes, Vectors],
        generation: int,
    ) -> None:
        """Write a document with its chunks, in place of what stood under its path; inside a transaction.

        Chunks whose content stayed keep their id and vector. `encoded` holds the vectors, (dimension,), that are new.
        """
        document_id = self._put_document_row(document, stamp)
        self._put_vectors(encoded)
        self._put_chunks(document_id, document.title, chunks, generation)
        self.clear_failure(document.path)

    def rename_document(self, document_id: int, path: str, stamp: str) -> None:
        """Give a document, whose title and text stayed, another path; inside a transaction."""
        self._database.execute("UPDATE documents SET path = ?, file_stamp = ? WHERE id = ?", (path, stamp, document_id))
        self.clear_failure(path)

    def delete_document(self, path: str, generation: int) -> None:
        """Delete a document and its chunks; nothing happens when it is gone already. Inside a transaction."""
        document_id = self._document_id(path)
        if document_id is not None:
            self._remove_chunks_of(document_id, generation)
            self._database.execute("DELETE FROM documents WHERE id = ?", (document_id,))

    def _explain(self, fault: Fault, details: str) -> ArticlesError:
        """Return what a person is told when SQLite fails on an index."""
        index = self.file.parent.parent.parent  # INDEX/builds/NUMBER/articles.sqlite
        if fault is Fault.BUSY:
            return IndexBusy(f"The index in {index} is in use by another process.", "Try again in a minute.")
        if fault is Fault.UNUSABLE:
            return IndexDamaged(
                f"The index in {index} cannot be used ({details}).", "Check its permissions and the free disk space."
            )
        if fault is Fault.NEWER:
            return IndexMismatch(
                f"The index in {index} was made by a newer program ({details}).",
                "Update the program, or index the folder into another place with --index.",
            )
        if fault is Fault.OUTDATED:
            return IndexMismatch(
                f"The index in {index} was made by an older program ({details}), and it cannot be written.",
                f"Open it once where it can be written: python -m embeddings status --index {index}",
            )
        return IndexDamaged(f"The index in {index} is damaged ({details}).", rebuild_step(index))
