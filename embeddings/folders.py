"""`Folder`: one of the folders of articles that an index is made from."""

from dataclasses import dataclass
from pathlib import Path

from embeddings.errors import ArticlesError
from embeddings.patterns import EVERY_FILE, Patterns

# A document of a named folder is written `name:path`.
_NOT_IN_NAMES = frozenset("/\\:")


class BadFolder(ArticlesError):
    """A folder cannot be added to an index, or is not one of its folders."""


@dataclass(frozen=True)
class Folder:
    """A folder of articles, which an index knows by its name."""

    name: str
    path: Path
    """Absolute, as it was given: links in it are not resolved."""
    patterns: Patterns = EVERY_FILE
    """Which of its files are taken."""
    away_since: str | None = None
    """Since when it cannot be read, as a disk that is not mounted: ISO 8601, UTC; None if it could be at the last sync.
    Its articles stay in the index meanwhile."""


def folder_name(name: str) -> str:
    """Return a folder's name as it is kept.

    Raises:
        BadFolder: it is empty, or has a character that a name cannot have.
    """
    name = " ".join(name.split())
    if not name or not name.isprintable() or _NOT_IN_NAMES & set(name):
        raise BadFolder(f"“{name}” cannot be a folder's name.", "Choose one without slashes and colons.")
    return name


def name_for(path: Path) -> str:
    """Return the name of a folder that nobody has named: the last part of its path."""
    return "".join(c if c.isprintable() and c not in _NOT_IN_NAMES else "-" for c in path.absolute().name) or "articles"
