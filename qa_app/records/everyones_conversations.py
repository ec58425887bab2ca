"""Everyone's conversations: each person's in a file of their own, so that no query can reach another's."""

import re
import threading
from pathlib import Path

from qa_app.records.conversations import Conversations, conversations_file

_LOCAL = ""
"""The person at this machine, on a server without accounts."""
_ID = re.compile(r"[0-9a-f]+")


class EveryonesConversations:
    """The conversations of all who use a server. Thread-safe."""

    def __init__(self, index: Path | None) -> None:
        """Keep them in an index's folder; None keeps everyone's newest turns in memory."""
        self._index = index
        self._lock = threading.Lock()
        self._open: dict[str, Conversations] = {}

    def of(self, owner: str) -> Conversations:
        """Return one person's, by the id of the account; "" is the person at this machine.

        Raises:
            ConversationsUnusable: the file is damaged, was made by a newer program, or cannot be written.
        """
        with self._lock:
            if owner not in self._open:
                self._open[owner] = Conversations(None if self._index is None else _file(self._index, owner))
            return self._open[owner]

    def close(self) -> None:
        with self._lock:
            for conversations in self._open.values():
                conversations.close()


def all_conversations_files(index: Path) -> list[Path]:
    """Return the files of an index's conversations that exist: of the person at this machine, and of each account."""
    files = [conversations_file(index), *sorted(_folder(index).glob("*.sqlite3"))]
    return [file for file in files if file.exists()]


def _folder(index: Path) -> Path:
    return index / "conversations"


def _file(index: Path, owner: str) -> Path:
    if owner == _LOCAL:
        return conversations_file(index)
    if not _ID.fullmatch(owner):
        raise ValueError(f"{owner!r} is no id of an account")
    return _folder(index) / f"{owner}.sqlite3"
