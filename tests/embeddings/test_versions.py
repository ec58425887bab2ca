"""A file is read again if the code that read and chunked it has changed, and only then."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import embeddings.update
from embeddings.config import ChunkingConfig
from embeddings.doctor import examine
from embeddings.documents import chunks, metadata, stemming
from embeddings.documents.document import Document
from embeddings.documents.read_document import read_bytes
from embeddings.documents.readers import READERS
from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.markdown import MarkdownReader
from embeddings.documents.readers.plain_text import PlainTextReader
from embeddings.documents.versions import versions_for
from embeddings.index import Index
from embeddings.storage.builds import BuildRecord, current_build
from embeddings.storage.store import Store
from embeddings.sync import reembed, sync
from tests.embeddings.helpers import SMALL, article, assert_healthy, contents, database, titled, write
from tests.fakes import WordEncoder


class Corpus:
    """An indexed folder of two formats; records which files are read afterwards."""

    def __init__(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.index, self.encoder = place / "articles", place / "index", WordEncoder()
        for name in ("bridge.txt", "canal.txt", "dam.md"):
            write(self.folder, name, titled(f"How the {name} was built", name))
        monkeypatch.setattr("embeddings.scan._RECENT_NS", 0)
        sync(self.folder, self.index, self.encoder, SMALL)
        self.read: list[str] = []
        self.encoder.texts.clear()

        def reading(file: Path, name: str, max_bytes: int) -> bytes:
            self.read.append(name)
            return read_bytes(file, name, max_bytes)

        monkeypatch.setattr(embeddings.update, "read_bytes", reading)

    def sync(self) -> tuple[tuple[str, ...], int]:
        """Return the changed documents and the number of unchanged ones."""
        self.read.clear()
        report = sync(self.folder, self.index, self.encoder, SMALL)
        assert not (report.added or report.deleted or report.failed)
        assert_healthy(self.index, self.encoder)
        return report.changed, report.unchanged

    def generation(self) -> int:
        store = Store(current_build(self.index).database)
        try:
            return store.generation()
        finally:
            store.close()


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    return Corpus(tmp_path, monkeypatch)


def test_the_versions_name_the_reader_and_the_rules() -> None:
    assert versions_for("a.txt").startswith("plain text 5, metadata ")
    assert versions_for("A.TXT") == versions_for("b/c.txt") != versions_for("b/c.md")


def test_a_reader_of_a_newer_version_reads_its_format_again_and_no_other(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(corpus.index), corpus.generation()
    monkeypatch.setitem(READERS, ".md", MarkdownReader(version=99))
    assert corpus.sync() == ((), 3)
    assert (corpus.read, corpus.encoder.encoded) == (["dam.md"], 0)
    assert (contents(corpus.index), corpus.generation()) == before
    assert corpus.sync() == ((), 3)
    assert corpus.read == []


def test_a_newer_reader_that_returns_other_text_changes_the_document(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NewerReader(PlainTextReader):
        def read(self, data: bytes, name: str) -> list[Extracted]:
            return super().read(data + b"\n\nThe file was read by a newer reader, which found this too.", name)

    monkeypatch.setitem(READERS, ".md", NewerReader(version=100))
    assert corpus.sync() == (("dam.md",), 2)
    assert (corpus.read, corpus.encoder.encoded) == (["dam.md"], 1)


def test_a_newer_chunker_chunks_every_file_again_and_encodes_the_chunks_that_differ(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "VERSION", chunks.VERSION + 1)
    assert corpus.sync() == ((), 3)
    assert (corpus.read, corpus.encoder.encoded) == (["bridge.txt", "canal.txt", "dam.md"], 0)

    cut = chunks.chunk_document

    def without_the_last_of_the_dam(document: Document, config: ChunkingConfig) -> Sequence[chunks.Chunk]:
        return cut(document, config)[: -1 if document.path == "dam.md" else None]

    monkeypatch.setattr(chunks, "VERSION", chunks.VERSION + 1)
    monkeypatch.setattr("embeddings.cutting.chunk_document", without_the_last_of_the_dam)
    assert corpus.sync() == (("dam.md",), 2)
    assert corpus.encoder.encoded == 0


def test_an_older_index_is_updated_only_where_the_new_rules_differ(corpus: Corpus, tmp_path: Path) -> None:
    """Version 1 of the metadata rules left out prose after a label."""
    prose = "Source: The river rises in the northern hills. It is 300 km long."
    write(corpus.folder, "canal.txt", f"{prose}\n\n{article('canal')}")
    corpus.sync()
    now = f"metadata {metadata.VERSION}"
    with database(current_build(corpus.index)) as connection:
        (text,) = connection.execute("SELECT text FROM documents WHERE path = 'canal.txt'").fetchone()
        connection.execute("UPDATE documents SET versions = replace(versions, ?, 'metadata 1')", (now,))
        connection.execute(
            "UPDATE documents SET boilerplate = ?, source = ? WHERE path = 'canal.txt'",
            (f'[[0, {len(prose)}, "header"]]', prose.removeprefix("Source: ")),
        )
    assert metadata.VERSION > 1
    assert corpus.sync() == (("canal.txt",), 2)
    with Index(corpus.index, corpus.encoder).snapshot() as snapshot:
        document = snapshot.document("canal.txt")
        assert document is not None and document.text == text
        assert (document.source, document.boilerplate) == (None, ())


def test_words_of_an_older_index_are_stemmed_again_and_nothing_is_encoded(corpus: Corpus) -> None:
    """Before there were stems, all languages were indexed as English is."""
    russian = "Плотина была построена весной. Много людей приезжает посмотреть на плотины и реки."
    write(corpus.folder, "dam.md", russian)
    corpus.sync()
    stemmed = contents(corpus.index)
    with database(current_build(corpus.index)) as connection:
        connection.execute("UPDATE documents SET versions = replace(versions, ?, '')", (f", stems {stemming.VERSION}",))
        connection.execute("UPDATE chunk_words SET text = ? WHERE text LIKE '%плотин%'", (russian,))
    findings = [finding for finding in examine(corpus.index, corpus.encoder.identity) if not finding.ok]
    assert [finding.check for finding in findings] == ["folder"]
    corpus.encoder.texts.clear()
    assert corpus.sync() == (("dam.md",), 2)
    assert corpus.encoder.encoded == 0
    assert contents(corpus.index) == stemmed
    with Index(corpus.index, corpus.encoder).snapshot() as snapshot:
        assert snapshot.store.languages() == ["en", "ru"]
        assert snapshot.lexical_search("плотинами", 3)


def test_a_renamed_file_of_an_older_version_is_read_by_the_newer(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    (corpus.folder / "dam.md").rename(corpus.folder / "big dam.md")
    monkeypatch.setitem(READERS, ".md", MarkdownReader(version=99))
    report = sync(corpus.folder, corpus.index, corpus.encoder, SMALL)
    assert (report.renamed, report.chunks_encoded) == ((("dam.md", "big dam.md"),), 0)
    assert corpus.sync() == ((), 3)
    assert corpus.read == []


def test_a_renamed_or_touched_file_is_not_read_again_later(corpus: Corpus) -> None:
    (corpus.folder / "dam.md").rename(corpus.folder / "dam two.md")
    (corpus.folder / "canal.txt").touch()
    report = sync(corpus.folder, corpus.index, corpus.encoder, SMALL)
    assert (report.renamed, report.unchanged) == ((("dam.md", "dam two.md"),), 2)
    assert corpus.sync() == ((), 3)
    assert corpus.read == []


def test_the_doctor_names_documents_that_a_sync_would_read_again(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(READERS, ".md", MarkdownReader(version=99))
    (finding,) = [finding for finding in examine(corpus.index, corpus.encoder.identity) if not finding.ok]
    assert (finding.check, finding.detail) == ("folder", "dam.md was read by an older version of this program")


def test_the_record_of_an_older_index_with_a_chunker_version_is_read() -> None:
    record = BuildRecord(WordEncoder().identity, SMALL.chunking)
    assert BuildRecord.from_json(record.to_json().replace('"chunking": {', '"chunking": {"version": 1, ')) == record


def test_reembed_continues_a_build_of_older_versions(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = iter([False, True])
    config = replace(SMALL, encode_group_chunks=1)
    assert reembed(corpus.folder, corpus.index, corpus.encoder, config, should_stop=lambda: next(asked, True)).stopped
    monkeypatch.setitem(READERS, ".txt", PlainTextReader(version=99))
    reembed(corpus.folder, corpus.index, corpus.encoder, config)
    assert corpus.sync() == ((), 3)
    assert corpus.read == []


def test_a_file_of_several_articles_is_read_again_if_one_of_them_is_older(corpus: Corpus) -> None:
    rows = "".join(f'{title},"{article(title)} {article(title)}"\n' for title in ("pier", "quay"))
    write(corpus.folder, "rows.csv", f"title,text\n{rows}")
    assert len(sync(corpus.folder, corpus.index, corpus.encoder, SMALL).added) == 1
    assert corpus.sync() == ((), 4)
    assert corpus.read == []
    with database(current_build(corpus.index)) as connection:
        connection.execute("UPDATE documents SET versions = 'older' WHERE path = 'rows.csv/pier'")
    assert corpus.sync() == ((), 4)
    assert corpus.read == ["rows.csv"]
