"""The full-text index (FTS5) of what is left out of the chunks, one row for each document that leaves something out."""

from collections.abc import Sequence

from embeddings.documents.document import Document
from embeddings.storage.database import Database
from embeddings.storage.lexical import match_expression

# From so many words on, one of them may be missing: a question often has a word that its answer lacks.
_WORDS_MANY = 4


class LeftOutTable:
    """The part of a `Store` that finds words in what is left out."""

    _database: Database

    def paths_leaving_out(self, words: Sequence[str], most: int) -> list[str]:
        """Return up to `most` documents that leave out these words, best first.

        What a document leaves out must have all of the words, of four or more all but one, and one of them must be in
        none of its chunks.

        Args:
            words: distinct, in lower case, without punctuation; at least one.
            most: of the documents.
        """
        found = self._database.rows(
            """SELECT documents.id, path FROM left_out_words JOIN documents ON documents.id = left_out_words.rowid
            WHERE left_out_words MATCH ? ORDER BY bm25(left_out_words), path LIMIT ?""",
            (_nearly_all(words), most),
        )
        return [path for document_id, path in found if any(self._is_only_left_out(word, document_id) for word in words)]

    def _is_only_left_out(self, word: str, document_id: int) -> bool:
        left_out = "SELECT 1 FROM left_out_words WHERE left_out_words MATCH ? AND rowid = ?"
        read = """SELECT 1 FROM chunk_words WHERE chunk_words MATCH ?
            AND rowid IN (SELECT id FROM chunks WHERE document_id = ?) LIMIT 1"""
        wanted = (match_expression([word]), document_id)
        return self._database.row(left_out, wanted) is not None and self._database.row(read, wanted) is None

    def _put_left_out(self, document_id: int, document: Document) -> None:
        """Replace the words that a document leaves out."""
        self._remove_left_out(document_id)
        left_out = [document.text[each.start : each.end] for each in document.boilerplate if not each.is_read]
        if left_out:
            self._database.execute(
                "INSERT INTO left_out_words (rowid, text) VALUES (?, ?)", (document_id, "\n".join(left_out))
            )

    def _remove_left_out(self, document_id: int) -> None:
        self._database.execute("DELETE FROM left_out_words WHERE rowid = ?", (document_id,))


def _nearly_all(words: Sequence[str]) -> str:
    """Return an FTS5 expression that matches a text with all of the words, of many with all but one."""
    omitted = range(len(words)) if len(words) >= _WORDS_MANY else [len(words)]
    return " OR ".join(
        "(" + " AND ".join(match_expression([word]) for place, word in enumerate(words) if place != left) + ")"
        for left in omitted
    )
