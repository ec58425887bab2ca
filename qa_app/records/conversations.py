"""Conversations, with the receipt of every answer and the users' feedback: in the index's database, or a SQLite file in its folder."""

from copy import copy
from dataclasses import dataclass
from pathlib import Path

from embeddings.storage.database_place import DatabasePlace
from embeddings.storage.index_files import DatabaseBeside, is_made
from qa_app.records.conversations_database import ConversationGone, ConversationsDatabase
from qa_app.records.feedback import FeedbackTable
from qa_app.records.saved_quotes import SavedQuotesTable
from qa_app.records.turns import TurnsTable, title_of

_LOCAL = ""
"""The owner of conversations on a server without accounts."""


@dataclass(frozen=True)
class Entry:
    """A conversation in the list of all conversations."""

    id: str
    title: str
    updated_at: str
    """When the last question was asked or answered; ISO 8601, UTC."""
    turns: int


CONVERSATIONS = DatabaseBeside("articles_conversations", "conversations.sqlite3", ConversationsDatabase)


def conversations_file(index: Path) -> Path:
    """Return the file of an index's conversations. Only deleting the index deletes it."""
    return index / CONVERSATIONS.file


def conversations_place(index: Path) -> DatabasePlace:
    """Return where an index's conversations are kept."""
    return CONVERSATIONS.place(index)


def has_conversations(index: Path) -> bool:
    """Return whether an index has a database of conversations."""
    return is_made(conversations_place(index))


class Conversations:
    """One person's stored conversations. Open them once and share them between threads.

    Each change is one transaction, on disk when the call returns.
    """

    def __init__(self, place: DatabasePlace | None) -> None:
        """Open the database, or create it, a file readable only by its owner; None keeps the newest turns in memory.

        Raises:
            ConversationsUnusable: it is damaged, was made by a newer program, or cannot be written.
        """
        self.place = place
        self._database = ConversationsDatabase(place)
        self._belong_to(_LOCAL)

    def _belong_to(self, owner: str) -> None:
        self._owner = owner
        self.turns = TurnsTable(self._database, owner)
        self.feedback = FeedbackTable(self._database, owner)
        self.saved_quotes = SavedQuotesTable(self._database, owner)

    def of(self, owner: str) -> "Conversations":
        """Return the conversations of another person, by the id of the account, in the same database."""
        others = copy(self)
        others._belong_to(owner)
        return others

    def close(self) -> None:
        self._database.close()

    def entries(self, words: str = "") -> list[Entry]:
        """Return the conversations whose title or questions contain `words`, in any case; most recently used first."""
        with self._database.reading() as database:
            rows = database.rows(
                """SELECT id, title, updated_at, (SELECT count(*) FROM turns WHERE conversation = conversations.id)
                FROM conversations WHERE owner = ?1 AND (?2 = '' OR instr(casefold(title), ?2) > 0 OR EXISTS (
                    SELECT 1 FROM turns WHERE conversation = conversations.id AND instr(casefold(question), ?2) > 0))
                ORDER BY updated_at DESC, id DESC""",
                (self._owner, words.casefold()),
            )
        return [Entry(*row) for row in rows]

    def entry(self, conversation: str) -> Entry | None:
        """Return a conversation; None if it is gone."""
        with self._database.reading() as database:
            row = database.row(
                """SELECT id, title, updated_at, (SELECT count(*) FROM turns WHERE conversation = conversations.id)
                FROM conversations WHERE id = ? AND owner = ?""",
                (conversation, self._owner),
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
                "UPDATE conversations SET title = ? WHERE id = ? AND owner = ?",
                (title_of(title), conversation, self._owner),
            )
        if not changed:
            raise ConversationGone("conversation")

    def delete(self, conversation: str) -> None:
        """Delete a conversation with its turns and their feedback; does nothing if it is already gone."""
        with self._database.changing() as database:
            database.execute("DELETE FROM conversations WHERE id = ? AND owner = ?", (conversation, self._owner))
