"""Labels stated in front matter and given by people: kept whatever happens to the file, and a scope by them."""

import json
import shutil
from pathlib import Path

import pytest

from embeddings.documents.document import Address
from embeddings.documents.metadata import read_metadata
from embeddings.folder_changes import add_folder
from embeddings.index import Index
from embeddings.labels import BadLabel, set_label
from embeddings.scope import Scope
from embeddings.sync import go_back, reembed, sync
from tests.embeddings.helpers import SMALL, Run, article, assert_healthy, assert_one_line_error, titled, write
from tests.fakes import WordEncoder


class Corpus:
    """An index of the folders `news` and `notes`; two of its articles state labels."""

    def __init__(self, place: Path) -> None:
        self.place, self.index, self.encoder = place, place / "index", WordEncoder()
        write(place, "news/a.md", f"---\ntags: [Harbour, old town]\n---\n\n{titled('About the bridge', 'bridge')}")
        write(place, "news/b.txt", titled("About the canal", "canal"))
        write(place, "notes/b.txt", titled("On the canal", "canal"))
        write(place, "notes/c.md", f"---\nkeywords: harbour\n---\n\n{titled('About the dam', 'dam')}")
        sync(place / "news", self.index, self.encoder, SMALL)
        add_folder(self.index, "notes", place / "notes")
        self.sync()

    def sync(self) -> None:
        sync(None, self.index, self.encoder, SMALL)

    def found(self, scope: Scope) -> set[str]:
        """Return the documents that both searches find in a scope."""
        with Index(self.index, self.encoder).snapshot() as everything:
            snapshot = everything.limited(scope)
            dense = snapshot.chunks(
                [hit.chunk_id for hit in snapshot.dense_search(snapshot.encode_query("spring"), 99)]
            )
            lexical = snapshot.chunks([hit.chunk_id for hit in snapshot.lexical_search("spring", 99)])
            assert {chunk.address for chunk in dense} == {chunk.address for chunk in lexical}
            return {str(chunk.address) for chunk in dense}

    def labelled(self, label: str) -> set[str]:
        return self.found(Scope(labels=(label,)))


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(tmp_path)


@pytest.mark.parametrize(
    ("matter", "labels"),
    [
        ("tags: [Harbour, old town]", ("Harbour", "old town")),
        ("tags:\n  - harbour\n  - '#boats'", ("harbour", "boats")),
        ("keywords: harbour, boats, Harbour", ("harbour", "boats")),
        ("labels: a\ntags: [b, a]", ("a", "b")),
        ("title: Harbour", ()),
        ("tags: []", ()),
    ],
)
def test_front_matter_states_labels(matter: str, labels: tuple[str, ...]) -> None:
    assert read_metadata(f"---\n{matter}\n---\n\n{article('bridge')}", "a.md").labels == labels


def test_a_label_given_since_the_last_build_is_kept_by_a_rollback(corpus: Corpus) -> None:
    reembed(None, corpus.index, corpus.encoder, SMALL)
    set_label(corpus.index, "lately", ["notes:b.txt"], is_set=True)
    go_back(corpus.index)
    assert corpus.labelled("lately") == {"notes:b.txt"}
    corpus.sync()
    assert_healthy(corpus.index, corpus.encoder)


def test_a_scope_by_label_and_by_folder(corpus: Corpus) -> None:
    assert corpus.labelled("HARBOUR") == {"news:a.md", "notes:c.md"}
    assert corpus.labelled("old town") == {"news:a.md"}
    assert corpus.labelled("boats") == set()
    assert corpus.found(Scope(labels=("old town", "harbour"), folders=("notes",))) == {"notes:c.md"}
    assert corpus.found(Scope(folders=("notes",))) == {"notes:b.txt", "notes:c.md"}
    assert corpus.found(Scope(folders=("notes",), within=("b.txt",))) == {"notes:b.txt"}
    assert corpus.found(Scope(folders=("elsewhere",))) == set()


def test_a_label_by_a_person_is_of_one_document_and_in_any_case(corpus: Corpus) -> None:
    assert set_label(corpus.index, "Boats", ["notes:b.txt"], is_set=True) == [Address("b.txt", "notes")]
    set_label(corpus.index, "boats", ["notes:b.txt", "a.md"], is_set=True)
    assert corpus.labelled("BOATS") == {"notes:b.txt", "news:a.md"}
    set_label(corpus.index, "bOATS", ["notes:b.txt"], is_set=False)
    assert corpus.labelled("boats") == {"news:a.md"}
    assert_healthy(corpus.index, corpus.encoder)


def test_labels_survive_edits_moves_deletion_and_embedding_again(corpus: Corpus) -> None:
    set_label(corpus.index, "boats", ["notes:b.txt"], is_set=True)
    text = titled("On the canal", "old canal")
    write(corpus.place, "notes/b.txt", text)
    corpus.sync()
    assert corpus.labelled("boats") == {"notes:b.txt"}
    shutil.move(corpus.place / "notes" / "b.txt", corpus.place / "news" / "moved.txt")
    corpus.sync()
    assert corpus.labelled("boats") == {"news:moved.txt"}
    reembed(None, corpus.index, corpus.encoder, SMALL)
    assert corpus.labelled("boats") == {"news:moved.txt"}
    (corpus.place / "news" / "moved.txt").unlink()
    corpus.sync()
    assert corpus.labelled("boats") == set()
    write(corpus.place, "news/moved.txt", text)
    corpus.sync()
    assert corpus.labelled("boats") == {"news:moved.txt"}


def test_a_label_that_the_file_loses_is_gone(corpus: Corpus) -> None:
    write(corpus.place, "notes/c.md", titled("About the dam", "dam"))
    corpus.sync()
    assert corpus.labelled("harbour") == {"news:a.md"}


@pytest.mark.parametrize(
    ("label", "name", "is_set", "why"),
    [
        (" ", "a.md", True, "cannot be a label"),
        ("a, b", "a.md", True, "without a comma"),
        ("boats", "none.txt", True, "no article none"),
        ("boats", "b.txt", True, "news:b.txt or notes:b.txt"),
        ("harbour", "a.md", False, "front matter"),
    ],
)
def test_what_cannot_be_labelled_is_refused(corpus: Corpus, label: str, name: str, is_set: bool, why: str) -> None:
    with pytest.raises(BadLabel, match=why):
        set_label(corpus.index, label, ["c.md", name], is_set=is_set)
    assert corpus.labelled("boats") == set()


def test_the_commands(corpus: Corpus, run: Run) -> None:
    index = corpus.index
    status, output, _ = run("label", "add", "boats", "a.md", "notes:b.txt", "--index", index)
    assert (status, output) == (0, "boats: given to news:a.md, notes:b.txt.\n")
    assert json.loads(run("label", "list", "--index", index, "--json")[1]) == {"boats": 2, "Harbour": 2, "old town": 1}
    rows = json.loads(run("list", "--index", index, "--json")[1])
    assert [row["labels"] for row in rows] == [["Harbour", "old town", "boats"], [], ["boats"], ["harbour"]]
    assert "[Harbour, old town, boats]" in run("list", "--index", index)[1]
    assert run("label", "remove", "boats", "a.md", "--index", index)[0] == 0
    assert corpus.labelled("boats") == {"notes:b.txt"}
    assert_one_line_error(run("label", "remove", "harbour", "a.md", "--index", index), "front matter")
