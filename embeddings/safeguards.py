"""Refuse what would empty an index by a slip: another folder than its own, or a folder whose files have vanished.

An index belongs to one folder. It is moved to another, or loses all or nearly all of its documents, only when that is said.
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

_MANY = 20
_MOST = 0.9


def folder_to_index(index: Path, given: Path | None, *, change_folder: bool = False) -> Path:
    """Return the folder that an index is to be made equal to: the one given, else the index's own, else `seeds`.

    Raises:
        FolderMismatch: the index belongs to another one, and `change_folder` is not set.
        FolderMissing: it is not there.
        IndexDamaged, IndexMismatch: the index does not tell its folder.
    """
    folder = given or (recorded_folder(index) if has_index(index) else DEFAULT_FOLDER)
    if not has_index(index):
        provide_seeds(folder)
    check_present(folder, index)
    if has_index(index):
        check_owner(recorded_folder(index), folder, index, change_folder=change_folder)
    return folder


def known_folder(index: Path) -> Path | None:
    """Return the folder that an index belongs to; None when there is no index, or one that cannot tell."""
    try:
        return recorded_folder(index)
    except (IndexMissing, IndexDamaged, IndexMismatch):
        return None


def check_present(folder: Path, index: Path) -> None:
    """Refuse a folder that is not there, with the next step for one whose articles are in an index.

    Raises:
        FolderMissing: as it says.
    """
    if has_index(index) and not folder.is_dir():
        raise FolderMissing(
            f"There is no folder {folder}. What is in the index stays.",
            "Bring the folder back (is its disk mounted?). If it was moved, name its new place:"
            f" python -m embeddings sync FOLDER --change-folder --index {index}",
        )
    check_folder(folder)


def check_owner(owner: Path, folder: Path, index: Path, *, change_folder: bool) -> None:
    """Refuse to put another folder into an index than the one it belongs to.

    Raises:
        FolderMismatch: the two differ, and `change_folder` is not set.
    """
    if not change_folder and not is_same_folder(owner, folder):
        raise FolderMismatch(
            f"The index in {index} belongs to the folder {owner}, not to {folder}.",
            f"Leave the folder out, name another place with --index, or add --change-folder:"
            f" then the index is made equal to {folder}, and what only {owner} holds is deleted from it.",
        )


def is_same_folder(one: Path, other: Path) -> bool:
    """Tell whether two paths lead to the same folder, however they are spelled."""
    try:
        return one.samefile(other)
    except OSError:  # one of them is gone
        return one.resolve() == other.resolve()


def check_deletions(job: SyncJob, owner: Path, lost: Collection[str], held: int, found: int) -> None:
    """Refuse to delete all or nearly all documents of an index because their files have vanished.

    A folder without any article, where there were some, is refused; so is the loss of more than 90 % of at least 20 documents, which is what a
    subfolder on a disk that is not mounted looks like. Smaller losses are a person's tidying up and go through. When the index changes its folder, what the new one lacks is meant to go,
    as long as it holds an article. Files that were moved or renamed are not lost.

    Args:
        job: what is being done.
        owner: the folder that the index belonged to until now.
        lost: paths of the documents that would be deleted.
        held: how many documents the index holds besides.
        found: how many articles the folder holds.

    Raises:
        MassDeletion: as said above, unless the job allows it or a person removed the files one by one.
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
        f"{what}, but their {len(lost)} documents are in the index in {job.index}: nothing was deleted.",
        f"Bring the files back (is a disk not mounted?). If they are gone for good: {command} --allow-mass-deletion",
    )
