"""Safeguards against emptying an index by mistake: a wrong folder, or a folder whose files have vanished.

An index belongs to one folder. Moving it to another, or deleting all or nearly all of its documents, needs an explicit option.
"""

from collections.abc import Collection
from pathlib import Path

from embeddings.config import DEFAULT_FOLDER
from embeddings.errors import (
    FolderMismatch,
    FolderMissing,
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    MassDeletion,
)
from embeddings.index import recorded_folder
from embeddings.scan import check_folder
from embeddings.seeds import provide_seeds
from embeddings.storage.builds import has_index
from embeddings.sync_job import SyncJob

_MANY = 20  # documents
_MOST = 0.9  # of the documents


def folder_to_index(index: Path, given: Path | None, *, change_folder: bool = False) -> Path:
    """Return the folder to sync an index with: the given one, else the index's own, else `seeds`.

    Raises:
        FolderMismatch: the index belongs to another folder, and `change_folder` is not set.
        FolderMissing: the folder does not exist.
        IndexDamaged, IndexMismatch: the index's own folder cannot be read.
    """
    owner = recorded_folder(index) if has_index(index) else None
    folder = given or owner or DEFAULT_FOLDER
    if owner is None:
        provide_seeds(folder)
    check_present(folder, index)
    if owner is not None:
        check_owner(owner, folder, index, change_folder=change_folder)
    return folder


def known_folder(index: Path) -> Path | None:
    """Return the folder that an index belongs to, or None if there is no index or it cannot be read."""
    try:
        return recorded_folder(index)
    except (IndexMissing, IndexDamaged, IndexMismatch):
        return None


def check_present(folder: Path, index: Path) -> None:
    """Check that the corpus folder exists.

    Raises:
        FolderMissing: it does not; if the index exists, the message says how to keep it.
    """
    if has_index(index) and not folder.is_dir():
        raise FolderMissing(
            f"There is no folder {folder}. The index was not changed.",
            "Restore the folder (is its disk mounted?). If it was moved, name its new path:"
            f" python -m embeddings sync FOLDER --change-folder --index {index}",
        )
    check_folder(folder)


def check_owner(owner: Path, folder: Path, index: Path, *, change_folder: bool) -> None:
    """Check that an index belongs to the folder.

    Raises:
        FolderMismatch: it belongs to another one, and `change_folder` is not set.
    """
    if not change_folder and not is_same_folder(owner, folder):
        raise FolderMismatch(
            f"The index in {index} belongs to the folder {owner}, not to {folder}.",
            f"Leave the folder out, name another index with --index, or add --change-folder"
            f" to sync the index with {folder} and delete the documents that are only in {owner}.",
        )


def is_same_folder(one: Path, other: Path) -> bool:
    """Return whether two paths lead to the same folder, however they are spelled."""
    try:
        return one.samefile(other)
    except OSError:  # one of them is gone
        return one.resolve() == other.resolve()


def check_deletions(job: SyncJob, owner: Path, lost: Collection[str], held: int, found: int) -> None:
    """Check that a sync does not delete all or nearly all documents of an index because their files have vanished.

    Refused are a folder that has no articles left, and the loss of more than 90 % of at least 20 documents, which is
    what an unmounted disk under a subfolder looks like. Smaller losses are allowed: the user has tidied up. If the
    index changes its folder, documents that are not in the new one are meant to go, as long as it has an article.
    Files that were moved or renamed are not lost.

    Args:
        job: the sync.
        owner: the folder that the index belonged to until now.
        lost: paths of the documents that would be deleted.
        held: number of the index's other documents.
        found: number of articles in the folder.

    Raises:
        MassDeletion: see above. Not raised if the job allows mass deletion; files in `job.removed` do not count as lost.
    """
    lost = set(lost) - set(job.removed)
    moves = not is_same_folder(owner, job.folder)
    emptied = not found and not held
    decimated = not moves and len(lost) + held >= _MANY and len(lost) > _MOST * (len(lost) + held)
    if not lost or job.allow_mass_deletion or not (emptied or decimated):
        return
    what = f"{job.folder} holds no articles" if emptied else f"{len(lost)} files have vanished from {job.folder}"
    command = f"python -m embeddings sync {job.folder}{' --change-folder' if moves else ''} --index {job.index}"
    raise MassDeletion(
        f"{what}, but the index in {job.index} has {len(lost)} documents from it. Nothing was deleted.",
        f"Restore the files (is a disk not mounted?). To delete the documents: {command} --allow-mass-deletion",
    )
