"""What a sync tells: how far it is, and what it did."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How far a sync is; bytes and chunks that need no encoding count as done at once."""

    files_done: int
    files_total: int
    bytes_done: int
    bytes_total: int
    path: str


@dataclass(frozen=True)
class SyncReport:
    """What a sync did. Paths are relative to the folder, in order."""

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
    """True when a stop was asked for; the next sync goes on."""
    seconds: float
