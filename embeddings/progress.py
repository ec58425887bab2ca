"""Progress and result of a sync."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How far a sync has got. What needs no encoding counts as done at once."""

    files_done: int
    files_total: int
    bytes_done: int
    bytes_total: int
    path: str


@dataclass(frozen=True)
class Away:
    """A folder that cannot be read."""

    folder: str
    path: str
    since: str
    """ISO 8601, UTC."""


@dataclass(frozen=True)
class SyncReport:
    """What a sync did. Paths are relative to their folders; in an index that has several, written as an `Address` is."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    """(old, new)."""
    deleted: tuple[str, ...]
    unchanged: int
    failed: tuple[tuple[str, str, str], ...]
    """(path, what is wrong, next step)."""
    skipped: tuple[str, ...]
    """Files of formats that cannot be read yet."""
    chunks_encoded: int
    chunks_kept: int
    """Chunks of added and changed files that needed no encoding."""
    stopped: bool
    """True if the sync was stopped before the end; the next one continues."""
    seconds: float
    away: tuple[Away, ...] = ()
    """Folders that could not be read; their articles stay in the index."""
    excluded: tuple[str, ...] = ()
    """Files and, with `/` at the end, folders that a folder's patterns leave."""
    not_followed: tuple[str, ...] = ()
    """Links that lead out of their folder, or to a folder."""
