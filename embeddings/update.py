"""Update the store of one build from its folders: read changed files, encode new chunks, delete documents of missing files."""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

import numpy as np

from embeddings.changes import Changes, Vanished, find_changes
from embeddings.cutting import Cut, cut, encode_new
from embeddings.documents.document import Address, Document
from embeddings.documents.isolation import ReaderUnavailable
from embeddings.documents.put_back import with_put_back
from embeddings.documents.read_document import FileContents, read_documents
from embeddings.documents.readers.format_reader import Unreadable
from embeddings.documents.versions import versions_for
from embeddings.errors import FileOutOfReach, MassDeletion, UnreadableFile
from embeddings.folders import Folder
from embeddings.progress import Away, Progress, SyncReport
from embeddings.safeguards import check_deletions
from embeddings.scan import FoundFile, scan
from embeddings.storage.rows import StoredFile
from embeddings.storage.search_cache import SearchCache
from embeddings.storage.store import Store
from embeddings.storage.vector_cache import STALE_MOST
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
    skipped: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    not_followed: list[str] = field(default_factory=list)
    away: list[Away] = field(default_factory=list)
    stopped: bool = False

    def report(self, started: float) -> SyncReport:
        return SyncReport(
            added=tuple(self.added),
            changed=tuple(self.changed),
            renamed=tuple(self.renamed),
            deleted=tuple(sorted(self.deleted)),
            unchanged=self.unchanged,
            failed=tuple(self.failed),
            skipped=tuple(self.skipped),
            chunks_encoded=self.chunks_encoded,
            chunks_kept=self.chunks_kept,
            stopped=self.stopped,
            seconds=time.monotonic() - started,
            away=tuple(self.away),
            excluded=tuple(self.excluded),
            not_followed=tuple(self.not_followed),
        )


@dataclass(frozen=True)
class _Pending:
    """A file that was read, whose documents are waiting for their vectors."""

    folder: Folder
    found: FoundFile
    read: tuple[Cut, ...]
    dropped: tuple[StoredFile, ...] = ()
    """Stored documents that the file no longer holds."""
    renamed_from: StoredFile | None = None
    """The stored document with the same bytes whose file is gone. It must be written again because its title or the
    versions of the code that read it differ."""
    unreadable: tuple[Unreadable, ...] = ()
    """Articles in the file that cannot be read."""


class Update:
    """Run one sync of one store."""

    def __init__(self, job: SyncJob, store: Store, cache: SearchCache, folders: Sequence[Folder]) -> None:
        """Look at `folders`, those of the index that are synced. One that does not exist is away."""
        self._job = job
        self._store = store
        self._cache = cache
        self._own = {folder.name: folder for folder in store.folders()}
        present = [folder for folder in folders if folder.path.is_dir()]
        self._changes = [
            find_changes(folder, scan(folder.path, job.excluded, folder.patterns), store.file_states(folder.name))
            for folder in present
        ]
        for folder in folders:
            if folder not in present:
                store.set_away(folder.name, True)
        self._stored = {changes.folder.name: self._stored_files(changes) for changes in self._changes}
        """The stored documents of each file to read or gone, by folder."""
        self._gone = Vanished(
            stored
            for changes in self._changes
            for file in changes.gone
            for stored in self._stored[changes.folder.name][file]
        )
        self._to_read = [(changes.folder, file) for changes in self._changes for file in changes.to_read]
        self._tally = _Tally(unchanged=sum(changes.unchanged for changes in self._changes))
        self._bytes_to_read = sum(file.size for _, file in self._to_read)
        self._chunks_since_refresh = self._files_done = self._bytes_done = 0

    def run(self) -> SyncReport:
        """Sync the store with the folders, each file in one transaction.

        Raises:
            MassDeletion: all or nearly all files of a folder have vanished; new files were indexed, nothing was deleted of it.
        """
        started = time.monotonic()
        for changes in self._changes:
            self._note_failures(changes)
            for kept, paths in (
                (self._tally.skipped, changes.found.skipped),
                (self._tally.excluded, changes.found.excluded),
                (self._tally.not_followed, changes.found.not_followed),
            ):
                kept += [self._named(changes.folder, path) for path in paths]
        for group in self._groups(self._to_read):
            self._write(group)
            self._refresh_vectors(group)
        if not self._tally.stopped:  # otherwise an unread file may be the new path of a missing one
            self._delete(self._gone.rest())
        self._tally.away += [
            Away(folder.name, str(folder.path), folder.away_since)
            for folder in self._store.folders()
            if folder.away_since
        ]
        return self._tally.report(started)

    def _stored_files(self, changes: Changes) -> dict[str, list[StoredFile]]:
        wanted = [*(file.path for file in changes.to_read), *changes.gone]
        found: dict[str, list[StoredFile]] = {}
        for stored in self._store.files_at(changes.folder.name, wanted) if wanted else ():
            found.setdefault(stored.file, []).append(stored)
        return found

    # -- reading

    def _groups(self, files: Iterable[tuple[Folder, FoundFile]]) -> Iterator[list[_Pending]]:
        """Yield the documents to write, in groups of at least `encode_group_chunks` chunks except the last."""
        group: list[_Pending] = []
        for folder, file in files:
            if self._job.should_stop():
                self._tally.stopped = True
                break
            pending = self._read(folder, file)
            if pending is None:
                self._advance(folder, file)
                continue
            group.append(pending)
            if sum(map(_count_chunks, group)) >= self._job.config.encode_group_chunks:
                yield group
                group = []
        if group:
            yield group

    def _read(self, folder: Folder, file: FoundFile) -> _Pending | None:
        """Read one file. Return None if nothing needs encoding: it is unreadable, unchanged or only renamed."""
        before = self._stored[folder.name].get(file.path, [])
        try:
            contents = self._contents(folder, file.path)
        except UnreadableFile as error:
            self._drop(folder, file, before, error)
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
            source = self._own[moved.folder]
            self._tally.renamed.append((self._named(source, moved.path), self._named(folder, file.path)))
            old = self._store.document(moved.path, moved.folder)
            if old and old.title == documents[0].title and moved.versions == versions:
                with self._store.transaction():
                    self._store.rename_document(moved.document_id, folder.name, file.path, file.stamp)
                return None
            # A title that comes from the file name changes too. It is encoded with every chunk, so encode them again.
        try:
            read = tuple(self._cut(folder, each, moved) for each in documents)
        except UnreadableFile as error:
            self._drop(folder, file, before, error)
            return None
        held = {each.path for each in documents}
        dropped = tuple(stored for stored in before if stored.path not in held)
        ids = {stored.path: stored.document_id for stored in before}
        if same_bytes and not dropped and all(self._is_stored(folder, each, ids) for each in read):
            self._keep(before, file, versions)
            return None
        return _Pending(folder, file, read, dropped, moved, contents.unreadable)

    def _drop(self, folder: Folder, file: FoundFile, before: Sequence[StoredFile], error: UnreadableFile) -> None:
        """Note that a file cannot be read. What is stored of it goes, unless it may be the file's contents still."""
        if before and not isinstance(error, FileOutOfReach):
            with self._store.transaction() as generation:
                for stored in before:
                    self._store.delete_document(stored.document_id, generation)
        self._fail(folder, file.path, error)

    def _cut(self, folder: Folder, document: Document, moved: StoredFile | None) -> Cut:
        """Cut a document. What a person has put back is read, also if that was at the path that its file has left."""
        place = (moved.path, moved.folder) if moved else (document.path, folder.name)
        return cut(with_put_back(document, self._store.put_back(*place)), self._job.config.chunking)

    def _keep(self, before: Iterable[StoredFile], file: FoundFile, versions: str) -> None:
        """Note that what is stored of a file is still right."""
        for stored in before:
            self._store.set_stamp(stored.document_id, file.stamp, versions)
        self._tally.unchanged += 1

    def _contents(self, folder: Folder, path: str) -> FileContents:
        try:
            return read_documents(folder.path, path, self._job.config.max_file_bytes)
        except UnreadableFile:
            raise
        except (OSError, MemoryError, ReaderUnavailable) as error:  # not the file's fault: what is stored of it stays
            raise FileOutOfReach(
                f"{path} could not be read now ({str(error) or 'no memory'}).", "Sync again when that is mended."
            ) from error
        except Exception as error:  # a bug in our code or a library must not stop the other files
            logger.exception("reading %s failed", path)
            what = f"{path} could not be read ({type(error).__name__}: {error})."
            raise UnreadableFile(what, "Report this bug with the file. The other files are indexed.") from error

    def _is_stored(self, folder: Folder, read: Cut, ids: Mapping[str, int]) -> bool:
        """Return whether the document and its chunks equal the stored ones; `ids` has those of its file's documents, by path."""
        path = read.document.path
        new = [(chunk.start, chunk.end, chunk.units, chunk.context) for chunk in read.chunks]
        old = self._store.chunks_of(path, folder.name)
        stored = [(chunk.start, chunk.end, chunk.units, chunk.context) for chunk in old]
        document = self._store.document(path, folder.name)
        return (
            stored == new
            and document is not None
            and replace(document, folder=None) == read.document
            and self._store.has_words_of(ids[path], read.document, read.chunks)
        )

    # -- writing

    def _write(self, group: list[_Pending]) -> None:
        read = [each for pending in group for each in pending.read]
        encoded = encode_new(self._store, self._job.encoder, read)
        self._tally.chunks_encoded += len(encoded)
        self._tally.chunks_kept += sum(map(_count_chunks, group)) - len(encoded)
        for pending in group:
            self._put(pending, encoded)
            self._advance(pending.folder, pending.found)

    def _put(self, pending: _Pending, encoded: Mapping[bytes, np.ndarray]) -> None:
        folder, file, before = pending.folder, pending.found, pending.renamed_from
        with self._store.transaction() as generation:
            if before:
                self._store.rename_document(before.document_id, folder.name, file.path, file.stamp)
            for stored in pending.dropped:
                self._store.delete_document(stored.document_id, generation)
            for read in pending.read:
                own = {key: encoded[key] for key in read.keys if key in encoded}
                self._store.put_document(folder.name, read.document, file.stamp, read.chunks, own, generation)
        for each in pending.unreadable:
            self._fail(folder, each.member, UnreadableFile(each.what, each.next_step))
        if not before:
            known = file.path in self._stored[folder.name]
            (self._tally.changed if known else self._tally.added).append(self._named(folder, file.path))

    def _refresh_vectors(self, group: list[_Pending]) -> None:
        """Refresh the search cache every `STALE_MOST` chunks, so that readers need not hold all new vectors beside it."""
        self._chunks_since_refresh += sum(map(_count_chunks, group))
        if self._chunks_since_refresh >= STALE_MOST:
            self._cache.refresh(self._store, self._job.encoder.identity.dimension)
            self._chunks_since_refresh = 0

    def _delete(self, gone: list[StoredFile]) -> None:
        refused = None
        for changes in self._changes:
            folder, stored = changes.folder, self._stored[changes.folder.name]
            lost = list(dict.fromkeys(each.file for each in gone if each.folder == folder.name))
            found = len(changes.found.files)
            vanished = [path for path in lost if folder.patterns.takes(path)]  # the others are not wanted any more
            owner = self._own[folder.name].path
            try:
                check_deletions(self._job, folder, owner, vanished, changes.known - len(lost), found)
            except MassDeletion as error:  # the other folders are synced nevertheless
                refused = refused or error
                self._store.set_away(folder.name, not found)
                continue
            self._store.set_away(folder.name, False)
            for path in lost:
                with self._store.transaction() as generation:
                    for each in stored[path]:
                        self._store.delete_document(each.document_id, generation)
                self._tally.deleted.append(self._named(folder, path))
        if refused:
            raise refused
        if self._store.has_unused_vectors():
            with self._store.transaction():
                self._store.drop_unused_vectors()

    # -- reporting

    def _note_failures(self, changes: Changes) -> None:
        """Clear the failures of missing files, and record the files and folders that cannot be accessed."""
        folder = changes.folder
        present = {file.path for file in changes.found.files}
        for path in self._store.failed_paths(folder.name):
            if not any(file in present for file in (path, *map(str, PurePosixPath(path).parents))):
                self._store.clear_failure(path, folder.name)
        for path, reason in changes.found.unreachable:
            what = f"{path} cannot be accessed: {reason}."
            self._fail(folder, path, UnreadableFile(what, "Fix its name or permissions."))

    def _fail(self, folder: Folder, path: str, error: UnreadableFile) -> None:
        self._store.put_failure(path, folder.name, error)
        self._tally.failed.append((self._named(folder, path), error.what, error.next_step))
        logger.warning("%s %s", error.what, error.next_step)

    def _named(self, folder: Folder, path: str) -> str:
        """Return what to call a file in the report."""
        return str(Address(path, folder.name if len(self._own) > 1 else None))

    def _advance(self, folder: Folder, file: FoundFile) -> None:
        self._files_done += 1
        self._bytes_done += file.size
        name = self._named(folder, file.path)
        self._job.on_progress(
            Progress(self._files_done, len(self._to_read), self._bytes_done, self._bytes_to_read, name)
        )


def _count_chunks(pending: _Pending) -> int:
    return sum(len(read.chunks) for read in pending.read)
