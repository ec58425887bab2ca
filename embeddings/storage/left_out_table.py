"""The full-text index (FTS5) of what is left out of the chunks, one row for each document that leaves something out."""

from collections.abc import Collection, Iterable, Sequence

from embeddings.documents.boilerplate import Boilerplate
from embeddings.documents.document import Address, Document
from embeddings.storage.database import Database
from embeddings.storage.lexical import indexed_words, match_expression, query_words

# From so many words on, one of them may be missing: a question often has a word that its answer lacks.
_WORDS_MANY = 4


class LeftOutTable:
    """The part of a `Store` that finds words in what is left out."""

    _database: Database

    def addresses_leaving_out(self, words: Sequence[str], most: int, languages: Collection[str]) -> list[Address]:
        """Return up to `most` documents that leave out these words, best first.

        What a document leaves out must have all of the words, of four or more all but one, and one of them must be in
        none of its chunks.

        Args:
            words: distinct, in lower case, without punctuation; at least one.
            most: of the documents.
            languages: of the corpus; the words are stemmed in each.
        """
        forms = [match_expression(query_words(word, languages)) for word in words]
        wanted = _nearly_all(forms)
        score, values = self._database.full_text.score("left_out_words", wanted)
        found = self._database.rows(
            f"""SELECT documents.id, path, folder FROM left_out_words
            JOIN documents ON documents.id = left_out_words.rowid JOIN named_folders ON named_folders.id = folder_id
            WHERE left_out_words MATCH ? ORDER BY {score} DESC, path, folder_id LIMIT ?""",
            (wanted, *values, most),
        )
        return [
            Address(*address)
            for document_id, *address in found
            if any(self._is_only_left_out(form, document_id) for form in forms)
        ]

    def _is_only_left_out(self, form: str, document_id: int) -> bool:
        """Return whether an FTS5 expression matches what a document leaves out, and none of its chunks."""
        left_out = "SELECT 1 FROM left_out_words WHERE left_out_words MATCH ? AND rowid = ?"
        read = """SELECT 1 FROM chunk_words WHERE chunk_words MATCH ?
            AND rowid IN (SELECT id FROM chunks WHERE document_id = ?) LIMIT 1"""
        wanted = (form, document_id)
        return self._database.row(left_out, wanted) is not None and self._database.row(read, wanted) is None

    def _put_left_out(self, document_id: int, document: Document) -> None:
        """Replace the words that a document leaves out."""
        self._remove_left_out(document_id)
        if any(not piece.is_read for piece in document.boilerplate):
            words = left_out_text(document.text, document.boilerplate, document.language)
            self._database.full_text.add("left_out_words", {document_id: {"text": words}})

    def _remove_left_out(self, document_id: int) -> None:
        self._database.execute("DELETE FROM left_out_words WHERE rowid = ?", (document_id,))


def left_out_text(text: str, boilerplate: Iterable[Boilerplate], language: str | None) -> str:
    """Return what is indexed of the stretches of a text that are left out; "" if none is."""
    return indexed_words(
        "\n".join(text[piece.start : piece.end] for piece in boilerplate if not piece.is_read), language
    )


def _nearly_all(forms: Sequence[str]) -> str:
    """Return an FTS5 expression that matches a text with all of the words, of many with all but one.

    `forms` has an expression for each word.
    """
    omitted = range(len(forms)) if len(forms) >= _WORDS_MANY else [len(forms)]
    return " OR ".join(
        "(" + " AND ".join(f"({form})" for place, form in enumerate(forms) if place != left) + ")" for left in omitted
    )
