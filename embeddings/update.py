"""Update the store of one build from its folders: read changed files, encode new chunks, delete documents of missing files."""

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from embeddings.changes import Changes, Vanished, find_changes
from embeddings.cutting import Cut, cut
from embeddings.documents.document import Address
from embeddings.documents.put_back import with_put_back
from embeddings.documents.read_document import read_bytes
from embeddings.documents.readers.format_reader import Unreadable
from embeddings.documents.versions import versions_for
from embeddings.encoding import Encoded, encode_groups
from embeddings.errors import FileOutOfReach, MassDeletion, UnreadableFile
from embeddings.folders import Folder
from embeddings.preparing import Outcome, Prepared, RawFile, out_of_reach
from embeddings.progress import Away, Progress, SyncReport
from embeddings.safeguards import check_deletions
from embeddings.scan import FoundFile, scan
from embeddings.storage.rows import StoredFile
from embeddings.storage.search_cache import SearchCache
from embeddings.storage.store import Store
from embeddings.storage.vector_cache import STALE_MOST
from embeddings.sync_job import SyncJob

logger = logging.getLogger(__name__)

_MOST_CHANGES = 256
"""In a group: with few chunks in many files, a stop or a crash loses no more than these."""


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
class _Contents:
    """What a file holds now, to be written."""

    cuts: tuple[Cut, ...]
    dropped: tuple[StoredFile, ...]
    """Stored documents that the file no longer holds."""
    renamed_from: StoredFile | None
    """The stored document with the same bytes whose file is gone. It must be written again because its title or the
    versions of the code that read it differ."""
    unreadable: tuple[Unreadable, ...]
    """Articles in the file that cannot be read."""


@dataclass(frozen=True)
class _Change:
    """What one file changes. Changes are written in the order of their files."""

    folder: Folder
    found: FoundFile
    write: Callable[[Encoded], None]
    """Writes it, given the vectors of new chunks."""
    cuts: tuple[Cut, ...] = ()
    """The documents whose chunks need vectors."""


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

        The executor may read and encode ahead; files are written in order, as if each were read after the one before.

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
        for group, encoded in encode_groups(self._store, self._job.workers, self._groups(), _cuts):
            self._write(group, encoded)
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

    def _groups(self) -> Iterator[list[_Change]]:
        """Yield the changes of all files, in order, in groups of at least `encode_group_chunks` chunks.

        Changes without chunks are not kept waiting. What a change is does not depend on whether earlier ones are written yet.
        """
        outcomes = self._job.workers.prepare(self._raw(*each) for each in self._to_read)
        group: list[_Change] = []
        for folder, file in self._to_read:
            if self._job.should_stop():
                self._tally.stopped = True
                break
            group.append(self._change(folder, file, next(outcomes)))
            chunks = sum(map(_count_chunks, group))
            if not chunks or chunks >= self._job.config.encode_group_chunks or len(group) == _MOST_CHANGES:
                yield group
                group = []
        if group:
            yield group

    def _raw(self, folder: Folder, file: FoundFile) -> RawFile | Outcome:
        """Return a file's bytes, or the outcome of reading it, if that is clear already."""
        try:
            data = read_bytes(folder.path / file.path, file.path, self._job.config.max_file_bytes)
        except UnreadableFile as error:
            return error
        except (OSError, MemoryError) as error:
            return out_of_reach(file.path, error)
        digest = hashlib.sha256(data).hexdigest()
        before, versions = self._stored_of(folder, file), versions_for(file.path)
        if any(stored.file_sha256 == digest for stored in before) and all(s.versions == versions for s in before):
            return None
        is_moved = not before and self._gone.holds(digest)
        return RawFile(file.path, data, digest, None if is_moved else self._job.config.chunking)

    def _change(self, folder: Folder, file: FoundFile, outcome: Outcome) -> _Change:
        """Decide what a file changes, given the outcome of reading it."""
        before, versions = self._stored_of(folder, file), versions_for(file.path)
        keep = _Change(folder, file, lambda _: self._keep(before, file, versions))
        if outcome is None:
            return keep
        if isinstance(outcome, UnreadableFile):
            return self._dropping(folder, file, outcome)
        documents = outcome.documents
        digest = documents[0].file_sha256
        moved = self._gone.take(digest) if not before and len(documents) == 1 else None
        if moved:
            old = self._store.document(moved.path, moved.folder)
            if old and old.title == documents[0].title and moved.versions == versions:
                return _Change(folder, file, lambda _: self._rename(folder, file, moved))
            # A title that comes from the file name changes too. It is encoded with every chunk, so encode them again.
        try:
            cuts = tuple(self._cuts(folder, outcome, moved))
        except UnreadableFile as error:
            return self._dropping(folder, file, error)
        held = {each.path for each in documents}
        dropped = tuple(stored for stored in before if stored.path not in held)
        ids = {stored.path: stored.document_id for stored in before}
        same_bytes = any(stored.file_sha256 == digest for stored in before)
        if same_bytes and not dropped and all(self._is_stored(folder, each, ids) for each in cuts):
            return keep
        new = _Contents(cuts, dropped, moved, outcome.unreadable)
        return _Change(folder, file, lambda encoded: self._put(folder, file, new, encoded), cuts)

    def _cuts(self, folder: Folder, outcome: Prepared, moved: StoredFile | None) -> Iterator[Cut]:
        """Yield a file's documents with their chunks. What a person has put back is read, also if that was at the path that the
        file has left."""
        for number, document in enumerate(outcome.documents):
            place = (moved.path, moved.folder) if moved else (document.path, folder.name)
            wanted = with_put_back(document, self._store.put_back(*place))
            if outcome.cuts and wanted is document:
                yield outcome.cuts[number]
            else:
                yield cut(wanted, self._job.config.chunking)

    def _stored_of(self, folder: Folder, file: FoundFile) -> Sequence[StoredFile]:
        """Return what was stored of a file when the sync began."""
        return self._stored[folder.name].get(file.path, ())

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

    def _write(self, group: Sequence[_Change], encoded: Encoded) -> None:
        self._tally.chunks_encoded += len(encoded)
        self._tally.chunks_kept += sum(map(_count_chunks, group)) - len(encoded)
        for change in group:
            change.write(encoded)
            self._advance(change.folder, change.found)

    def _put(self, folder: Folder, file: FoundFile, new: _Contents, encoded: Encoded) -> None:
        with self._store.transaction() as generation:
            if new.renamed_from:
                self._store.rename_document(new.renamed_from.document_id, folder.name, file.path, file.stamp)
            for stored in new.dropped:
                self._store.delete_document(stored.document_id, generation)
            for each in new.cuts:
                own = {key: encoded[key] for key in each.keys if key in encoded}
                self._store.put_document(folder.name, each.document, file.stamp, each.chunks, own, generation)
        for bad in new.unreadable:
            self._fail(folder, bad.member, UnreadableFile(bad.what, bad.next_step))
        if new.renamed_from:
            self._note_renamed(folder, file, new.renamed_from)
        else:
            known = file.path in self._stored[folder.name]
            (self._tally.changed if known else self._tally.added).append(self._named(folder, file.path))

    def _rename(self, folder: Folder, file: FoundFile, moved: StoredFile) -> None:
        with self._store.transaction():
            self._store.rename_document(moved.document_id, folder.name, file.path, file.stamp)
        self._note_renamed(folder, file, moved)

    def _keep(self, before: Iterable[StoredFile], file: FoundFile, versions: str) -> None:
        """Note that what is stored of a file is still right."""
        for stored in before:
            self._store.set_stamp(stored.document_id, file.stamp, versions)
        self._tally.unchanged += 1

    def _dropping(self, folder: Folder, file: FoundFile, error: UnreadableFile) -> _Change:
        """Return the change of a file that cannot be read. What is stored of it goes, unless it may be the file's contents still."""
        before = () if isinstance(error, FileOutOfReach) else self._stored_of(folder, file)

        def drop(_: Encoded) -> None:
            if before:
                with self._store.transaction() as generation:
                    for stored in before:
                        self._store.delete_document(stored.document_id, generation)
            self._fail(folder, file.path, error)

        return _Change(folder, file, drop)

    def _refresh_vectors(self, group: Sequence[_Change]) -> None:
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

    def _note_renamed(self, folder: Folder, file: FoundFile, moved: StoredFile) -> None:
        self._tally.renamed.append((self._named(self._own[moved.folder], moved.path), self._named(folder, file.path)))

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


def _cuts(group: Sequence[_Change]) -> list[Cut]:
    return [each for change in group for each in change.cuts]


def _count_chunks(change: _Change) -> int:
    return sum(len(each.chunks) for each in change.cuts)
