"""Conversations with the receipt of every answer, and what people said of the answers: one SQLite file beside the index."""

from dataclasses import dataclass
from pathlib import Path

from qa_app.records.conversations_database import ConversationGone, ConversationsDatabase
from qa_app.records.feedback import FeedbackTable
from qa_app.records.turns import TurnsTable, title_of


@dataclass(frozen=True)
class Entry:
    """A line of the list of conversations."""

    id: str
    title: str
    updated_at: str
    """When the last question was asked or answered; ISO 8601, UTC."""
    turns: int


def conversations_file(index: Path) -> Path:
    """Where the conversations over an index lie. It survives whatever is done to the index but its deletion."""
    return index / "conversations.sqlite3"


class Conversations:
    """Opened once and shared by every thread. Each change is one transaction, on the disk when the call returns."""

    def __init__(self, file: Path | None) -> None:
        """Open the conversations in `file`, or make it, readable by its owner alone; None keeps the newest in memory.

        Raises:
            ConversationsUnusable: it is damaged, was made by a newer program, or its place cannot be written.
        """
        self.file = file
        self._database = ConversationsDatabase(file)
        self.turns = TurnsTable(self._database)
        self.feedback = FeedbackTable(self._database)

    def close(self) -> None:
        self._database.close()

    def entries(self) -> list[Entry]:
        """Return the list of conversations, the last used first."""
        with self._database.reading() as database:
            rows = database.rows(
                """SELECT id, title, updated_at, (SELECT count(*) FROM turns WHERE conversation = conversations.id)
                FROM conversations ORDER BY updated_at DESC, rowid DESC"""
            )
        return [Entry(*row) for row in rows]

    def rename(self, conversation: str, title: str) -> None:
        """Give a conversation another title, on one line.

        Raises:
            ConversationGone: it does not exist.
            ValueError: the title is blank.
        """
        if not title.strip():
            raise ValueError("a title has words")
        with self._database.changing() as database:
            changed = database.execute(
                "UPDATE conversations SET title = ? WHERE id = ?", (title_of(title), conversation)
            )
        if not changed:
            raise ConversationGone("conversation")

    def delete(self, conversation: str) -> None:
        """Delete a conversation with its turns and their feedback; nothing happens when it is gone already."""
        with self._database.changing() as database:
            database.execute("DELETE FROM conversations WHERE id = ?", (conversation,))
