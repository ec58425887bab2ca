"""Watch the folders of articles: by the system's notices of changes, and by a look now and then."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from stat import S_ISDIR

from watchfiles import watch

from embeddings.errors import ArticlesError
from embeddings.folders import Folder
from embeddings.scan import Scan, scan
from embeddings.storage.builds import trash_folder

logger = logging.getLogger(__name__)

LOOK_S = 30.0
"""Seconds between looks without a notice. Network drives give none, and the system may lose some."""
# A burst of changes is one notice: it comes when nothing has changed for the first time, or after the second.
_REST_MS = 500
_BURST_MS = 30_000
# That a folder itself vanishes or comes back gives no notice.
_FOLDERS_S = 1.0


def looks(folders: Callable[[], Sequence[Path]], closed: threading.Event, look_s: float = LOOK_S) -> Iterator[None]:
    """Yield each time that folders should be scanned, until `closed` is set.

    That is when files below them have changed and then rested, every `look_s` seconds, and when a folder itself vanishes,
    comes back or is replaced by another, as drives do. `folders` is asked each time, as one may be added or removed.
    """
    looked, is_new = time.monotonic(), False
    while not closed.is_set():
        watched = _identities(folders())
        present = [path for path, identity in watched.items() if identity]
        for changed in _notices(present, closed, min(look_s, _FOLDERS_S)):
            now = _identities(folders())
            if now != watched or changed or is_new or time.monotonic() - looked >= look_s:
                looked, is_new = time.monotonic(), False
                yield
            if now != watched or closed.is_set():
                is_new = True  # the next watcher has no notice of what changes before it is at work
                break


def look(folders: Sequence[Folder], index: Path) -> tuple[Scan | None, ...]:
    """Scan folders, to compare with an earlier look; None for one that cannot be read.

    The mark of recent files' stamps, which vanishes with time, is left out.
    """
    return tuple(_look(folder, index) for folder in folders)


def _notices(present: Sequence[Path], closed: threading.Event, wait_s: float) -> Iterator[bool]:
    """Yield True when files in `present` have changed and rested, and False after `wait_s` seconds without a change."""
    if not present:
        while not closed.wait(wait_s):
            yield False
        return
    for changes in watch(
        *present,
        watch_filter=None,  # the scan knows which files are articles
        step=_REST_MS,
        debounce=_BURST_MS,
        rust_timeout=round(wait_s * 1000),
        yield_on_timeout=True,
        stop_event=closed,
        raise_interrupt=False,
        ignore_permission_denied=True,
    ):
        if not closed.is_set():
            yield bool(changes)


def _look(folder: Folder, index: Path) -> Scan | None:
    try:
        found = scan(folder.path, (index, trash_folder(index)), folder.patterns)
    except ArticlesError as error:
        logger.warning("%s", error)
        return None
    return replace(found, files=tuple(file._replace(stamp=file.stamp.rstrip("~")) for file in found.files))


def _identities(folders: Sequence[Path]) -> dict[Path, tuple[int, int] | None]:
    """Return what tells each folder from another one at its path; None if there is no folder."""
    return {folder: _identity(folder) for folder in folders}


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if S_ISDIR(status.st_mode) else None
