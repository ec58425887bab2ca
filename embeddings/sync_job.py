"""What one sync or re-embedding is asked to do."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from embeddings.config import IndexConfig
from embeddings.encoders.encoder import Encoder
from embeddings.progress import Progress
from embeddings.storage.builds import BuildRecord, trash_folder

OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


def ignore_progress(progress: Progress) -> None:
    """Tell nobody how far a sync is."""


def never_stop() -> bool:
    """Never ask a sync to stop."""
    return False


@dataclass(frozen=True)
class SyncJob:
    """Which folder goes into which index, with what, and what may be deleted."""

    folder: Path
    index: Path
    encoder: Encoder
    config: IndexConfig = field(default_factory=IndexConfig)
    on_progress: OnProgress = ignore_progress
    should_stop: ShouldStop = never_stop
    """Asked between two files."""
    change_folder: bool = False
    """The index may have belonged to another folder."""
    allow_mass_deletion: bool = False
    """All or nearly all documents may be deleted."""
    removed: Collection[str] = ()
    """Paths of articles that a person has just removed, however many."""

    @property
    def record(self) -> BuildRecord:
        """How the build is made."""
        return BuildRecord(self.encoder.identity, self.config.chunking)

    @property
    def excluded(self) -> tuple[Path, ...]:
        """Folders that hold no articles, should they lie inside the corpus folder."""
        return self.index, trash_folder(self.index)
