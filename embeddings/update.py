"""Update the store of one build from its folder: read changed files, encode new chunks, delete documents of missing files."""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from embeddings.changes import Vanished, find_changes
from embeddings.documents.chunks import Chunk, chunk_document, content_key, encoder_input
from embeddings.documents.document import Document
from embeddings.documents.read_document import read_document
from embeddings.documents.versions import versions_for
from embeddings.errors import FileOutOfReach, UnreadableFile
from embeddings.progress import Progress, SyncReport
from embeddings.safeguards import check_deletions
from embeddings.scan import FoundFile, Scan, scan
from embeddings.storage.rows import StoredFile
from embeddings.storage.store import Store
from embeddings.storage.vector_cache import STALE_MOST, refresh
from embeddings.sync_job import SyncJob

logger = logging.getLogger(__name__)


@dataclass
class _Tally:
    """Counts for the SyncReport."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    failed: list[tuple[str, str, str]] = field(default_factory=list)
    unchanged: int = 0
    chunks_encoded: int = 0
    chunks_kept: int = 0
    stopped: bool = False

    def report(self, found: Scan, started: float) -> SyncReport:
        return SyncReport(
            added=tuple(self.added),
            changed=tuple(self.changed),
            renamed=tuple(self.renamed),
            deleted=tuple(sorted(self.deleted)),
            unchanged=self.unchanged,
            failed=tuple(self.failed),
            skipped=found.skipped,
            chunks_encoded=self.chunks_encoded,
            chunks_kept=self.chunks_kept,
            stopped=self.stopped,
            seconds=time.monotonic() - started,
        )


@dataclass(frozen=True)
class _Pending:
    """A document that was read and is waiting for its vectors."""

    document: Document
    found: FoundFile
    chunks: list[Chunk]
    keys: list[bytes]
    renamed_from: StoredFile | None = None
    """The stored document with the same bytes whose file is gone. It must be written again because its title or the
    versions of the code that read it differ."""


class Update:
    """Run one sync of one store."""

    def __init__(self, job: SyncJob, store: Store, vectors_file: Path) -> None:
        self._job = job
        self._store = store
        self._vectors_file = vectors_file
        self._found = scan(job.folder, job.excluded)
        self._stored = store.files()
        self._changes = find_changes(self._found, self._stored)
        self._gone = Vanished(self._changes.gone)
        self._tally = _Tally(unchanged=self._changes.unchanged)
        self._bytes_to_read = sum(file.size for file in self._changes.to_read)
        self._chunks_since_refresh = self._files_done = self._bytes_done = 0

    def run(self) -> SyncReport:
        """Sync the store with the folder, each file in one transaction.

        Raises:
            MassDeletion: all or nearly all files have vanished; new files were indexed, nothing was deleted.
        """
        started = time.monotonic()
        self._note_failures()
        for group in self._groups(self._changes.to_read):
            self._write(group)
            self._refresh_vectors(group)
        if not self._tally.stopped:  # otherwise an unread file may be the new path of a missing one
            self._delete(self._gone.rest())
        return self._tally.report(self._found, started)

    # -- reading

    def _groups(self, files: Iterable[FoundFile]) -> Iterator[list[_Pending]]:
        """Yield the documents to write, in groups of at least `encode_group_chunks` chunks except the last."""
        group: list[_Pending] = []
        for file in files:
            if self._job.should_stop():
                self._tally.stopped = True
                break
            pending = self._read(file)
            if pending is None:
                self._advance(file)
                continue
            group.append(pending)
            if sum(len(each.chunks) for each in group) >= self._job.config.encode_group_chunks:
                yield group
                group = []
        if group:
            yield group

    def _read(self, file: FoundFile) -> _Pending | None:
        """Read one file. Return None if nothing needs encoding: it is unreadable, unchanged or only renamed."""
        before = self._stored.get(file.path)
        try:
            document = self._document(file.path)
        except UnreadableFile as error:
            if before and not isinstance(error, FileOutOfReach):
                with self._store.transaction() as generation:
                    self._store.delete_document(file.path, generation)
            self._fail(file.path, error)
            return None
        versions = versions_for(file.path)
        same_bytes = before is not None and before.file_sha256 == document.file_sha256
        if before and same_bytes and before.versions == versions:
            self._keep(before, file, versions)
            return None
        moved = self._gone.take(document.file_sha256) if before is None else None
        if moved:
            self._tally.renamed.append((moved.path, file.path))
            old = self._store.document(moved.path)
            if old and old.title == document.title and moved.versions == versions:
                with self._store.transaction():
                    self._store.rename_document(moved.document_id, file.path, file.stamp)
                return None
            # A title that comes from the file name changes too. It is encoded with every chunk, so encode them again.
        chunks = chunk_document(document, self._job.config.chunking)
        if before and same_bytes and self._is_stored(document, chunks):
            self._keep(before, file, versions)
            return None
        keys = [content_key(document.title, chunk.text) for chunk in chunks]
        return _Pending(document, file, chunks, keys, moved)

    def _keep(self, before: StoredFile, file: FoundFile, versions: str) -> None:
        """Note that what is stored of a file is still right."""
        self._store.set_stamp(before.document_id, file.stamp, versions)
        self._tally.unchanged += 1

    def _document(self, path: str) -> Document:
        try:
            return read_document(self._job.folder, path, self._job.config.max_file_bytes)
        except UnreadableFile:
            raise
        except Exception as error:  # a bug in our code or a library must not stop the other files
            logger.exception("reading %s failed", path)
            what = f"{path} could not be read ({type(error).__name__}: {error})."
            raise UnreadableFile(what, "Report this bug with the file. The other files are indexed.") from error

    def _is_stored(self, document: Document, chunks: list[Chunk]) -> bool:
        """Return whether the document and its chunks equal the stored ones."""
        spans = [(chunk.start, chunk.end) for chunk in chunks]
        stored = [(chunk.start, chunk.end) for chunk in self._store.chunks_of(document.path)]
        return stored == spans and self._store.document(document.path) == document

    # -- writing

    def _write(self, group: list[_Pending]) -> None:
        known = self._store.known_keys(key for pending in group for key in pending.keys)
        texts = {
            key: encoder_input(pending.document.title, chunk.text)
            for pending in group
            for key, chunk in zip(pending.keys, pending.chunks, strict=True)
            if key not in known
        }
        vectors = self._job.encoder.encode_documents(list(texts.values()))  # (len(texts), dimension)
        encoded = dict(zip(texts, vectors, strict=True))
        self._tally.chunks_encoded += len(texts)
        self._tally.chunks_kept += sum(len(pending.chunks) for pending in group) - len(texts)
        for pending in group:
            self._put(pending, encoded)
            self._advance(pending.found)

    def _put(self, pending: _Pending, encoded: Mapping[bytes, np.ndarray]) -> None:
        document, stamp, before = pending.document, pending.found.stamp, pending.renamed_from
        own = {key: encoded[key] for key in pending.keys if key in encoded}
        with self._store.transaction() as generation:
            if before:
                self._store.rename_document(before.document_id, document.path, stamp)
            self._store.put_document(document, stamp, pending.chunks, own, generation)
        if not before:
            (self._tally.changed if document.path in self._stored else self._tally.added).append(document.path)

    def _refresh_vectors(self, group: list[_Pending]) -> None:
        """Refresh the vector cache every `STALE_MOST` chunks, so that readers need not hold all new vectors beside it."""
        self._chunks_since_refresh += sum(len(pending.chunks) for pending in group)
        if self._chunks_since_refresh >= STALE_MOST:
            refresh(self._vectors_file, self._store, self._job.encoder.identity.dimension)
            self._chunks_since_refresh = 0

    def _delete(self, gone: list[StoredFile]) -> None:
        lost = [file.path for file in gone]
        held = len(self._stored) - len(lost)
        check_deletions(self._job, self._store.folder(), lost, held, len(self._found.files))
        for path in lost:
            with self._store.transaction() as generation:
                self._store.delete_document(path, generation)
            self._tally.deleted.append(path)
        if self._store.has_unused_vectors():
            with self._store.transaction():
                self._store.drop_unused_vectors()

    # -- reporting

    def _note_failures(self) -> None:
        """Clear the failures of missing files, and record the files and folders that cannot be accessed."""
        for path in {failure.path for failure in self._store.failures()} - {file.path for file in self._found.files}:
            self._store.clear_failure(path)
        for path, reason in self._found.unreachable:
            self._fail(path, UnreadableFile(f"{path} cannot be accessed: {reason}.", "Fix its name or permissions."))

    def _fail(self, path: str, error: UnreadableFile) -> None:
        self._store.put_failure(path, error)
        self._tally.failed.append((path, error.what, error.next_step))
        logger.warning("%s %s", error.what, error.next_step)

    def _advance(self, file: FoundFile) -> None:
        self._files_done += 1
        self._bytes_done += file.size
        done = Progress(self._files_done, len(self._changes.to_read), self._bytes_done, self._bytes_to_read, file.path)
        self._job.on_progress(done)
