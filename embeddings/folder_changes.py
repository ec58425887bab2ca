"""Add folders to an index, rename them, move them and remove them; their files are left alone."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from embeddings.folders import BadFolder, Folder
from embeddings.patterns import EVERY_FILE, Patterns
from embeddings.safeguards import is_same_folder
from embeddings.scan import check_folder
from embeddings.storage.builds import current_build, writer_lock
from embeddings.storage.store import Store


def add_folder(
    index: Path, name: str, path: Path, patterns: Patterns | None = None, *, change_folder: bool = False
) -> str:
    """Add a folder to an index, or change one; the next sync reads it. Return what was done, in a sentence.

    Args:
        index: folder of the index.
        name: of the folder; one that is there already under another name is renamed.
        path: where it is.
        patterns: which of its files are taken; None leaves those that it has.
        change_folder: whether the folder of this name may be read from another place from now on.

    Raises:
        BadFolder: its name is taken, or it lies in another folder of the index, or another one in it.
        FolderMissing: it does not exist.
        IndexMissing, IndexBusy, IndexDamaged: see `embeddings.errors`.
    """
    check_folder(path)
    build = current_build(index)
    with writer_lock(index), closing(Store(build.database)) as store, store.transaction():
        own = store.folders()
        same = next((each for each in own if is_same_folder(each.path, path)), None)
        named = next((each for each in own if each.name == name), None)
        others = [each for each in own if each not in (same, named)]
        if named and named != same and (same or not change_folder):
            raise BadFolder(
                f"The folder {name} of the index is {named.path}.",
                "Choose another name" + ("." if same else ", or add --change-folder to read it from the new place."),
            )
        _check_apart(path, others)
        before = same or named
        if same and not named:
            store.rename_folder(same.name, name)
        store.put_folder(Folder(name, path, patterns or (before.patterns if before else EVERY_FILE)))
    if same and not named:
        return f"{path} is called {name} from now on, not {same.name}."
    if named:
        return f"{name} is {path}."
    return f"{name} was added. Read it: python -m embeddings sync --index {index}"


def remove_folder(index: Path, name: str, *, allow_mass_deletion: bool = False) -> int:
    """Remove a folder and its documents from an index; return how many they were.

    Raises:
        BadFolder: there is no such folder, it is the only one, or it is away, so that its files could not be read again,
            and `allow_mass_deletion` is not set.
        IndexMissing, IndexBusy, IndexDamaged: see `embeddings.errors`.
    """
    build = current_build(index)
    with writer_lock(index), closing(Store(build.database)) as store:
        own = store.folders()
        folder = next((each for each in own if each.name == name), None)
        if folder is None:
            raise no_folder(name, own)
        if len(own) == 1:
            raise BadFolder(
                f"{name} is the only folder of the index in {index}.",
                "Delete the index instead, or sync it with another folder by --change-folder.",
            )
        count = store.count_in_folder(name)
        if count and not folder.path.is_dir() and not allow_mass_deletion:
            raise BadFolder(
                f"{folder.path} is not there, so its {count} documents could not be read again.",
                f"To delete them: python -m embeddings folders remove {name} --allow-mass-deletion --index {index}",
            )
        with store.transaction() as generation:
            store.remove_folder(name, generation)
            store.drop_unused_vectors()
    return count


def no_folder(name: str, own: Sequence[Folder]) -> BadFolder:
    """Return the error for a name that no folder has."""
    return BadFolder(
        f"There is no folder {name} in the index.", f"Its folders: {', '.join(each.name for each in own)}."
    )


def _check_apart(path: Path, others: Sequence[Folder]) -> None:
    """Check that a folder neither contains nor lies in another one: files would be read twice."""
    place = path.resolve()
    for other in others:
        inner, outer = sorted((place, other.path.resolve()), key=lambda path: -len(path.parts))
        if inner.is_relative_to(outer):
            raise BadFolder(f"{inner} is in {outer}: its files would be read twice.", f"{outer} is enough.")
