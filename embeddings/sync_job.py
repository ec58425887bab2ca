"""The parameters of one sync or re-embedding."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from embeddings.config import IndexConfig
from embeddings.documents.document import Address
from embeddings.encoders.encoder import Encoder
from embeddings.executor import Executor, InProcess
from embeddings.progress import Progress
from embeddings.storage.builds import BuildRecord, trash_folder

OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


def ignore_progress(progress: Progress) -> None:
    """Ignore the progress of a sync."""


def never_stop() -> bool:
    """Return False: the sync is never stopped."""
    return False


@dataclass(frozen=True)
class SyncJob:
    """The index, encoder and permissions of one sync."""

    folder: Path | None
    """The one folder to sync, None for all of the index's."""
    index: Path
    encoder: Encoder
    config: IndexConfig = field(default_factory=IndexConfig)
    on_progress: OnProgress = ignore_progress
    should_stop: ShouldStop = never_stop
    """Called before each file; True stops the sync."""
    change_folder: bool = False
    """Allow `folder` to take the place of the index's own."""
    allow_mass_deletion: bool = False
    """Allow all or nearly all documents to be deleted."""
    removed: Collection[Address] = ()
    """Articles that the user has just removed; their deletion needs no permission."""
    executor: Executor | None = None
    """What reads and encodes; None for this process."""

    @property
    def workers(self) -> Executor:
        """What reads and encodes."""
        return self.executor or InProcess(self.encoder)

    @property
    def record(self) -> BuildRecord:
        """The encoder and chunking of the build."""
        return BuildRecord(self.encoder.identity, self.config.chunking)

    @property
    def excluded(self) -> tuple[Path, ...]:
        """Folders not to scan for articles, in case they are inside the corpus folder."""
        return self.index, trash_folder(self.index)
