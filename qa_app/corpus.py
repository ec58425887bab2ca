"""The corpus as a running service: kept in sync with its folder, changed by uploads and removals, re-embedded."""

import logging
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from embeddings.builds import trash_folder
from embeddings.config import IndexConfig
from embeddings.documents import READERS, is_supported
from embeddings.encoder import Encoder
from embeddings.errors import ArticlesError, IndexBusy, UnreadableFile
from embeddings.report import Progress, SyncReport
from embeddings.scan import scan
from embeddings.sync import reembed, sync

logger = logging.getLogger(__name__)

# How often the folder is looked at; an unchanged folder costs one stat a file.
WATCH_SECONDS = 3.0


@dataclass(frozen=True)
class Job:
    """The work under way, or the last that was."""

    name: str
    """"Indexing" or "Re-embedding"."""
    running: bool
    progress: Progress | None
    started: float
    """time.monotonic()."""
    report: SyncReport | None = None
    error: ArticlesError | None = None


class Corpus:
    """Runs at most one job at a time in a thread of its own; answers go on meanwhile."""

    def __init__(self, folder: Path, index: Path, encoder: Encoder, config: IndexConfig | None = None) -> None:
        self.folder = folder
        self.index = index
        self._encoder = encoder
        self._config = config or IndexConfig()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._seen: object = None
        self.job: Job | None = None

    # -- jobs

    def start_sync(self) -> None:
        """Begin to make the index equal to the folder; nothing happens when a job is running."""
        self._start("Indexing", sync)

    def start_reembed(self) -> None:
        """Begin to make the index anew beside the served one; nothing happens when a job is running."""
        self._start("Re-embedding", reembed)

    def stop(self) -> None:
        """Ask the running job to stop between two files; what is done stays."""
        self._stop.set()

    def wait(self, timeout_s: float | None = None) -> Job | None:
        """Wait for the running job to end; returns the last job."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout_s)
        return self.job

    def watch(self) -> None:
        """Follow the folder from now on: begin a sync when a file comes, changes or goes."""
        threading.Thread(target=self._watch, name="corpus-watch", daemon=True).start()

    def close(self) -> None:
        """Stop following the folder, stop the running job and wait for it."""
        self._closed.set()
        self.stop()
        self.wait()

    # -- changes by a person

    def add(self, uploads: Sequence[Path]) -> list[str]:
        """Copy files into the folder; returns what happened to each, in words.

        A file whose name is taken replaces that article, which moves to the trash.

        Raises:
            UnreadableFile: one is of a format that cannot be read; nothing was copied.
        """
        for upload in uploads:
            if not is_supported(upload.name):
                raise UnreadableFile(
                    f"{upload.name} is of a format that cannot be read.", f"Add {' or '.join(READERS)} files."
                )
        return [self._add(upload) for upload in uploads]

    def remove(self, path: str) -> Path:
        """Move an article's file from the folder to the trash; returns where it lies now.

        Raises:
            UnreadableFile: there is no such article.
        """
        file = self._file(path)
        if not file.is_file():
            raise UnreadableFile(f"There is no article {path} any more.", "Look at the list again.")
        target = self._trash_place(path)
        shutil.move(file, target)
        return target

    # -- inside

    def _start(self, name: str, work: Callable[..., SyncReport]) -> None:
        with self._lock:
            if self.job is not None and self.job.running:
                return
            self._stop.clear()
            self.job = Job(name, True, None, time.monotonic())
            self._thread = threading.Thread(target=self._run, args=(self.job, work), name="corpus-job")
            self._thread.start()

    def _run(self, job: Job, work: Callable[..., SyncReport]) -> None:
        def show(progress: Progress) -> None:
            self.job = replace(job, progress=progress)

        try:
            report = work(
                self.folder, self.index, self._encoder, self._config, on_progress=show, should_stop=self._stop.is_set
            )
        except ArticlesError as error:
            logger.warning("%s failed: %s", job.name, error)
            self.job = replace(job, running=False, error=error)
        except (OSError, sqlite3.Error, RuntimeError) as error:
            logger.exception("%s failed", job.name)
            told = ArticlesError(f"{job.name} failed ({error}).", "Check the index: python -m embeddings doctor")
            self.job = replace(job, running=False, error=told)
        else:
            self.job = replace(job, running=False, report=report)

    def _watch(self) -> None:
        while not self._closed.wait(WATCH_SECONDS):
            try:
                seen = scan(self.folder)
            except ArticlesError as error:
                logger.warning("%s", error)
                continue
            job = self.job
            if job is not None and job.running:
                continue
            busy = job is not None and isinstance(job.error, IndexBusy)
            if seen != self._seen or busy:
                self._seen = seen
                self.start_sync()

    def _add(self, upload: Path) -> str:
        target = self._file(upload.name)
        if target.exists() and target.read_bytes() == upload.read_bytes():
            return f"{upload.name} is already in."
        words = f"{upload.name} was added."
        if target.exists():
            shutil.move(target, self._trash_place(upload.name))
            words = f"{upload.name} was replaced; the old one is in the trash."
        # Copied under a hidden name first: the watcher must not see half a file.
        partial = target.with_name(f".{target.name}.part")
        shutil.copyfile(upload, partial)
        partial.replace(target)
        return words

    def _file(self, path: str) -> Path:
        """Return the file of a path relative to the folder; a path that leads out of it is no article."""
        file = (self.folder / PurePosixPath(path)).resolve()
        if not file.is_relative_to(self.folder.resolve()):
            raise UnreadableFile(f"{path} is not in {self.folder}.", "Name an article of the list.")
        return file

    def _trash_place(self, path: str) -> Path:
        trash = trash_folder(self.index)
        trash.mkdir(parents=True, exist_ok=True)
        name = PurePosixPath(path)
        return trash / f"{datetime.now():%Y-%m-%d_%H%M%S_%f}_{name.name}"
