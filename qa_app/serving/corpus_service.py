"""The corpus as a running service: syncs the index with its folders, takes uploads and removals, re-embeds."""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path, PurePosixPath

from embeddings.config import IndexConfig
from embeddings.documents.document import Address
from embeddings.documents.readers import is_supported
from embeddings.encoders.encoder import Encoder
from embeddings.errors import (
    ArticlesError,
    FolderMismatch,
    FolderMissing,
    IndexBusy,
    IndexMismatch,
    MassDeletion,
    UnreadableFile,
)
from embeddings.folder_changes import no_folder
from embeddings.folders import Folder, name_for
from embeddings.index import recorded_folders
from embeddings.progress import Progress, SyncReport
from embeddings.put_back import set_read
from embeddings.safeguards import folders_to_sync
from embeddings.scan import Scan
from embeddings.storage.builds import trash_folder
from embeddings.sync import reembed, sync
from embeddings.watching import LOOK_S, look, looks
from qa_app.serving.folder_files import add_file, clear_partials, file_in, move_to_trash
from qa_app.types import UnfinishedSync

logger = logging.getLogger(__name__)

_SYNCING = "Indexing"
# How long after a sync that failed, as when the disk was full, the watcher starts the next one.
_AGAIN_S = 60.0
# What a person has to decide first, or a change of the folder mends.
_LASTING = (FolderMissing, FolderMismatch, IndexMismatch, MassDeletion)
# How often the watcher asks whether the running job is done.
_BUSY_S = 0.2
# How long closing the service waits for a job to stop between two files. A job killed later loses nothing committed.
_CLOSING_S = 3.0


@dataclass(frozen=True)
class Job:
    """The running job, or the last one."""

    name: str
    """"Indexing" or "Re-embedding"."""
    running: bool
    progress: Progress | None
    started: float
    """time.monotonic()."""
    report: SyncReport | None = None
    error: ArticlesError | None = None


@dataclass(frozen=True)
class Upload:
    """The outcome of one uploaded file."""

    name: str
    taken: bool
    """Whether it is now in the folder. Errors in reading it appear when it is indexed."""
    words: str
    """What happened and, if it was refused, the next step."""


class Corpus:
    """Runs sync and re-embedding jobs in a background thread, one at a time; questions can be answered meanwhile."""

    def __init__(
        self,
        folder: Path | None,
        index: Path,
        encoder: Encoder,
        config: IndexConfig | None = None,
        *,
        change_folder: bool = False,
        note: Callable[[str, str], None] = lambda deed, what: None,
    ) -> None:
        """Create the service for an index that exists.

        Args:
            folder: the one folder to follow; None for all of the index's.
            index: folder of the index.
            encoder: the one that made the index.
            config: as in `sync`.
            change_folder: whether `folder` may take the place of the index's own.
            note: told of each change by a person: what was done, and to what.
        """
        self._given = folder
        self._folders = [Folder(name_for(folder), folder)] if folder else recorded_folders(index)
        self.index = index
        self._encoder = encoder
        self._config = config or IndexConfig()
        self._change_folder = change_folder
        self._note = note
        self._removed: set[Address] = set()
        """Articles that the user removed here and that may still be in the index; a sync may delete all of them."""
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._seen: tuple[Scan | None, ...] | None = None
        self.job: Job | None = None

    # -- folders

    def folders(self) -> list[Folder]:
        """Return the folders that it follows, in the order in which they were added; never empty."""
        try:
            self._folders = folders_to_sync(self.index, self._given, change_folder=self._change_folder)
        except ArticlesError as error:  # as the index is unreadable for the moment: those known before
            logger.warning("%s", error)
        return self._folders

    @property
    def folder(self) -> Path:
        """Where uploads go."""
        return self._for_uploads().path

    def _for_uploads(self) -> Folder:
        """Return the first folder that can be written, or else the first."""
        folders = self.folders()
        return next((each for each in folders if each.path.is_dir() and os.access(each.path, os.W_OK)), folders[0])

    def place_of(self, name: str | None) -> Path:
        """Return where the folder of this name is; None means the only one.

        Raises:
            BadFolder: there is no such folder.
        """
        if name is None:
            return self.folders()[0].path
        own = recorded_folders(self.index)
        found = next((folder for folder in own if folder.name == name), None)
        if found is None:
            raise no_folder(name, own)
        return found.path

    # -- jobs

    def start_sync(self) -> bool:
        """Start to sync the index with the folder. Return False if a job is already running."""
        return self._start(_SYNCING, sync)

    def start_reembed(self) -> bool:
        """Start to rebuild the index beside the served one. Return False if a job is already running."""
        started = self._start("Re-embedding", reembed)
        if started:
            self._note("re-embedding started", "")
        return started

    def stop(self) -> None:
        """Ask the running job to stop after the current file; finished files are kept."""
        self._stop.set()

    def unfinished(self) -> UnfinishedSync | None:
        """Return the progress of the running sync, or None. Re-embedding does not count: the served index stays complete."""
        job = self.job
        if job is None or not job.running or job.name != _SYNCING:
            return None
        progress = job.progress
        return UnfinishedSync(progress.files_done, progress.files_total) if progress else UnfinishedSync(0, None)

    def wait(self, timeout_s: float | None = None) -> Job | None:
        """Wait for the running job to finish. Return the last job."""
        with self._lock:  # a job that is being started has its thread then
            thread = self._thread
        if thread is not None:
            thread.join(timeout_s)
        return self.job

    def watch(self, look_s: float = LOOK_S) -> None:
        """Watch the folders: start a sync whenever a file is added, changed or deleted. See `embeddings.watching`."""
        threading.Thread(target=self._watch, args=(look_s,), name="corpus-watch", daemon=True).start()

    def close(self) -> None:
        """Stop watching and stop the running job; give up waiting if a large file delays the stop."""
        self._closed.set()
        self.stop()
        self.wait(_CLOSING_S)

    # -- changes by the user

    def add(self, uploads: Sequence[Path]) -> list[Upload]:
        """Copy files into the folder for uploads and return the outcome of each. A refused file does not affect the others.

        A file with the name of an existing article replaces it; the old file moves to the trash.
        """
        taken = [self._taken(upload) for upload in uploads]
        for upload in taken:
            self._note("added" if upload.taken else "upload refused", upload.name)
        return taken

    def remove(self, address: Address) -> Path:
        """Move an article's file from its folder to the trash and return its new path.

        Raises:
            UnreadableFile: there is no such article, or it cannot be moved.
            BadFolder: there is no such folder.
        """
        file = file_in(self.place_of(address.folder), address.path)
        if not is_supported(address.path) or not (file.is_file() or file.is_symlink()):
            raise UnreadableFile(f"There is no article {address}.", "Choose an article from the list.")
        place = move_to_trash(file, trash_folder(self.index))
        self._removed.add(Address(PurePosixPath(address.path).as_posix(), address.folder))
        self._note("removed", str(address))
        return place

    def set_read(self, address: Address, key: str, is_read: bool) -> None:
        """Read a stretch of an article that was left out, or leave it out again. It takes as long as encoding the stretch.

        Raises:
            NotLeftOut, IndexBusy: it cannot be done, or not while a job is running.
        """
        set_read(self.index, self._encoder, address, [key], is_read=is_read, config=self._config)
        self._note("put back" if is_read else "left out", str(address))

    # -- internals

    def _start(self, name: str, work: Callable[..., SyncReport]) -> bool:
        with self._lock:
            if self._closed.is_set() or (self.job is not None and self.job.running):
                return False
            self._stop.clear()
            self._seen = look(self.folders(), self.index)
            self.job = Job(name, True, None, time.monotonic())
            self._thread = threading.Thread(target=self._run, args=(self.job, work), name="corpus-job")
            self._thread.start()
            return True

    def _run(self, job: Job, work: Callable[..., SyncReport]) -> None:
        def show(progress: Progress) -> None:
            self.job = replace(job, progress=progress)

        removed = frozenset(self._removed)
        try:
            report = work(
                self._given,
                self.index,
                self._encoder,
                self._config,
                on_progress=show,
                should_stop=self._stop.is_set,
                change_folder=self._change_folder,
                removed=removed,
            )
        except ArticlesError as error:
            logger.warning("%s failed: %s", job.name, error)
            self.job = replace(job, running=False, error=error)
        except BaseException as error:  # whatever happened, the next job must be able to start
            logger.exception("%s failed", job.name)
            told = ArticlesError(f"{job.name} failed ({error}).", "Check the index: python -m embeddings doctor")
            self.job = replace(job, running=False, error=told)
        else:
            if not report.stopped:
                self._removed -= removed
            self.job = replace(job, running=False, report=report)

    def _watch(self, look_s: float) -> None:
        for folder in self.folders():
            clear_partials(folder.path)
        for _ in chain([None], looks(lambda: [folder.path for folder in self.folders()], self._closed, look_s)):
            while self.job is not None and self.job.running and not self._closed.wait(_BUSY_S):
                pass
            # `_seen` is the scan at the start of the last job, so a stopped job does not restart by itself.
            if self._is_due_again() or look(self.folders(), self.index) != self._seen:
                self.start_sync()

    def _is_due_again(self) -> bool:
        """Return whether the last job failed and may succeed now: when the index is free, or the disk has space again."""
        job = self.job
        if job is None or job.error is None or isinstance(job.error, _LASTING):
            return False
        return isinstance(job.error, IndexBusy) or time.monotonic() - job.started > _AGAIN_S

    def _taken(self, upload: Path) -> Upload:
        try:
            words = add_file(upload, self._for_uploads(), trash_folder(self.index), self._config.max_file_bytes)
            return Upload(upload.name, True, words)
        except UnreadableFile as error:
            return Upload(upload.name, False, str(error))
