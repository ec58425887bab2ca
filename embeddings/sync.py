"""Sync an index with its folders, reading and encoding only what changed, or rebuild it in full."""

import logging
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from embeddings.carry_over import carry_over
from embeddings.config import IndexConfig
from embeddings.documents.document import Address
from embeddings.encoders.encoder import Encoder
from embeddings.errors import FolderMissing, IndexDamaged
from embeddings.executor import Executor
from embeddings.folders import Folder, name_for
from embeddings.progress import SyncReport
from embeddings.safeguards import check_deletions, check_present, chosen_folders, is_same_folder, known_folders
from embeddings.scan import check_folder
from embeddings.storage.builds import (
    Build,
    check_record,
    current_build,
    has_index,
    next_build,
    previous_build,
    read_record,
    roll_back,
    switch_to,
    writer_lock,
)
from embeddings.storage.rows import StoredFile
from embeddings.storage.search_cache import search_cache
from embeddings.storage.store import Store
from embeddings.sync_job import OnProgress, ShouldStop, SyncJob, ignore_progress, never_stop
from embeddings.update import Update

logger = logging.getLogger(__name__)


def sync(
    folder: Path | None,
    index: Path,
    encoder: Encoder,
    config: IndexConfig | None = None,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
    change_folder: bool = False,
    allow_mass_deletion: bool = False,
    removed: Collection[Address] = (),
    executor: Executor | None = None,
) -> SyncReport:
    """Sync the index with its folders: add, update, move and delete documents, each file in one transaction.

    A file is read if it is new or touched, or if the code that reads and chunks it has a new version. The articles of a
    folder that does not exist stay as they are, as long as another one does; the report says since when it is away.

    Args:
        folder: the one folder to sync, which a new index is made for; None for all of the index's.
        index: folder of the index.
        encoder: the one that made the index.
        config: the one that the index was made with.
        on_progress: see `SyncJob` for this and the others.
        should_stop: likewise.
        change_folder: likewise.
        allow_mass_deletion: likewise.
        removed: likewise.
        executor: likewise.

    Raises:
        FolderMissing, FolderMismatch, IndexMissing, IndexBusy, IndexDamaged: see `embeddings.errors`; nothing was changed.
        IndexMismatch: the index was made with another model or chunking; nothing was changed.
        MassDeletion: all or nearly all files of a folder have vanished; the rest was synced, nothing of it was deleted.
    """
    job = SyncJob(
        folder, index, encoder, config or IndexConfig(), on_progress, should_stop,
        change_folder, allow_mass_deletion, removed, executor,
    )  # fmt: skip
    if folder is None:
        current_build(index)  # before the lock creates the index folder
    elif not has_index(index):
        check_folder(folder)
    with writer_lock(index):
        if folder and not has_index(index):
            _create(job, [Folder(name_for(folder), folder)])
        return _update(current_build(index), job)


def create_index(
    folder: Path, index: Path, encoder: Encoder, config: IndexConfig | None = None, own: Folder | None = None
) -> None:
    """Create an empty index if none exists, so that it can be opened before the first sync finishes.

    Its folder has the name and the patterns of `own`, or else is called by the last part of its path.

    Raises:
        FolderMissing, IndexBusy: see `embeddings.errors`.
    """
    if has_index(index):
        return
    check_folder(folder)
    with writer_lock(index):
        if not has_index(index):
            _create(SyncJob(folder, index, encoder, config or IndexConfig()), [own or Folder(name_for(folder), folder)])


def reembed(
    folder: Path | None,
    index: Path,
    encoder: Encoder,
    config: IndexConfig | None = None,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
    change_folder: bool = False,
    allow_mass_deletion: bool = False,
    removed: Collection[Address] = (),
    executor: Executor | None = None,
) -> SyncReport:
    """Rebuild the index beside the served one, then switch to it atomically.

    If it is stopped or killed, the old build stays in use and the next `reembed` continues. The articles of a folder that
    is away are taken from the served build.
    See `SyncJob` for the keyword arguments.

    Raises:
        FolderMissing, FolderMismatch, IndexBusy: see `embeddings.errors`.
        MassDeletion: all or nearly all files of the served index have vanished; it stays in use.
    """
    job = SyncJob(
        folder, index, encoder, config or IndexConfig(), on_progress, should_stop,
        change_folder, allow_mass_deletion, removed, executor,
    )  # fmt: skip
    if folder:
        check_present([Folder(name_for(folder), folder)], index)
    with writer_lock(index):
        own = known_folders(index)  # none of a damaged index, which this repairs
        if own:
            chosen = chosen_folders(own, folder, index, change_folder=change_folder)
            if len(own) > 1:  # a build has the articles of all folders
                chosen, job = own, replace(job, folder=None)
            check_present(chosen, index)
        elif folder:
            chosen = [Folder(name_for(folder), folder)]
        else:
            current_build(index)  # raises: says what is wrong with the index
        build, is_whole = next_build(index, job.record), True
        with closing(_open_store(build, job, chosen)) as store:
            if own:
                served, away = current_build(index), [each for each in chosen if not each.path.is_dir()]
                _take_decisions(served, store)
                is_whole = carry_over(job, served, store, away)
        report = _update(build, job)
        report = replace(report, stopped=report.stopped or not is_whole)
        if not report.stopped:
            if own:
                _check_losses(job, own, _files(current_build(index)), _files(build))
            switch_to(index, build)
    return report


def go_back(index: Path) -> Build:
    """Serve the build before the last `reembed` again. What people have decided since, and the folders, are kept.

    Raises:
        IndexMissing: there is no earlier build.
        IndexBusy: another process is writing to the index.
    """
    served = current_build(index)
    with writer_lock(index):
        before = previous_build(index)
        if before and before.exists():
            try:
                with closing(Store(before.database)) as store:
                    _take_decisions(served, store)
            except IndexDamaged as error:  # going back may be what mends it
                logger.warning("The decisions since then are lost: %s", error)
        return roll_back(index)


def _create(job: SyncJob, folders: Sequence[Folder]) -> None:
    """Serve an empty build. If the first sync is interrupted, the index is valid and the next sync continues."""
    build = next_build(job.index, job.record)
    _open_store(build, job, folders).close()
    switch_to(job.index, build)


def _open_store(build: Build, job: SyncJob, folders: Sequence[Folder] = ()) -> Store:
    """Open a build's store; a new one gets the record and the folders."""
    store = Store(build.database, create=True)
    if store.record() is None:
        store.write_record(job.record.to_json(), folders)
    return store


def _update(build: Build, job: SyncJob) -> SyncReport:
    with closing(_open_store(build, job)) as store:
        check_record(read_record(store, job.index), job.record, job.index)
        folders = chosen_folders(store.folders(), job.folder, job.index, change_folder=job.change_folder)
        try:
            check_present(folders, job.index)
        except FolderMissing:
            for folder in folders:
                store.set_away(folder.name, True)
            raise
        cache = search_cache(build)
        report = Update(job, store, cache, folders).run()
        if not report.stopped:
            for folder in folders:
                _set_place(store, folder)
        if cache.is_stale(store):
            cache.refresh(store, job.encoder.identity.dimension)
    return report


def _set_place(store: Store, folder: Folder) -> None:
    """Note where a folder is now. One that was called by its place is called by the new one."""
    before = next(each for each in store.folders() if each.name == folder.name)
    if before.path != folder.path.absolute() and not is_same_folder(before.path, folder.path):
        store.put_folder(folder)
        if folder.name == name_for(before.path):
            store.rename_folder(folder.name, name_for(folder.path))


def _take_decisions(served: Build, store: Store) -> None:
    """Take over the folders of the served build, and what people have decided of its documents."""
    with closing(Store(served.database)) as before, store.transaction() as generation:
        store.take_folders(before.folders(), generation)
        store.take_put_back(before.all_put_back())
        store.take_labels(before.all_labels())


def _check_losses(
    job: SyncJob, folders: Sequence[Folder], before: Sequence[StoredFile], after: Sequence[StoredFile]
) -> None:
    """Refuse to replace the served build with one that lacks all or nearly all documents of a folder."""
    kept, contents = {(file.folder, file.path) for file in after}, {file.file_sha256 for file in after}
    for folder in folders:
        own = [file for file in before if file.folder == folder.name]
        lost = [file.path for file in own if (file.folder, file.path) not in kept and file.file_sha256 not in contents]
        found = sum(file.folder == folder.name for file in after)
        place = replace(folder, path=job.folder or folder.path)
        check_deletions(job, place, folder.path, lost, len(own) - len(lost), found)


def _files(build: Build) -> list[StoredFile]:
    with closing(Store(build.database)) as store:
        return store.files()
