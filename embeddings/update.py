"""Update the store of one build from its folder: read changed files, encode new chunks, delete documents of missing files."""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np

from embeddings.changes import Vanished, find_changes
from embeddings.cutting import Cut, cut, encode_new
from embeddings.documents.document import Document
from embeddings.documents.put_back import with_put_back
from embeddings.documents.read_document import FileContents, read_documents
from embeddings.documents.readers.format_reader import Unreadable
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
    """A file that was read, whose documents are waiting for their vectors."""

    found: FoundFile
    read: tuple[Cut, ...]
    dropped: tuple[str, ...] = ()
    """Paths of stored documents that the file no longer holds."""
    renamed_from: StoredFile | None = None
    """The stored document with the same bytes whose file is gone. It must be written again because its title or the
    versions of the code that read it differ."""
    unreadable: tuple[Unreadable, ...] = ()
    """Articles in the file that cannot be read."""


class Update:
    """Run one sync of one store."""

    def __init__(self, job: SyncJob, store: Store, vectors_file: Path) -> None:
        self._job = job
        self._store = store
        self._vectors_file = vectors_file
        self._found = scan(job.folder, job.excluded)
        self._stored: dict[str, list[StoredFile]] = {}
        """The stored documents of each file."""
        for stored in store.files().values():
            self._stored.setdefault(stored.file, []).append(stored)
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
            if sum(map(_count_chunks, group)) >= self._job.config.encode_group_chunks:
                yield group
                group = []
        if group:
            yield group

    def _read(self, file: FoundFile) -> _Pending | None:
        """Read one file. Return None if nothing needs encoding: it is unreadable, unchanged or only renamed."""
        before = self._stored.get(file.path, [])
        try:
            contents = self._contents(file.path)
        except UnreadableFile as error:
            if before and not isinstance(error, FileOutOfReach):
                with self._store.transaction() as generation:
                    for stored in before:
                        self._store.delete_document(stored.path, generation)
            self._fail(file.path, error)
            return None
        documents = contents.documents
        versions = versions_for(file.path)
        digest = documents[0].file_sha256
        same_bytes = any(stored.file_sha256 == digest for stored in before)
        if same_bytes and all(stored.versions == versions for stored in before):
            self._keep(before, file, versions)
            return None
        moved = self._gone.take(digest) if not before and len(documents) == 1 else None
        if moved:
            self._tally.renamed.append((moved.path, file.path))
            old = self._store.document(moved.path)
            if old and old.title == documents[0].title and moved.versions == versions:
                with self._store.transaction():
                    self._store.rename_document(moved.document_id, file.path, file.stamp)
                return None
            # A title that comes from the file name changes too. It is encoded with every chunk, so encode them again.
        read = tuple(self._cut(each, moved) for each in documents)
        dropped = tuple({stored.path for stored in before} - {each.path for each in documents})
        if same_bytes and not dropped and all(map(self._is_stored, read)):
            self._keep(before, file, versions)
            return None
        return _Pending(file, read, dropped, moved, contents.unreadable)

    def _cut(self, document: Document, moved: StoredFile | None) -> Cut:
        """Cut a document. What a person has put back is read, also if that was at the path that its file has left."""
        decisions = self._store.put_back(moved.path if moved else document.path)
        return cut(with_put_back(document, decisions), self._job.config.chunking)

    def _keep(self, before: Iterable[StoredFile], file: FoundFile, versions: str) -> None:
        """Note that what is stored of a file is still right."""
        for stored in before:
            self._store.set_stamp(stored.document_id, file.stamp, versions)
        self._tally.unchanged += 1

    def _contents(self, path: str) -> FileContents:
        try:
            return read_documents(self._job.folder, path, self._job.config.max_file_bytes)
        except UnreadableFile:
            raise
        except Exception as error:  # a bug in our code or a library must not stop the other files
            logger.exception("reading %s failed", path)
            what = f"{path} could not be read ({type(error).__name__}: {error})."
            raise UnreadableFile(what, "Report this bug with the file. The other files are indexed.") from error

    def _is_stored(self, read: Cut) -> bool:
        """Return whether the document and its chunks equal the stored ones."""
        new = [(chunk.start, chunk.end, chunk.units, chunk.context) for chunk in read.chunks]
        old = self._store.chunks_of(read.document.path)
        stored = [(chunk.start, chunk.end, chunk.units, chunk.context) for chunk in old]
        return (
            stored == new
            and self._store.document(read.document.path) == read.document
            and self._store.has_words_of(read.document, read.chunks)
        )

    # -- writing

    def _write(self, group: list[_Pending]) -> None:
        read = [each for pending in group for each in pending.read]
        encoded = encode_new(self._store, self._job.encoder, read)
        self._tally.chunks_encoded += len(encoded)
        self._tally.chunks_kept += sum(map(_count_chunks, group)) - len(encoded)
        for pending in group:
            self._put(pending, encoded)
            self._advance(pending.found)

    def _put(self, pending: _Pending, encoded: Mapping[bytes, np.ndarray]) -> None:
        file, before = pending.found, pending.renamed_from
        with self._store.transaction() as generation:
            if before:
                self._store.rename_document(before.document_id, file.path, file.stamp)
            for path in pending.dropped:
                self._store.delete_document(path, generation)
            for read in pending.read:
                own = {key: encoded[key] for key in read.keys if key in encoded}
                self._store.put_document(read.document, file.stamp, read.chunks, own, generation)
        for each in pending.unreadable:
            self._fail(each.member, UnreadableFile(each.what, each.next_step))
        if not before:
            (self._tally.changed if file.path in self._stored else self._tally.added).append(file.path)

    def _refresh_vectors(self, group: list[_Pending]) -> None:
        """Refresh the vector cache every `STALE_MOST` chunks, so that readers need not hold all new vectors beside it."""
        self._chunks_since_refresh += sum(map(_count_chunks, group))
        if self._chunks_since_refresh >= STALE_MOST:
            refresh(self._vectors_file, self._store, self._job.encoder.identity.dimension)
            self._chunks_since_refresh = 0

    def _delete(self, gone: list[StoredFile]) -> None:
        lost = list(dict.fromkeys(stored.file for stored in gone))
        held = len(self._stored) - len(lost)
        check_deletions(self._job, self._store.folder(), lost, held, len(self._found.files))
        for path in lost:
            with self._store.transaction() as generation:
                for stored in self._stored[path]:
                    self._store.delete_document(stored.path, generation)
            self._tally.deleted.append(path)
        if self._store.has_unused_vectors():
            with self._store.transaction():
                self._store.drop_unused_vectors()

    # -- reporting

    def _note_failures(self) -> None:
        """Clear the failures of missing files, and record the files and folders that cannot be accessed."""
        present = {file.path for file in self._found.files}
        for path in (failure.path for failure in self._store.failures()):
            if not any(file in present for file in (path, *map(str, PurePosixPath(path).parents))):
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


def _count_chunks(pending: _Pending) -> int:
    return sum(len(read.chunks) for read in pending.read)
