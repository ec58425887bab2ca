"""The database of conversations: numbered migrations and errors."""

from embeddings.errors import START_SERVER, ArticlesError
from embeddings.storage.database import Fault
from embeddings.storage.database_place import DatabasePlace
from embeddings.storage.private_database import PrivateDatabase

# Never change a published migration: append another.
MIGRATIONS = (
    """
    CREATE TABLE conversations (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        updated_at TEXT NOT NULL    -- ISO 8601, UTC
    );
    CREATE TABLE turns (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,  -- from 0
        question TEXT NOT NULL,
        asked_at TEXT NOT NULL,     -- ISO 8601, UTC
        receipt TEXT,               -- JSON, when it was answered
        failure TEXT,               -- for the person, when it failed
        UNIQUE (conversation, position)
    );
    CREATE TABLE feedback (         -- outlives a turn that was asked again, not its conversation
        turn TEXT PRIMARY KEY,
        conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        verdict TEXT NOT NULL,
        note TEXT NOT NULL,
        given_at TEXT NOT NULL,     -- ISO 8601, UTC
        receipt TEXT NOT NULL       -- JSON, of the answer that was judged
    );
    CREATE INDEX feedback_by_conversation ON feedback (conversation);
    """,
    # Closes gaps between positions, left by questions asked in a deleted conversation: after such a gap, the next question
    # replaced a turn by mistake. Going through negative numbers keeps the positions unique at every step.
    """
    UPDATE turns SET position = -1 - ranked.position FROM (
        SELECT id, row_number() OVER (PARTITION BY conversation ORDER BY position) - 1 AS position FROM turns
    ) AS ranked WHERE ranked.id = turns.id;
    UPDATE turns SET position = -1 - position;
    """,
    # Whose a conversation is: the id of an account; "" is the person at this machine, on a server without accounts.
    """
    ALTER TABLE conversations ADD COLUMN owner TEXT NOT NULL DEFAULT '';
    CREATE INDEX conversations_by_owner ON conversations (owner);
    """,
    """
    CREATE TABLE saved_quotes (     -- outlives the conversation that it was saved from
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,        -- as of a conversation
        document TEXT NOT NULL,
        folder TEXT NOT NULL,
        first INTEGER NOT NULL,     -- characters [first, last) of the document's canonical text
        last INTEGER NOT NULL,
        text_sha256 TEXT NOT NULL,
        question TEXT NOT NULL,
        quote TEXT NOT NULL,        -- JSON, as in the receipt
        note TEXT NOT NULL,
        saved_at TEXT NOT NULL      -- ISO 8601, UTC
    );
    """,
)


class ConversationsUnusable(ArticlesError):
    """The file of conversations cannot be used; it was not changed."""


class ConversationGone(ArticlesError):
    """The requested conversation or turn does not exist (any more)."""

    def __init__(self, what: str) -> None:
        super().__init__(f"This {what} no longer exists.", "Ask the question again.")


class ConversationsDatabase(PrivateDatabase):
    """The open database. Open it once and share it between threads."""

    def __init__(self, place: DatabasePlace | None) -> None:
        """Open the database, or create it, a file readable only by its owner; None keeps everything in memory.

        Raises:
            ConversationsUnusable: it is damaged, was made by a newer program, or cannot be written.
        """
        super().__init__(place, MIGRATIONS, "turns, feedback, conversations", self._explained, self._unmade)

    def _explained(self, fault: Fault, details: str) -> ConversationsUnusable:
        if fault is Fault.NEWER:
            return ConversationsUnusable(
                f"The conversations in {self.place} were made by a newer program ({details}).",
                "Update this program, or move the file away to start without them.",
            )
        if fault is Fault.DAMAGED:
            return ConversationsUnusable(
                f"The conversations in {self.place} are damaged ({details}).",
                "The file was not changed: move it away to start without them, or restore a backup of it.",
            )
        if fault is Fault.GONE:
            return ConversationsUnusable(
                f"The file of conversations, {self.place}, was deleted or replaced while the program is running.",
                "Nothing more is kept until the program is started again.",
            )
        if fault is Fault.UNREACHABLE:
            return ConversationsUnusable(
                f"The conversations in {self.place} are out of reach ({details}).", START_SERVER
            )
        return ConversationsUnusable(
            f"The conversations in {self.place} cannot be used ({details}).",
            "Check the file's permissions, the free disk space, and that no other program has locked the file.",
        )

    def _unmade(self, error: OSError) -> ConversationsUnusable:
        return ConversationsUnusable(
            f"The conversations cannot be stored in {self.place} ({error.strerror}).",
            "Check its permissions and the free disk space.",
        )
