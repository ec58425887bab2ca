"""Make an index equal to a folder, with work in proportion to the change."""

from collections.abc import Collection
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
    """Make the index equal to the folder: add, change, rename and delete, each file in one transaction.

    A file is read when it is new or touched, or when the code that read and cut it has another version by now.
    The keywords are those of `SyncJob`.

    Raises:
        FolderMissing, FolderMismatch, IndexBusy, IndexDamaged: as they say; nothing was changed.
        IndexMismatch: the index was made by another model or chunking; nothing was changed.
        MassDeletion: all or nearly all files have vanished; what was new is in, nothing was deleted.
    """
    job = SyncJob(
        folder, index, encoder, config or IndexConfig(), on_progress, should_stop,
        change_folder, allow_mass_deletion, removed,
    )  # fmt: skip
    check_present(folder, index)  # before an index folder is made
    with writer_lock(index):
        if has_index(index):
            check_owner(recorded_folder(index), folder, index, change_folder=change_folder)
        else:
            _create(job)
        return _update(current_build(index), job)


def create_index(folder: Path, index: Path, encoder: Encoder, config: IndexConfig | None = None) -> None:
    """Make an empty index for the folder where there is none, so that it can be opened before the first sync ends.

    Raises:
        FolderMissing, IndexBusy: as they say.
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
    """Build the index again beside the one that is served, then switch to it in one step.

    Stopped or killed half-way, the served one stays and the next `reembed` goes on. The keywords are those of `SyncJob`.

    Raises:
        FolderMissing, FolderMismatch, IndexBusy: as they say.
        MassDeletion: all or nearly all files of the served index have vanished; it stays.
    """
    job = SyncJob(
        folder, index, encoder, config or IndexConfig(), on_progress, should_stop,
        change_folder, allow_mass_deletion, removed,
    )  # fmt: skip
    check_present(folder, index)
    with writer_lock(index):
        owner = known_folder(index)  # None for an index that is damaged, which this mends
        if owner:
            check_owner(owner, folder, index, change_folder=change_folder)
        build = next_build(index, job.record)
        report = _update(build, job)
        if not report.stopped:
            if owner:
                _check_losses(job, owner, _files(current_build(index)), _files(build))
            switch_to(index, build)
    return report


def _create(job: SyncJob) -> None:
    """Serve an empty build: whatever happens to the first sync, what is in is right, and the next one goes on."""
    build = next_build(job.index, job.record)
    _open_store(build, job).close()
    switch_to(job.index, build)


def _open_store(build: Build, job: SyncJob) -> Store:
    store = Store(build.store_file, create=True)
    if store.record() is None:
        store.write_record(job.record.to_json(), job.folder)
    return store


def _update(build: Build, job: SyncJob) -> SyncReport:
    store = _open_store(build, job)
    try:
        check_record(read_record(store, job.index), job.record, job.index)
        report = Update(job, store, build.vectors_file).run()
        if not report.stopped:
            store.set_folder(job.folder)
        if is_stale(build.vectors_file, store):
            refresh(build.vectors_file, store, job.encoder.identity.dimension)
    finally:
        store.close()
    return report


def _check_losses(job: SyncJob, owner: Path, before: list[StoredFile], after: list[StoredFile]) -> None:
    """Compare the served build with the one that is to take its place."""
    paths, contents = {file.path for file in after}, {file.file_sha256 for file in after}
    lost = [file.path for file in before if file.path not in paths and file.file_sha256 not in contents]
    check_deletions(job, owner, lost, held=len(before) - len(lost), found=len(after))


def _files(build: Build) -> list[StoredFile]:
    store = Store(build.store_file)
    try:
        return list(store.files().values())
    finally:
        store.close()
