"""Errors shown to the user. Each names the cause and the next step; the command line prints it in one line."""

from collections.abc import Callable
from pathlib import Path


class ArticlesError(Exception):
    """Base of this project's errors: what happened, and the next step."""

    def __init__(self, what: str, next_step: str) -> None:
        self.what = what
        self.next_step = next_step
        super().__init__(f"{what} {next_step}")

    def __reduce__(self) -> tuple[Callable[..., "ArticlesError"], tuple[type["ArticlesError"], str, str]]:
        return _remade, (type(self), self.what, self.next_step)  # it may come from another process


def _remade(kind: type[ArticlesError], what: str, next_step: str) -> ArticlesError:
    error = kind.__new__(kind)
    ArticlesError.__init__(error, what, next_step)
    return error


def reembed_command(index: Path, encoder: str | None = None) -> str:
    """Return the command that rebuilds an index, with `encoder` or else with the encoder that made it."""
    return f"python -m embeddings reembed FOLDER --index {index}{f' --encoder {encoder}' if encoder else ''}"


def rebuild_step(index: Path) -> str:
    """Return the next step for an index that must be rebuilt."""
    return f"Rebuild it from the articles: {reembed_command(index)}"


def repair_step(index: Path) -> str:
    """Return the next step for an index that can be mended in place."""
    return f"Mend it: python -m embeddings doctor --repair --index {index}"


START_SERVER = "Start the PostgreSQL server, and check that this user may log in: libpq reads PGPASSWORD and ~/.pgpass."
"""The next step when a database's server does not answer."""


class UnreadableFile(ArticlesError):
    """A file of the corpus cannot be indexed; the other files are."""


class FileOutOfReach(UnreadableFile):
    """A file cannot be opened now: it has vanished, or its permissions forbid it. Its stored document stays."""


class FolderMissing(ArticlesError):
    """The corpus folder does not exist, or is not a folder."""


class FolderMismatch(ArticlesError):
    """The index belongs to another folder than the one given."""


class MassDeletion(ArticlesError):
    """All or nearly all files of an index have vanished from its folder. Deleting their documents needs an option."""


class IndexMissing(ArticlesError):
    """There is no index in the given folder."""


class IndexMismatch(ArticlesError):
    """The index was made with another model or chunking, or by a newer version of the program."""


class IndexDamaged(ArticlesError):
    """The index's SQLite file is damaged."""


class IndexBusy(ArticlesError):
    """Another process is writing to the index."""


class IndexUnwritable(ArticlesError):
    """The index folder cannot be written."""


class DatabaseUnavailable(ArticlesError):
    """The server that the index's database is on does not answer, or refuses."""


class SearchUnavailable(ArticlesError):
    """The server that searches the index does not answer, or refuses."""


class ModelUnavailable(ArticlesError):
    """Model weights are missing or are not the expected ones."""


class ClusterUnavailable(ArticlesError):
    """The cluster that reads and encodes does not answer, has no workers, or cannot do the work."""
