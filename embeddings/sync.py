"""Make an index equal to a folder, with work in proportion to the change."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from embeddings.config import IndexConfig
from embeddings.documents.chunks import Chunk, chunk_document, content_key, encoder_input
from embeddings.documents.document import Document
from embeddings.documents.read_document import read_document
from embeddings.encoders.encoder import Encoder
from embeddings.errors import UnreadableFile
from embeddings.progress import Progress, SyncReport
from embeddings.scan import FoundFile, check_folder, may_still_be_there, scan
from embeddings.storage.builds import (
    Build,
    BuildRecord,
    check_record,
    current_build,
    has_index,
    next_build,
    read_record,
    switch_to,
    trash_folder,
    writer_lock,
)
from embeddings.storage.rows import StoredFile
from embeddings.storage.store import Store
from embeddings.storage.vector_cache import STALE_MOST, is_stale, refresh

logger = logging.getLogger(__name__)


@dataclass
class _Tally:
    """A SyncReport in the making."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    failed: list[tuple[str, str, str]] = field(default_factory=list)
    unchanged: int = 0
    chunks_encoded: int = 0
    chunks_kept: int = 0


@dataclass(frozen=True)
class _Pending:
    """A document that was read and waits for its vectors."""

    document: Document
    found: FoundFile
    chunks: list[Chunk]
    keys: list[bytes]
    renamed_from: StoredFile | None = None
    """The document of the same bytes that vanished; its title, from the file's name, has changed with the path."""


class _Gone:
    """Documents whose file is no longer there: deleted, unless the same bytes turn up under another path."""

    def __init__(self, files: Iterable[StoredFile]) -> None:
        self._by_content: dict[str, list[StoredFile]] = {}
        for file in files:
            self._by_content.setdefault(file.file_sha256, []).append(file)

    def take(self, file_sha256: str) -> StoredFile | None:
        files = self._by_content.get(file_sha256)
        return files.pop(0) if files else None

    def rest(self) -> list[StoredFile]:
        return [file for files in self._by_content.values() for file in files]


OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


def sync(
    folder: Path,
    index: Path,
    encoder: Encoder,
    config: IndexConfig | None = None,
    *,
    on_progress: OnProgress = lambda progress: None,
    should_stop: ShouldStop = lambda: False,
) -> SyncReport:
    """Make the index equal to the folder: add, change, rename and delete, each file in one transaction.

    Raises:
        FolderMissing, IndexBusy, IndexDamaged: as they say.
        IndexMismatch: the index was made by another model or chunking; nothing was changed.
    """
    config = config or IndexConfig()
    record = BuildRecord(encoder.identity, config.chunking)
    check_folder(folder)  # a missing folder is said before an index folder is made
    with writer_lock(index):
        if not has_index(index):
            _create(index, folder, record)
        return _fill(current_build(index), index, folder, encoder, record, config, on_progress, should_stop)


def create_index(folder: Path, index: Path, encoder: Encoder, config: IndexConfig | None = None) -> None:
    """Make an empty index for the folder where there is none, so that it can be opened before the first sync ends.

    Raises:
        FolderMissing, IndexBusy: as they say.
    """
    if has_index(index):
        return
    check_folder(folder)
    with writer_lock(index):
        if not has_index(index):
            _create(index, folder, BuildRecord(encoder.identity, (config or IndexConfig()).chunking))


def reembed(
    folder: Path,
    index: Path,
    encoder: Encoder,
    config: IndexConfig | None = None,
    *,
    on_progress: OnProgress = lambda progress: None,
    should_stop: ShouldStop = lambda: False,
) -> SyncReport:
    """Make the index anew beside the one that is served, then switch to it in one step.

    Stopped or killed half-way, the served one stays and the next `reembed` goes on.

    Raises:
        FolderMissing, IndexBusy: as they say.
    """
    config = config or IndexConfig()
    record = BuildRecord(encoder.identity, config.chunking)
    check_folder(folder)
    with writer_lock(index):
        build = next_build(index, record)
        report = _fill(build, index, folder, encoder, record, config, on_progress, should_stop)
        if not report.stopped:
            switch_to(index, build)
    return report


def _create(index: Path, folder: Path, record: BuildRecord) -> None:
    """Serve an empty build: whatever happens to the first sync, what is in is right, and the next one goes on."""
    build = next_build(index, record)
    _open_store(build, folder, record).close()
    switch_to(index, build)


def _open_store(build: Build, folder: Path, record: BuildRecord) -> Store:
    store = Store(build.store_file, create=True)
    if store.record() is None:
        store.write_record(record.to_json(), folder)
    return store


def _fill(
    build: Build,
    index: Path,
    folder: Path,
    encoder: Encoder,
    record: BuildRecord,
    config: IndexConfig,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> SyncReport:
    started = time.monotonic()
    store = _open_store(build, folder, record)
    try:
        check_record(read_record(store, index), record, index)
        store.set_folder(folder)
        exclude = (index, trash_folder(index))
        report = _Run(store, build.vectors_file, folder, exclude, encoder, config, on_progress, should_stop).run(
            started
        )
        if is_stale(build.vectors_file, store):
            refresh(build.vectors_file, store, encoder.identity.dimension)
    finally:
        store.close()
    return report


class _Run:
    """One sync of one store."""

    def __init__(
        self,
        store: Store,
        vectors_file: Path,
        folder: Path,
        exclude: Sequence[Path],
        encoder: Encoder,
        config: IndexConfig,
        on_progress: OnProgress,
        should_stop: ShouldStop,
    ) -> None:
        self.store = store
        self.vectors_file = vectors_file
        self.folder = folder
        self.exclude = exclude
        self.encoder = encoder
        self.config = config
        self.on_progress = on_progress
        self.should_stop = should_stop
        self.tally = _Tally()
        self.stopped = False
        self.chunks_since_refresh = 0
        self.files_done = self.bytes_done = self.files_total = self.bytes_total = 0

    def run(self, started: float) -> SyncReport:
        found = scan(self.folder, self.exclude)
        stored = self.store.files()
        present = {file.path for file in found.files}
        gone = _Gone(
            file for path, file in stored.items() if path not in present and not may_still_be_there(path, found)
        )
        touched = [
            file for file in found.files if file.path not in stored or stored[file.path].file_stamp != file.stamp
        ]
        self.tally.unchanged = len(found.files) - len(touched)
        self.files_total, self.bytes_total = len(touched), sum(file.size for file in touched)

        for path in {failure.path for failure in self.store.failures()} - present:
            self.store.clear_failure(path)
        for path, reason in found.unreachable:
            self._fail(
                path, UnreadableFile(f"{path} cannot be looked at: {reason}.", "Mend its name or its permissions.")
            )
        for group in self._groups(touched, stored, gone):
            self._write(group, stored)
            self._refresh_vectors(group)
        # Stopped early, a file not yet looked at may be the new place of one that seems gone.
        if not self.stopped:
            for file in gone.rest():
                with self.store.transaction() as generation:
                    self.store.delete_document(file.path, generation)
                self.tally.deleted.append(file.path)
            if self.store.has_unused_vectors():
                with self.store.transaction():
                    self.store.drop_unused_vectors()
        tally = self.tally
        return SyncReport(
            added=tuple(tally.added),
            changed=tuple(tally.changed),
            renamed=tuple(tally.renamed),
            deleted=tuple(sorted(tally.deleted)),
            unchanged=tally.unchanged,
            failed=tuple(tally.failed),
            skipped=found.skipped,
            chunks_encoded=tally.chunks_encoded,
            chunks_kept=tally.chunks_kept,
            stopped=self.stopped,
            seconds=time.monotonic() - started,
        )

    def _groups(self, touched: list[FoundFile], stored: dict[str, StoredFile], gone: _Gone) -> Iterator[list[_Pending]]:
        """Yield documents that need writing, together as many chunks as are worth encoding at once."""
        group: list[_Pending] = []
        for file in touched:
            if self.should_stop():
                self.stopped = True
                break
            pending = self._read(file, stored, gone)
            if pending is None:
                self._advance(file)
                continue
            group.append(pending)
            if sum(len(each.chunks) for each in group) >= self.config.encode_group_chunks:
                yield group
                group = []
        if group:
            yield group

    def _read(self, file: FoundFile, stored: dict[str, StoredFile], gone: _Gone) -> _Pending | None:
        """Read one file; None when nothing needs encoding: unreadable, only touched, or renamed under the same title."""
        before = stored.get(file.path)
        try:
            document = self._document(file.path)
        except UnreadableFile as error:
            if before:
                with self.store.transaction() as generation:
                    self.store.delete_document(file.path, generation)
            self._fail(file.path, error)
            return None
        if before and before.file_sha256 == document.file_sha256:
            self.store.set_stamp(before.document_id, file.stamp)
            self.tally.unchanged += 1
            return None
        moved = gone.take(document.file_sha256) if before is None else None
        if moved:
            self.tally.renamed.append((moved.path, file.path))
            old = self.store.document(moved.path)
            if old and old.title == document.title:
                with self.store.transaction():
                    self.store.rename_document(moved.document_id, file.path, file.stamp)
                return None
            # The title came from the file's name and goes to the encoder with every chunk: those are encoded again.
        chunks = chunk_document(document, self.config.chunking)
        keys = [content_key(document.title, chunk.text) for chunk in chunks]
        return _Pending(document, file, chunks, keys, moved)

    def _document(self, path: str) -> Document:
        try:
            return read_document(self.folder, path, self.config.max_file_bytes)
        except UnreadableFile:
            raise
        except Exception as error:  # a fault of ours or of a library in one article must not keep the others out
            logger.exception("reading %s failed", path)
            what = f"{path} could not be read ({type(error).__name__}: {error})."
            raise UnreadableFile(what, "Report it with the file; the others are in.") from error

    def _write(self, group: list[_Pending], stored: dict[str, StoredFile]) -> None:
        known = self.store.known_keys(key for pending in group for key in pending.keys)
        texts = {
            key: encoder_input(pending.document.title, chunk.text)
            for pending in group
            for key, chunk in zip(pending.keys, pending.chunks, strict=True)
            if key not in known
        }
        vectors = self.encoder.encode_documents(list(texts.values()))  # (len(texts), dimension)
        encoded = dict(zip(texts, vectors, strict=True))
        self.tally.chunks_encoded += len(texts)
        self.tally.chunks_kept += sum(len(pending.chunks) for pending in group) - len(texts)
        for pending in group:
            own: dict[bytes, np.ndarray] = {key: encoded[key] for key in pending.keys if key in encoded}
            with self.store.transaction() as generation:
                if pending.renamed_from:
                    self.store.rename_document(
                        pending.renamed_from.document_id, pending.document.path, pending.found.stamp
                    )
                self.store.put_document(pending.document, pending.found.stamp, pending.chunks, own, generation)
            path = pending.document.path
            if not pending.renamed_from:
                (self.tally.changed if path in stored else self.tally.added).append(path)
            self._advance(pending.found)

    def _refresh_vectors(self, group: list[_Pending]) -> None:
        """Write the vectors' file on the way of a long sync: readers need not keep all that is new beside it."""
        self.chunks_since_refresh += sum(len(pending.chunks) for pending in group)
        if self.chunks_since_refresh >= STALE_MOST:
            refresh(self.vectors_file, self.store, self.encoder.identity.dimension)
            self.chunks_since_refresh = 0

    def _fail(self, path: str, error: UnreadableFile) -> None:
        self.store.put_failure(path, error)
        self.tally.failed.append((path, error.what, error.next_step))
        logger.warning("%s %s", error.what, error.next_step)

    def _advance(self, file: FoundFile) -> None:
        self.files_done += 1
        self.bytes_done += file.size
        self.on_progress(Progress(self.files_done, self.files_total, self.bytes_done, self.bytes_total, file.path))
