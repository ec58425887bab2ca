"""Conversations, with the receipt of every answer and the users' feedback: one SQLite file in the index's folder."""

from dataclasses import dataclass
from pathlib import Path

from qa_app.records.conversations_database import ConversationGone, ConversationsDatabase
from qa_app.records.feedback import FeedbackTable
from qa_app.records.saved_quotes import SavedQuotesTable
from qa_app.records.turns import TurnsTable, title_of


@dataclass(frozen=True)
class Entry:
    """A conversation in the list of all conversations."""

    id: str
    title: str
    updated_at: str
    """When the last question was asked or answered; ISO 8601, UTC."""
    turns: int


def conversations_file(index: Path) -> Path:
    """Return the file of an index's conversations. Only deleting the index deletes it."""
    return index / "conversations.sqlite3"


class Conversations:
    """The stored conversations. Open them once and share them between threads.

    Each change is one transaction, on disk when the call returns.
    """

    def __init__(self, file: Path | None) -> None:
        """Open `file`, or create it readable only by its owner; None keeps the newest turns in memory.

        Raises:
            ConversationsUnusable: the file is damaged, was made by a newer program, or cannot be written.
        """
        self.file = file
        self._database = ConversationsDatabase(file)
        self.turns = TurnsTable(self._database)
        self.feedback = FeedbackTable(self._database)
        self.saved_quotes = SavedQuotesTable(self._database)

    def close(self) -> None:
        self._database.close()

    def entries(self, words: str = "") -> list[Entry]:
        """Return the conversations whose title or questions contain `words`, in any case; most recently used first."""
        with self._database.reading() as database:
            rows = database.rows(
                """SELECT id, title, updated_at, (SELECT count(*) FROM turns WHERE conversation = conversations.id)
                FROM conversations WHERE ?1 = '' OR instr(casefold(title), ?1) OR EXISTS (
                    SELECT 1 FROM turns WHERE conversation = conversations.id AND instr(casefold(question), ?1))
                ORDER BY updated_at DESC, rowid DESC""",
                (words.casefold(),),
            )
        return [Entry(*row) for row in rows]

    def entry(self, conversation: str) -> Entry | None:
        """Return a conversation; None if it is gone."""
        with self._database.reading() as database:
            row = database.row(
                """SELECT id, title, updated_at, (SELECT count(*) FROM turns WHERE conversation = conversations.id)
                FROM conversations WHERE id = ?""",
                (conversation,),
            )
        return None if row is None else Entry(*row)

    def rename(self, conversation: str, title: str) -> None:
        """Change a conversation's title, joined into one line.

        Raises:
            ConversationGone: it does not exist.
            ValueError: the title is blank.
        """
        if not title.strip():
            raise ValueError("the title is blank")
        with self._database.changing() as database:
            changed = database.execute(
                "UPDATE conversations SET title = ? WHERE id = ?", (title_of(title), conversation)
            )
        if not changed:
            raise ConversationGone("conversation")

    def delete(self, conversation: str) -> None:
        """Delete a conversation with its turns and their feedback; does nothing if it is already gone."""
        with self._database.changing() as database:
            database.execute("DELETE FROM conversations WHERE id = ?", (conversation,))
