"""Conversations with the receipt of every answer, and what people said of the answers: one SQLite file beside the index."""

import logging
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Literal, get_args

from embeddings.errors import ArticlesError
from qa_app.records.receipts import BrokenReceipt, Receipt, parse_receipt, receipt_json
from qa_app.types import Exchange

logger = logging.getLogger(__name__)

Verdict = Literal["right", "wrong answer", "wrong evidence"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

# Of a server that keeps nothing: older turns are forgotten. One takes some ten kilobytes.
_TURNS_IN_MEMORY = 2000
_TITLE_CHARACTERS = 80
_BUSY_TIMEOUT_S = 30.0
_SCHEMA_VERSION = 1
_SCHEMA = """
    BEGIN IMMEDIATE;
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
    PRAGMA user_version = 1;
    COMMIT;
"""


class ConversationsUnusable(ArticlesError):
    """The file of conversations cannot be used; it was left as it is."""


class ConversationGone(ArticlesError):
    """A conversation or a turn that is asked for is not there."""


@dataclass(frozen=True)
class Entry:
    """A line of the list of conversations."""

    id: str
    title: str
    updated_at: str
    """When the last question was asked or answered; ISO 8601, UTC."""
    turns: int


@dataclass(frozen=True)
class Feedback:
    """What a person said of an answer."""

    turn: str
    """The turn's id; the turn itself may have been asked again since."""
    verdict: Verdict
    note: str
    """Empty when none was left."""
    given_at: str
    """ISO 8601, UTC."""
    receipt: Receipt
    """Of the answer that was judged."""


@dataclass(frozen=True)
class KeptTurn:
    """A question with what came of it; with neither receipt nor failure it was stopped, or is being answered."""

    id: str
    conversation: str
    position: int
    """From 0, in the conversation."""
    question: str
    asked_at: str
    """ISO 8601, UTC."""
    receipt: Receipt | None
    failure: str | None
    """What went wrong, for the person."""
    feedback: Feedback | None


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
        self._lock = threading.RLock()
        try:
            if file is not None:
                file.parent.mkdir(parents=True, exist_ok=True)
                os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives its -wal and -shm the same mode
            self._connection = sqlite3.connect(
                file or ":memory:",
                timeout=_BUSY_TIMEOUT_S,
                isolation_level=None,  # transactions are begun by name, below
                check_same_thread=False,  # one connection, guarded by the lock
            )
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from error
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    # -- a conversation as it grows

    def ask(self, conversation: str | None, position: int, question: str) -> tuple[str, str]:
        """Record a question at once; returns the conversation's id and the turn's, which cannot be guessed.

        Turns of the conversation from `position` on are dropped: the question takes their place. None, or a conversation
        that is gone, begins a new one, which gets its first question as title.
        """
        with self._changing() as connection:
            known = connection.execute("SELECT id FROM conversations WHERE id = ?", (conversation,)).fetchone()
            chosen = str(known[0]) if known else _new_id()
            if not known:
                connection.execute("INSERT INTO conversations VALUES (?, ?, ?)", (chosen, _title(question), _now()))
            turn = _new_id()
            connection.execute("DELETE FROM turns WHERE conversation = ? AND position >= ?", (chosen, position))
            connection.execute(
                "INSERT INTO turns (id, conversation, position, question, asked_at) VALUES (?, ?, ?, ?, ?)",
                (turn, chosen, position, question, _now()),
            )
            self._touch(chosen)
            if self.file is None:
                self._forget_oldest()
        return chosen, turn

    def answered(self, turn: str, receipt: Receipt) -> None:
        """Record the answer to a turn; nothing happens when the turn was dropped meanwhile."""
        self._end(turn, "receipt = ?, failure = NULL", receipt_json(receipt, indent=None))

    def failed(self, turn: str, text: str) -> None:
        """Record why a turn has no answer; nothing happens when the turn was dropped meanwhile."""
        self._end(turn, "failure = ?", text)

    # -- reading

    def turn(self, turn: str) -> KeptTurn | None:
        """Return a turn; None when there is none of that id (any more)."""
        return next(iter(self._turns("turns.id = ?", turn)), None)

    def turns(self, conversation: str) -> tuple[KeptTurn, ...]:
        """Return the turns of a conversation, in order; none when it is gone."""
        return self._turns("turns.conversation = ?", conversation)

    def exchanges(self, conversation: str | None, position: int) -> tuple[Exchange, ...]:
        """Return the turns of a conversation before `position`, in order, as a follow-up refers to them."""
        return tuple(_exchange(turn) for turn in self.turns(conversation or "") if turn.position < position)

    def entries(self) -> list[Entry]:
        """Return the list of conversations, the last used first."""
        with self._reading() as connection:
            rows = connection.execute(
                """SELECT id, title, updated_at, (SELECT count(*) FROM turns WHERE conversation = conversations.id)
                FROM conversations ORDER BY updated_at DESC, rowid DESC"""
            )
            return [Entry(*row) for row in rows]

    # -- what a person does with them

    def rename(self, conversation: str, title: str) -> None:
        """Give a conversation another title, on one line.

        Raises:
            ConversationGone: it is not there.
            ValueError: the title is blank.
        """
        if not title.strip():
            raise ValueError("a title has words")
        with self._changing() as connection:
            changed = connection.execute(
                "UPDATE conversations SET title = ? WHERE id = ?", (_title(title), conversation)
            ).rowcount
        if not changed:
            raise _gone("conversation")

    def delete(self, conversation: str) -> None:
        """Delete a conversation with its turns and their feedback; nothing happens when it is gone already."""
        with self._changing() as connection:
            connection.execute("DELETE FROM conversations WHERE id = ?", (conversation,))

    def give_feedback(self, turn: str, verdict: Verdict | None, note: str = "") -> None:
        """Keep what a person says of an answer, with its receipt, in place of what was said before; None takes it back.

        Raises:
            ConversationGone: there is no such turn, or it has no answer.
            ValueError: the verdict is none of `VERDICTS`.
        """
        if verdict is not None and verdict not in VERDICTS:
            raise ValueError(f"a verdict is one of {', '.join(VERDICTS)}: {verdict}")
        with self._changing() as connection:
            if verdict is None:
                connection.execute("DELETE FROM feedback WHERE turn = ?", (turn,))
                return
            kept = connection.execute(
                """INSERT OR REPLACE INTO feedback (turn, conversation, verdict, note, given_at, receipt)
                SELECT id, conversation, ?, ?, ?, receipt FROM turns WHERE id = ? AND receipt IS NOT NULL""",
                (verdict, note.strip(), _now(), turn),
            ).rowcount
        if not kept:
            raise _gone("answer")

    def feedback(self) -> list[Feedback]:
        """Return all feedback, oldest first, also of answers that were asked again since."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT turn, verdict, note, given_at, receipt FROM feedback ORDER BY given_at, rowid"
            ).fetchall()
        return [kept for row in rows if (kept := _feedback(*row))]

    # -- inside

    def _prepare(self) -> None:
        """Bring an empty file to the present schema, and refuse what cannot be read."""
        with self._explained():
            connection = self._connection
            connection.execute("PRAGMA foreign_keys = ON")
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if version > _SCHEMA_VERSION:
                raise ConversationsUnusable(
                    f"The conversations in {self.file} were made by a newer program (schema {version}, this one knows"
                    f" {_SCHEMA_VERSION}).",
                    "Update the program, or move that file away to begin anew.",
                )
            self._write_ahead()
            connection.execute("PRAGMA synchronous = FULL")  # what was answered survives a power cut too
            if version == 0:
                self._create()
            connection.execute("SELECT 1 FROM turns, feedback, conversations LIMIT 1").fetchone()

    def _write_ahead(self) -> None:
        """Switch to WAL. SQLite does not wait for another process that switches too, whatever the timeout."""
        deadline = time.monotonic() + _BUSY_TIMEOUT_S
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def _create(self) -> None:
        try:
            self._connection.executescript(_SCHEMA)
        except sqlite3.OperationalError:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            # Another process may have made the tables a moment ago.
            if int(self._connection.execute("PRAGMA user_version").fetchone()[0]) != _SCHEMA_VERSION:
                raise

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """Run the block as one transaction."""
        with self._lock, self._explained():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has ended it already
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._explained():
            yield self._connection

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> ConversationsUnusable:
        if isinstance(error, OSError):
            return ConversationsUnusable(
                f"The conversations in {self.file} cannot be kept ({error.strerror}).", "Check permissions and space."
            )
        if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
            return ConversationsUnusable(
                f"The conversations in {self.file} cannot be used ({error}).",
                "Check that no other program holds the file, its permissions and the free disk space.",
            )
        return ConversationsUnusable(
            f"The conversations in {self.file} are damaged ({error}).",
            "The file was left as it is: move it away to begin anew, or put a copy of it back.",
        )

    def _turns(self, condition: str, value: str) -> tuple[KeptTurn, ...]:
        with self._reading() as connection:
            rows = connection.execute(
                f"""SELECT turns.id, turns.conversation, position, question, asked_at, turns.receipt, failure,
                    verdict, note, given_at, feedback.receipt
                FROM turns LEFT JOIN feedback ON feedback.turn = turns.id WHERE {condition} ORDER BY position""",
                (value,),
            ).fetchall()
        return tuple(_kept_turn(*row) for row in rows)

    def _end(self, turn: str, change: str, value: str) -> None:
        with self._changing() as connection:
            connection.execute(f"UPDATE turns SET {change} WHERE id = ?", (value, turn))
            row = connection.execute("SELECT conversation FROM turns WHERE id = ?", (turn,)).fetchone()
            if row:
                self._touch(row[0])

    def _touch(self, conversation: str) -> None:
        self._connection.execute("UPDATE conversations SET updated_at = ? WHERE id = ?", (_now(), conversation))

    def _forget_oldest(self) -> None:
        """Keep the newest turns, and no conversation without any; inside a transaction."""
        self._connection.execute(
            "DELETE FROM turns WHERE number <= (SELECT number FROM turns ORDER BY number DESC LIMIT 1 OFFSET ?)",
            (_TURNS_IN_MEMORY,),
        )
        self._connection.execute(
            "DELETE FROM conversations WHERE id NOT IN (SELECT conversation FROM turns UNION SELECT conversation FROM feedback)"
        )


def _kept_turn(
    turn: str,
    conversation: str,
    position: int,
    question: str,
    asked_at: str,
    receipt: str | None,
    failure: str | None,
    verdict: Verdict | None,
    note: str,
    given_at: str,
    judged: str,
) -> KeptTurn:
    found = None
    if receipt is not None:
        try:
            found = parse_receipt(receipt)
        except BrokenReceipt as error:  # the other turns are there all the same
            logger.warning("turn %s: %s", turn, error)
            failure = str(error)
    said = _feedback(turn, verdict, note, given_at, judged) if verdict else None
    return KeptTurn(turn, conversation, position, question, asked_at, found, failure, said)


def _feedback(turn: str, verdict: Verdict, note: str, given_at: str, receipt: str) -> Feedback | None:
    try:
        return Feedback(turn, verdict, note, given_at, parse_receipt(receipt))
    except BrokenReceipt as error:
        logger.warning("the feedback on turn %s is passed over: %s", turn, error)
        return None


def _exchange(turn: KeptTurn) -> Exchange:
    receipt = turn.receipt
    if receipt is None:
        return Exchange(turn.question, turn.question, "")
    titles = dict.fromkeys(quote.citation.title for quote in receipt.quotes)
    return Exchange(turn.question, receipt.searched_for, receipt.text, receipt.short_answer, tuple(titles))


def _gone(what: str) -> ConversationGone:
    return ConversationGone(f"This {what} is not there any more.", "Ask the question again.")


def _title(words: str) -> str:
    line = " ".join(words.split()) or "Untitled"
    return line if len(line) <= _TITLE_CHARACTERS else f"{line[: _TITLE_CHARACTERS - 1].rstrip()}…"


def _new_id() -> str:
    return secrets.token_hex(12)


def _now() -> str:
    return datetime.now(timezone.utc).isoformat()
