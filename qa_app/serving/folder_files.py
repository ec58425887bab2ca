"""The files of a folder: add uploads to it, and move articles from it to the trash."""

import os
import re
import secrets
import shutil
import time
from datetime import datetime
from pathlib import Path, PurePosixPath

from embeddings.documents.readers import READERS, is_supported
from embeddings.errors import UnreadableFile
from embeddings.folders import Folder

# A file is copied under such a hidden name first, so that the watcher never sees half of it.
_PARTIAL = re.compile(r"\.[0-9a-f]{16}\.part")
# A copy takes seconds: what is older was left by a process that was killed.
_ABANDONED_S = 3600.0
# The longest name on most file systems.
_NAME_BYTES = 255


def add_file(upload: Path, folder: Folder, trash: Path, most_bytes: int) -> str:
    """Copy a file into a folder, and return a sentence that says what happened. One of the same name moves to the trash.

    Args:
        upload: the file.
        folder: where it goes.
        trash: folder of what is replaced.
        most_bytes: the largest file that is read.

    Raises:
        UnreadableFile: it would not be read there, or cannot be copied.
    """
    _check(upload, folder, most_bytes)
    target = file_in(folder.path, upload.name)
    partial = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        if target.exists() and target.read_bytes() == upload.read_bytes():
            return f"{upload.name} is already in the folder."
        shutil.copyfile(upload, partial)
        words = f"{upload.name} was added."
        if target.exists():
            move_to_trash(target, trash)
            words = f"{upload.name} was replaced; the old one is in the trash."
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise _refused(upload.name, error) from error
    return words


def move_to_trash(file: Path, trash: Path) -> Path:
    """Move a file to the trash and return its new path.

    Raises:
        UnreadableFile: it cannot be moved.
    """
    target = trash / _short(f"{datetime.now():%Y-%m-%d_%H%M%S_%f}_", file.name)
    try:
        trash.mkdir(parents=True, exist_ok=True)
        shutil.move(file, target)
    except OSError as error:
        raise _refused(file.name, error) from error
    return target


def file_in(folder: Path, path: str) -> Path:
    """Return the file at a path relative to a folder.

    Raises:
        UnreadableFile: the path leads out of the folder.
    """
    if "\0" in path:
        raise UnreadableFile("The name has a NUL character.", "Choose an article from the list.")
    given = folder / PurePosixPath(path)
    file = given.parent.resolve() / given.name  # not resolved itself: of a link, only the link is removed
    if given.name in ("", "..") or not file.is_relative_to(folder.resolve()):
        raise UnreadableFile(f"{path} is not in {folder}.", "Choose an article from the list.")
    return file


def clear_partials(folder: Path) -> None:
    """Delete the halves of files that processes left when they were killed."""
    if folder.is_dir():
        for file in folder.iterdir():
            if _PARTIAL.fullmatch(file.name) and file.lstat().st_mtime < time.time() - _ABANDONED_S:
                file.unlink(missing_ok=True)


def _check(upload: Path, folder: Folder, most_bytes: int) -> None:
    """Check that a file would be read in a folder, so that nothing is called added that no question will find."""
    name = upload.name
    if not is_supported(name):
        raise UnreadableFile(f"{name} has an unsupported format.", f"Add {' or '.join(READERS)} files.")
    if name.startswith("."):
        raise UnreadableFile(
            f"{name} would not be read: it is hidden.", "Give it a name without a dot at the beginning."
        )
    if not folder.patterns.takes(name):
        raise UnreadableFile(
            f"{name} is not among the files that {folder.path} takes.",
            "Change its patterns: python -m embeddings folders add",
        )
    size = upload.stat().st_size
    if size > most_bytes:
        raise UnreadableFile(
            f"{name} has {size / 1e6:.0f} MB.", f"Split it: a file may have {most_bytes / 1e6:.0f} MB."
        )


def _short(beginning: str, name: str) -> str:
    """Return both as a name that file systems take; the end of a name that is too long goes, but not its suffix."""
    room = _NAME_BYTES - len(beginning.encode())
    if len(os.fsencode(name)) <= room:
        return beginning + name
    suffix = PurePosixPath(name).suffix
    stem = os.fsencode(name.removesuffix(suffix))[: room - len(os.fsencode(suffix))]
    return f"{beginning}{stem.decode('utf-8', 'ignore')}{suffix}"


def _refused(name: str, error: OSError) -> UnreadableFile:
    return UnreadableFile(
        f"{name} could not be moved or copied ({error.strerror}).", "Check permissions and disk space."
    )
