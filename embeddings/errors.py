"""Errors shown to the user. Each names the cause and the next step; the command line prints it in one line."""

from pathlib import Path


class ArticlesError(Exception):
    """Base of this project's errors: what happened, and the next step."""

    def __init__(self, what: str, next_step: str) -> None:
        self.what = what
        self.next_step = next_step
        super().__init__(f"{what} {next_step}")


def reembed_command(index: Path, encoder: str | None = None) -> str:
    """Return the command that makes an index anew, by another encoder than it was made by when one is named."""
    return f"python -m embeddings reembed FOLDER --index {index}{f' --encoder {encoder}' if encoder else ''}"


def rebuild_step(index: Path) -> str:
    """Return the next step for an index that must be rebuilt."""
    return f"Rebuild it from the articles: {reembed_command(index)}"


class UnreadableFile(ArticlesError):
    """A file of the corpus that cannot be taken in; the others are."""


class FileOutOfReach(UnreadableFile):
    """A file that cannot be opened now: it has vanished, or may not be read. What the index holds of it stays."""


class FolderMissing(ArticlesError):
    """The corpus folder does not exist, or is not a folder."""


class FolderMismatch(ArticlesError):
    """The index belongs to another folder than the one given."""


class MassDeletion(ArticlesError):
    """All or nearly all files of an index have vanished from its folder: their documents are not deleted unasked."""


class IndexMissing(ArticlesError):
    """There is no index at the given place."""


class IndexMismatch(ArticlesError):
    """The index was made by another model or chunking, or by a newer program, than the one that wants to use it."""


class IndexDamaged(ArticlesError):
    """The index's SQLite file is damaged."""


class IndexBusy(ArticlesError):
    """Another process writes to the index."""


class IndexUnwritable(ArticlesError):
    """The folder of the index cannot be written."""


class ModelUnavailable(ArticlesError):
    """Model weights are missing or are not the expected ones."""
