"""Safeguards against emptying an index by mistake: a wrong folder, or a folder whose files have vanished.

An index belongs to its folders. Putting another in the place of one, or deleting all or nearly all of a folder's documents,
needs an explicit option.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
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
from embeddings.folders import Folder, name_for
from embeddings.index import recorded_folders
from embeddings.scan import check_folder
from embeddings.seeds import provide_seeds
from embeddings.storage.builds import has_index
from embeddings.sync_job import SyncJob

_MANY = 20  # documents
_MOST = 0.9  # of the documents


def folder_to_index(index: Path, given: Path | None, *, change_folder: bool = False) -> Path | None:
    """Return the folder to sync an index with: the given one, or for a new index `seeds`; None for all of the index's own.

    Raises:
        FolderMismatch: the index belongs to other folders, and `change_folder` is not set.
        FolderMissing: the folder, or each of the index's own, does not exist.
        IndexDamaged, IndexMismatch: the index's own folders cannot be read.
    """
    if has_index(index):
        check_present(folders_to_sync(index, given, change_folder=change_folder), index)
        return given
    folder = given or DEFAULT_FOLDER
    provide_seeds(folder)
    check_folder(folder)
    return folder


def folders_to_sync(index: Path, given: Path | None, *, change_folder: bool = False) -> list[Folder]:
    """Return the folders that a sync takes; see `chosen_folders`."""
    if given and not has_index(index):
        return [Folder(name_for(given), given)]
    return chosen_folders(recorded_folders(index), given, index, change_folder=change_folder)


def known_folders(index: Path) -> list[Folder]:
    """Return the folders that an index belongs to; [] if there is no index or it cannot be read."""
    try:
        return recorded_folders(index)
    except (IndexMissing, IndexDamaged, IndexMismatch):
        return []


def chosen_folders(own: Sequence[Folder], given: Path | None, index: Path, *, change_folder: bool) -> list[Folder]:
    """Return the folders to sync: all of an index's own, or the one of them that is given.

    Args:
        own: the index's folders.
        given: a folder, or None for all.
        index: folder of the index.
        change_folder: whether `given` may take the place of the index's only folder.

    Raises:
        FolderMismatch: `given` is none of them, and may not take the place of one.
    """
    if given is None:
        return list(own)
    same = [folder for folder in own if is_same_folder(folder.path, given)]
    if same or (change_folder and len(own) == 1):
        return [replace(same[0] if same else own[0], path=given)]
    if len(own) == 1:
        raise FolderMismatch(
            f"The index in {index} belongs to the folder {own[0].path}, not to {given}.",
            f"Leave the folder out, name another index with --index, add {given} to this one with"
            f" python -m embeddings folders add, or add --change-folder to sync the index with {given} and delete the"
            f" documents that are only in {own[0].path}.",
        )
    names = ", ".join(f"{folder.name} ({folder.path})" for folder in own)
    raise FolderMismatch(
        f"The index in {index} belongs to the folders {names}, not to {given}.",
        f"Leave the folder out, or add it: python -m embeddings folders add NAME {given} --index {index}",
    )


def check_present(folders: Sequence[Folder], index: Path) -> None:
    """Check that at least one of an index's folders exists.

    Raises:
        FolderMissing: none does; the message says how to keep the index.
    """
    if any(folder.path.is_dir() for folder in folders):
        return
    since = f" It is away since {folders[0].away_since}." if folders[0].away_since else ""
    raise FolderMissing(
        f"There is no folder {' or '.join(str(folder.path) for folder in folders)}. The index was not changed.{since}",
        "Restore the folder (is its disk mounted?). If it was moved, name its new path:"
        f" python -m embeddings sync FOLDER --change-folder --index {index}",
    )


def is_same_folder(one: Path, other: Path) -> bool:
    """Return whether two paths lead to the same folder, however they are spelled."""
    try:
        return one.samefile(other)
    except OSError:  # one of them is gone
        return one.resolve() == other.resolve()


def check_deletions(job: SyncJob, folder: Folder, owner: Path, lost: Collection[str], held: int, found: int) -> None:
    """Check that a sync does not delete all or nearly all documents of a folder because their files have vanished.

    Refused are a folder that has no articles left, and the loss of more than 90 % of at least 20 documents, which is
    what an unmounted disk under a subfolder looks like. Smaller losses are allowed: the user has tidied up. If the
    folder is put in the place of another, documents that are not in the new one are meant to go, as long as it has an
    article. Files that were moved or renamed are not lost.

    Args:
        job: the sync.
        folder: what is synced.
        owner: the place of the folder until now.
        lost: paths of the documents that would be deleted.
        held: number of the folder's other documents in the index.
        found: number of articles in the folder.

    Raises:
        MassDeletion: see above. Not raised if the job allows mass deletion; files in `job.removed` do not count as lost.
    """
    lost = set(lost) - {address.path for address in job.removed if address.folder in (None, folder.name)}
    moves = not is_same_folder(owner, folder.path)
    emptied = not found and not held
    decimated = not moves and len(lost) + held >= _MANY and len(lost) > _MOST * (len(lost) + held)
    if not lost or job.allow_mass_deletion or not (emptied or decimated):
        return
    what = f"{folder.path} holds no articles" if emptied else f"{len(lost)} files have vanished from {folder.path}"
    command = f"python -m embeddings sync {folder.path}{' --change-folder' if moves else ''} --index {job.index}"
    raise MassDeletion(
        f"{what}, but the index in {job.index} has {len(lost)} documents from it. Nothing was deleted.",
        f"Restore the files (is a disk not mounted?). To delete the documents: {command} --allow-mass-deletion",
    )
