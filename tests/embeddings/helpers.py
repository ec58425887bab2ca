"""Helpers for the tests of the offline half: write a corpus, compare the contents of indexes."""

import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from embeddings.config import ChunkingConfig, IndexConfig
from embeddings.doctor import examine
from embeddings.documents.blocks import Kind
from embeddings.documents.dialogue import with_speakers
from embeddings.documents.document import Document
from embeddings.documents.plain_text_blocks import plain_text_blocks
from embeddings.documents.read_document import text_document
from embeddings.documents.readers.format_reader import Extracted
from embeddings.encoders.encoder import Encoder
from embeddings.index import Index
from embeddings.storage.builds import Build, current_build
from embeddings.storage.store import Store

# Small chunks, so that small files have several.
SMALL = IndexConfig(ChunkingConfig(target_chars=80, tiny_paragraph_chars=20), encode_group_chunks=6)

Run = Callable[..., tuple[int, str, str]]
"""Runs a command of `python -m embeddings`; gives status, output and errors."""


def write(folder: Path, name: str, text: str | bytes) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def article(subject: str, paragraphs: int = 3) -> str:
    """Return prose without a title line; each paragraph is one chunk under `SMALL`."""
    return "\n\n".join(
        f"The {subject} of paragraph {number} was opened in spring. Many people came to look at it."
        for number in range(1, paragraphs + 1)
    )


def titled(title: str, subject: str, paragraphs: int = 3) -> str:
    """Return `article` with a title line, so that the title does not depend on the file's name."""
    return f"{title}\n\n{article(subject, paragraphs)}"


def document_of(text: str, path: str = "Some_article.txt") -> Document:
    """Return what `read_documents` returns for a text file with this text, without a file."""
    blocks = with_speakers(text, plain_text_blocks(text))
    return text_document(Extracted(text, blocks), path, path, "")


def left_after_boilerplate(document: Document) -> str:
    """Return the text with boilerplate, title, date and author replaced by spaces, so that offsets stay the same."""
    characters = list(document.text)
    stated = [
        block
        for block in document.blocks
        if block.kind is Kind.TITLE
        or (block.kind is Kind.FIELD and block.skips and block.skips[0][0] == block.skips[0][1])
    ]
    left_out = [(piece.start, piece.end) for piece in document.boilerplate]
    for start, end in [*left_out, *((block.start, block.end) for block in stated)]:
        characters[start:end] = " " * (end - start)
    return "".join(characters)


def uncovered(text: str, spans: list[tuple[int, int]]) -> str:
    """Return the characters of `text` that are in no span, without white space."""
    covered = {position for start, end in spans for position in range(start, end)}
    return "".join(c for position, c in enumerate(text) if position not in covered and not c.isspace())


@contextmanager
def database(build: Build) -> Iterator[sqlite3.Connection]:
    """Open the SQLite file directly, without the program and without foreign key checks."""
    connection = sqlite3.connect(build.store_file)
    try:
        yield connection
        connection.commit()
    finally:
        connection.close()


_LEFT_OUT = """SELECT documents.path, left_out_words.text FROM left_out_words
    LEFT JOIN documents ON documents.id = left_out_words.rowid ORDER BY path, left_out_words.text"""
Content = list[tuple[object, ...]]


def contents(index: Path) -> Content:
    """Return all contents of an index except row ids, generations, file stamps and times."""
    with closing(Store(current_build(index).database)) as store:
        rows = store._database.rows
        documents = rows(
            """SELECT documents.id, folders.name, documents.path, file_sha256, title, date, source, text, page_starts, boilerplate
            FROM documents JOIN folders ON folders.id = folder_id ORDER BY documents.path, folder_id"""
        )
        chunks = """SELECT start, "end", chunks.key, vector, chunk_words.title, chunk_words.text FROM chunks
            LEFT JOIN vectors USING (key) LEFT JOIN chunk_words ON chunk_words.rowid = chunks.id
            WHERE document_id = ? ORDER BY start, "end" """
        held: Content = [(*row[1:], rows(chunks, row[:1])) for row in documents]
        for table in ("documents", "chunks", "chunk_words", "vectors"):
            held.append((table, rows(f"SELECT count(*) FROM {table}")))
        held.append(("left out", rows(_LEFT_OUT)))
        held.append(("failures", rows("SELECT path, reason FROM failures ORDER BY path")))
    return held


def assert_healthy(index: Path, encoder: Encoder | None = None) -> None:
    bad = [finding for finding in examine(index, encoder.identity if encoder else None) if not finding.ok]
    assert bad == []


def search(index: Path, encoder: Encoder, query: str, k: int = 10) -> list[tuple[str, str, float]]:
    """Run a dense search; return (document, text, rounded cosine), best first."""
    with Index(index, encoder).snapshot() as snapshot:
        hits = snapshot.dense_search(snapshot.encode_query(query), k)
        found = snapshot.chunks([hit.chunk_id for hit in hits])
        return [(chunk.document, chunk.text, round(hit.score, 5)) for chunk, hit in zip(found, hits, strict=True)]


@contextmanager
def mounted_read_only(folder: Path, place: Path | None = None) -> Iterator[None]:
    """Mount a folder read-only for the block, in its place or at `place`; skip the test if the user cannot mount."""
    place = place or folder
    place.mkdir(exist_ok=True)
    bind = ["mount", "--bind", str(folder), str(place)]
    if shutil.which("mount") is None or subprocess.run(bind, capture_output=True).returncode:
        pytest.skip("this user cannot mount a file system")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(place)], check=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)  # connections may still be open


def assert_one_line_error(outcome: tuple[int, str, str], *words: str) -> None:
    status, output, errors = outcome
    assert (status, output) == (1, "")
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1
    assert errors.endswith("\n")
    for word in words:
        assert word in errors
