"""Sync an index with a folder, reading and encoding only what changed, or rebuild it in full."""

from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from embeddings.config import IndexConfig
from embeddings.encoders.encoder import Encoder
from embeddings.index import recorded_folder
from embeddings.progress import SyncReport
from embeddings.safeguards import check_deletions, check_owner, check_present, known_folder
from embeddings.storage.builds import (
    Build,
    check_record,
    current_build,
    has_index,
    next_build,
    read_record,
    switch_to,
    writer_lock,
)
from embeddings.storage.rows import StoredFile
from embeddings.storage.store import Store
from embeddings.storage.vector_cache import is_stale, refresh
from embeddings.sync_job import OnProgress, ShouldStop, SyncJob, ignore_progress, never_stop
from embeddings.update import Update


def sync(
    folder: Path,
    index: Path,
    encoder: Encoder,
    config: IndexConfig | None = None,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
    change_folder: bool = False,
    allow_mass_deletion: bool = False,
    removed: Collection[str] = (),
) -> SyncReport:
    """Sync the index with the folder: add, update, rename and delete documents, each file in one transaction.

    A file is read if it is new or touched, or if the code that reads and chunks it has a new version.
    See `SyncJob` for the keyword arguments.

    Raises:
        FolderMissing, FolderMismatch, IndexBusy, IndexDamaged: see `embeddings.errors`; nothing was changed.
        IndexMismatch: the index was made with another model or chunking; nothing was changed.
        MassDeletion: all or nearly all files have vanished; new files were indexed, nothing was deleted.
    """
    job = SyncJob(
        folder, index, encoder, config or IndexConfig(), on_progress, should_stop,
        change_folder, allow_mass_deletion, removed,
    )  # fmt: skip
    check_present(folder, index)  # before the lock creates the index folder
    with writer_lock(index):
        if has_index(index):
            check_owner(recorded_folder(index), folder, index, change_folder=change_folder)
        else:
            _create(job)
        return _update(current_build(index), job)


def create_index(folder: Path, index: Path, encoder: Encoder, config: IndexConfig | None = None) -> None:
    """Create an empty index if none exists, so that it can be opened before the first sync finishes.

    Raises:
        FolderMissing, IndexBusy: see `embeddings.errors`.
    """
    if has_index(index):
        return
    check_present(folder, index)
    with writer_lock(index):
        if not has_index(index):
            _create(SyncJob(folder, index, encoder, config or IndexConfig()))


def reembed(
    folder: Path,
    index: Path,
    encoder: Encoder,
    config: IndexConfig | None = None,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
    change_folder: bool = False,
    allow_mass_deletion: bool = False,
    removed: Collection[str] = (),
) -> SyncReport:
    """Rebuild the index beside the served one, then switch to it atomically.

    If it is stopped or killed, the old build stays in use and the next `reembed` continues.
    See `SyncJob` for the keyword arguments.

    Raises:
        FolderMissing, FolderMismatch, IndexBusy: see `embeddings.errors`.
        MassDeletion: all or nearly all files of the served index have vanished; it stays in use.
    """
    job = SyncJob(
        folder, index, encoder, config or IndexConfig(), on_progress, should_stop,
        change_folder, allow_mass_deletion, removed,
    )  # fmt: skip
    check_present(folder, index)
    with writer_lock(index):
        owner = known_folder(index)  # None for a damaged index, which this repairs
        if owner:
            check_owner(owner, folder, index, change_folder=change_folder)
        build = next_build(index, job.record)
        if owner:
            _take_decisions(current_build(index), build, job)
        report = _update(build, job)
        if not report.stopped:
            if owner:
                _check_losses(job, owner, _files(current_build(index)), _files(build))
            switch_to(index, build)
    return report


def _create(job: SyncJob) -> None:
    """Serve an empty build. If the first sync is interrupted, the index is valid and the next sync continues."""
    build = next_build(job.index, job.record)
    _open_store(build, job).close()
    switch_to(job.index, build)


def _open_store(build: Build, job: SyncJob) -> Store:
    store = Store(build.store_file, create=True)
    if store.record() is None:
        store.write_record(job.record.to_json(), job.folder)
    return store


def _update(build: Build, job: SyncJob) -> SyncReport:
    with closing(_open_store(build, job)) as store:
        check_record(read_record(store, job.index), job.record, job.index)
        report = Update(job, store, build.vectors_file).run()
        if not report.stopped:
            store.set_folder(job.folder)
        if is_stale(build.vectors_file, store):
            refresh(build.vectors_file, store, job.encoder.identity.dimension)
    return report


def _take_decisions(served: Build, build: Build, job: SyncJob) -> None:
    """Take over what people have put back into the served build."""
    with closing(Store(served.store_file)) as before, closing(_open_store(build, job)) as store:
        store.take_put_back(before.all_put_back())


def _check_losses(job: SyncJob, owner: Path, before: list[StoredFile], after: list[StoredFile]) -> None:
    """Refuse to replace the served build with one that lacks all or nearly all of its documents."""
    paths, contents = {file.path for file in after}, {file.file_sha256 for file in after}
    lost = [file.path for file in before if file.path not in paths and file.file_sha256 not in contents]
    check_deletions(job, owner, lost, held=len(before) - len(lost), found=len(after))


def _files(build: Build) -> list[StoredFile]:
    with closing(Store(build.store_file)) as store:
        return list(store.files().values())
