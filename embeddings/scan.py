"""List the files of a corpus folder, with stamps that show changes without reading the files."""

import errno
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from embeddings.documents.readers import is_supported
from embeddings.errors import FolderMissing

_RECENT_NS = 2_000_000_000
_ABSENT = os.strerror(errno.ENOENT)
_NOT_A_FILE = "it is not a regular file"


@dataclass(frozen=True)
class FoundFile:
    """A file of a supported format."""

    path: str
    """Relative to the folder, with `/`."""
    stamp: str
    """Size in bytes, mtime and ctime in nanoseconds: it changes when the bytes change."""
    size: int
    """Bytes."""


@dataclass(frozen=True)
class Scan:
    """The contents of a corpus folder. Paths are relative to it."""

    files: tuple[FoundFile, ...]
    skipped: tuple[str, ...]
    """Files of unsupported formats."""
    unreachable: tuple[tuple[str, str], ...]
    """Files and folders that cannot be accessed, with the reason."""


def check_folder(folder: Path) -> None:
    """Check that a corpus folder exists, without listing it.

    Raises:
        FolderMissing: it does not exist, or is not a folder.
    """
    if not folder.is_dir():
        raise FolderMissing(f"There is no folder {folder}.", "Create it and add articles, or name another folder.")


def scan(folder: Path, exclude: Sequence[Path] = ()) -> Scan:
    """List the files of `folder`, sorted by path. Skip hidden files and folders, links to folders, and `exclude`.

    Raises:
        FolderMissing: it does not exist, or is not a folder.
    """
    check_folder(folder)
    files: list[FoundFile] = []
    skipped: list[str] = []
    unreachable: list[tuple[str, str]] = []

    def note(error: OSError) -> None:
        unreachable.append((_relative(folder, Path(error.filename)), error.strerror or "unknown error"))

    excluded = {path.resolve() for path in exclude}
    for parent, subfolders, names in os.walk(folder, onerror=note):
        inside = "" if Path(parent) == folder else f"{_relative(folder, Path(parent))}/"
        subfolders[:] = sorted(
            name for name in subfolders if not name.startswith(".") and Path(parent, name).resolve() not in excluded
        )
        for name in sorted(names):
            if name.startswith("."):
                continue
            path = inside + name
            if not _is_unicode(path):
                unreachable.append((path.encode(errors="replace").decode(), "its name is not valid Unicode"))
            elif not is_supported(path):
                skipped.append(path)
            else:
                try:
                    stat = os.stat(os.path.join(parent, name))
                except OSError as error:
                    unreachable.append((path, error.strerror or "unknown error"))
                    continue
                if not S_ISREG(stat.st_mode):
                    unreachable.append((path, _NOT_A_FILE))
                    continue
                files.append(FoundFile(path, _stamp(stat), stat.st_size))
    return Scan(tuple(sorted(files, key=lambda file: file.path)), tuple(skipped), tuple(unreachable))


def may_still_be_there(path: str, found: Scan) -> bool:
    """Return whether a file that was not found may still exist: it, or a folder above it, cannot be accessed."""
    return any(
        folder == "." or path.startswith(f"{folder}/") or (path == folder and reason not in (_NOT_A_FILE, _ABSENT))
        for folder, reason in found.unreachable
    )


def _stamp(stat: os.stat_result) -> str:
    changed_ns = max(stat.st_mtime_ns, stat.st_ctime_ns)
    # A file changed just now may change again within one clock tick, so the next sync reads it again, as git does.
    recent = "~" if time.time_ns() - changed_ns < _RECENT_NS else ""
    return f"{stat.st_size}:{stat.st_mtime_ns}:{stat.st_ctime_ns}{recent}"


def _relative(folder: Path, file: Path) -> str:
    return file.relative_to(folder).as_posix()


def _is_unicode(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
