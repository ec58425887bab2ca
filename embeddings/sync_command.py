"""Run a sync or a re-embedding from the command line: progress, a stop by Ctrl-C or SIGTERM, and following the folder."""

import argparse
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import FrameType

from tqdm import tqdm

from embeddings.cluster import DaskExecutor
from embeddings.config import IndexConfig
from embeddings.encoders.encoder import Encoder
from embeddings.errors import ArticlesError, IndexBusy
from embeddings.executor import Executor
from embeddings.folders import Folder
from embeddings.progress import Progress, SyncReport
from embeddings.safeguards import folders_to_sync
from embeddings.signals import on_stop
from embeddings.watching import LOOK_S, look, looks


@dataclass(frozen=True)
class Work:
    """A sync or a re-embedding, as its command asks for it."""

    work: Callable[..., SyncReport]
    folder: Path | None
    """None for all of the index's."""
    encoder: Encoder
    options: argparse.Namespace

    def run(self, stopping: threading.Event | None = None) -> SyncReport:
        """Run it with a progress bar; the first Ctrl-C or SIGTERM sets `stopping`, and stops it after the current file."""
        stopping = stopping or threading.Event()
        with self._executor() as executor, progress_bar(stopping) as show:
            return self.work(
                self.folder,
                self.options.index,
                self.encoder,
                IndexConfig(),
                on_progress=show,
                should_stop=stopping.is_set,
                change_folder=self.options.change_folder,
                allow_mass_deletion=self.options.allow_mass_deletion,
                executor=executor,
            )

    def _executor(self) -> AbstractContextManager[Executor | None]:
        place = self.options.cluster
        return DaskExecutor(place, self.encoder.identity) if place else nullcontext()

    def folders(self) -> list[Folder]:
        """Return the folders that it takes."""
        options = self.options
        return folders_to_sync(options.index, self.folder, change_folder=options.change_folder)


def follow(work: Work, tell: Callable[[SyncReport], object], look_s: float = LOOK_S) -> None:
    """Sync now, and again whenever files have changed, until Ctrl-C or SIGTERM.

    An error is told, and the next change tried; if another process was writing to the index, the next look.

    Args:
        work: the sync.
        tell: gets the report of each.
        look_s: seconds between looks without a notice.
    """
    closed = threading.Event()
    seen, again = None, True
    with on_stop(lambda number, frame: closed.set()):
        for _ in chain([None, None], looks(lambda: [folder.path for folder in work.folders()], closed, look_s)):
            found = look(work.folders(), work.options.index)
            if not again and found == seen:
                continue
            seen, again = found, False
            try:
                report = work.run(closed)
            except ArticlesError as error:
                again = isinstance(error, IndexBusy)
                print(f"error: {error}", file=sys.stderr, flush=True)
                continue
            tell(report)
            sys.stdout.flush()


@contextmanager
def progress_bar(stopping: threading.Event) -> Iterator[Callable[[Progress], None]]:
    """Show progress if standard error is a terminal; the first Ctrl-C or SIGTERM sets `stopping`, a second ends at once."""

    def ask_to_stop(signum: int, frame: FrameType | None) -> None:
        if stopping.is_set():
            raise KeyboardInterrupt
        stopping.set()
        print(
            "\nStopping after this file; the next run continues. Press Ctrl-C again to stop at once.", file=sys.stderr
        )

    bar = tqdm(
        total=0,
        unit="B",
        unit_scale=True,
        desc="Indexing",
        file=sys.stderr,
        disable=not sys.stderr.isatty(),
        leave=False,
    )

    def show(progress: Progress) -> None:
        bar.total = progress.bytes_total
        bar.set_postfix_str(f"file {progress.files_done} of {progress.files_total}", refresh=False)
        bar.update(progress.bytes_done - bar.n)

    with closing(bar), on_stop(ask_to_stop):
        yield show
