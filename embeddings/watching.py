"""Watch a corpus folder: by the system's notices of changes, and by a look now and then."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from stat import S_ISDIR

from watchfiles import watch

from embeddings.errors import ArticlesError
from embeddings.scan import Scan, scan
from embeddings.storage.builds import trash_folder

logger = logging.getLogger(__name__)

LOOK_S = 30.0
"""Seconds between looks without a notice. Network drives give none, and the system may lose some."""
# A burst of changes is one notice: it comes when nothing has changed for the first time, or after the second.
_REST_MS = 500
_BURST_MS = 30_000
_ABSENT_S = 1.0


def looks(folder: Path, closed: threading.Event, look_s: float = LOOK_S) -> Iterator[None]:
    """Yield each time that the folder should be scanned, until `closed` is set.

    That is when files below it have changed and then rested, every `look_s` seconds, and when the folder itself vanishes,
    comes back or is replaced by another, as drives do.
    """
    while not closed.is_set():
        watched = _identity(folder)
        if watched is None:
            closed.wait(_ABSENT_S)
            if _identity(folder) is not None:
                yield
            continue
        for _ in watch(
            folder,
            watch_filter=None,  # the scan knows which files are articles
            step=_REST_MS,
            debounce=_BURST_MS,
            rust_timeout=round(look_s * 1000),
            yield_on_timeout=True,
            stop_event=closed,
            raise_interrupt=False,
            ignore_permission_denied=True,
        ):
            if not closed.is_set():
                yield
            if _identity(folder) != watched:
                break


def look(folder: Path, index: Path) -> Scan | None:
    """Scan the folder, to compare with an earlier look; None if it cannot be read.

    The mark of recent files' stamps, which vanishes with time, is left out.
    """
    try:
        found = scan(folder, (index, trash_folder(index)))
    except ArticlesError as error:
        logger.warning("%s", error)
        return None
    return replace(found, files=tuple(replace(file, stamp=file.stamp.rstrip("~")) for file in found.files))


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a folder from another one at its path; None if there is no folder."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if S_ISDIR(status.st_mode) else None
