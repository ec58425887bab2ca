"""Several folders in one index: they stay apart, one may be away for a while, and files may move between them."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from embeddings.documents.document import Address
from embeddings.documents.put_back import stretch_key
from embeddings.errors import FolderMismatch, FolderMissing, MassDeletion
from embeddings.folder_changes import add_folder, remove_folder
from embeddings.folders import BadFolder, folder_name, name_for
from embeddings.index import Index, recorded_folders
from embeddings.patterns import Patterns
from embeddings.progress import SyncReport
from embeddings.put_back import set_read
from embeddings.sync import create_index, reembed, sync
from tests.embeddings.helpers import SMALL, Run, article, assert_healthy, assert_one_line_error, titled, write
from tests.fakes import WordEncoder


class Corpus:
    """An index of two folders, `news` and `notes`, with one path in common."""

    def __init__(self, place: Path) -> None:
        self.place, self.index, self.encoder = place, place / "index", WordEncoder()
        self.news, self.notes = place / "news", place / "notes"
        self.write("news/a.txt", titled("About the bridge", "bridge"))
        self.write("notes/a.txt", titled("About the canal", "canal"))
        self.write("notes/sub/b.txt", titled("About the dam", "dam"))
        create_index(self.news, self.index, self.encoder, SMALL)
        add_folder(self.index, "notes", self.notes)
        self.sync()
        self.encoder.texts.clear()

    def write(self, name: str, text: str) -> Path:
        return write(self.place, name, text)

    def sync(self, folder: Path | None = None, **options: Any) -> SyncReport:
        return sync(folder, self.index, self.encoder, SMALL, **options)

    def addresses(self) -> list[str]:
        with Index(self.index, self.encoder).snapshot() as snapshot:
            return [str(address) for address in snapshot.addresses()]

    def title(self, path: str, folder: str | None) -> str | None:
        with Index(self.index, self.encoder).snapshot() as snapshot:
            document = snapshot.document(path, folder)
            return document.title if document else None


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(tmp_path)


ALL = ["news:a.txt", "notes:a.txt", "notes:sub/b.txt"]


# -- two files of one path stay apart


def test_files_of_one_path_in_two_folders_are_two_documents(corpus: Corpus) -> None:
    assert corpus.addresses() == ALL
    assert (corpus.title("a.txt", "news"), corpus.title("a.txt", "notes")) == ("About the bridge", "About the canal")
    assert corpus.title("a.txt", None) == "About the bridge"  # the first folder's
    assert corpus.title("sub/b.txt", "news") is None
    with Index(corpus.index, corpus.encoder).snapshot() as snapshot:
        chunks = snapshot.chunks([hit.chunk_id for hit in snapshot.lexical_search("canal", 10)])
        assert {chunk.address for chunk in chunks} == {Address("a.txt", "notes")}
        assert {chunk.address for chunk in snapshot.chunks_of("a.txt", "news")} == {Address("a.txt", "news")}
        assert snapshot.addresses_holding("The canal of paragraph 1") == [Address("a.txt", "notes")]
    assert_healthy(corpus.index, corpus.encoder)


def test_an_index_with_a_single_folder_names_none(corpus: Corpus) -> None:
    remove_folder(corpus.index, "news")
    assert corpus.addresses() == ["a.txt", "sub/b.txt"]
    assert corpus.title("a.txt", "notes") == "About the canal"
    assert (corpus.news / "a.txt").exists()


def test_a_change_in_one_folder_leaves_the_other_alone(corpus: Corpus) -> None:
    corpus.write("notes/a.txt", titled("About the tower", "tower"))
    report = corpus.sync()
    assert (report.changed, corpus.encoder.encoded) == (("notes:a.txt",), 3)
    assert (corpus.title("a.txt", "news"), corpus.title("a.txt", "notes")) == ("About the bridge", "About the tower")
    (corpus.news / "a.txt").unlink()
    corpus.write("news/c.txt", "Another article. It is about mills.")
    assert corpus.sync().deleted == ("news:a.txt",)
    assert corpus.addresses() == ["notes:a.txt", "news:c.txt", "notes:sub/b.txt"]


def test_a_failure_is_told_of_its_own_folder(corpus: Corpus) -> None:
    corpus.write("notes/empty.txt", "")
    corpus.write("news/empty.txt", "Words enough for an article.")
    assert [what for what, _, _ in corpus.sync().failed] == ["notes:empty.txt"]
    with Index(corpus.index, corpus.encoder).snapshot() as snapshot:
        assert [failure.address for failure in snapshot.failures()] == [Address("empty.txt", "notes")]


# -- moves


def test_a_file_moved_to_another_folder_is_a_move_and_is_not_encoded(corpus: Corpus) -> None:
    shutil.move(corpus.notes / "sub" / "b.txt", corpus.news / "b.txt")
    report = corpus.sync()
    assert (report.renamed, report.deleted, report.added) == ((("notes:sub/b.txt", "news:b.txt"),), (), ())
    assert corpus.encoder.encoded == 0
    assert corpus.addresses() == ["news:a.txt", "notes:a.txt", "news:b.txt"]
    assert_healthy(corpus.index, corpus.encoder)


def test_two_files_of_one_path_that_change_places_keep_their_vectors(corpus: Corpus) -> None:
    shutil.move(corpus.news / "a.txt", corpus.place / "spare")
    shutil.move(corpus.notes / "a.txt", corpus.news / "a.txt")
    shutil.move(corpus.place / "spare", corpus.notes / "a.txt")
    corpus.sync()
    assert (corpus.title("a.txt", "news"), corpus.title("a.txt", "notes")) == ("About the canal", "About the bridge")
    assert corpus.encoder.encoded == 0
    assert_healthy(corpus.index, corpus.encoder)


def test_what_was_put_back_moves_with_its_file_and_survives_embedding_again(corpus: Corpus) -> None:
    notice = "Copyright 2024 The Valley Post"
    text = f"{titled('About the mill', 'mill')}\n\n{notice}\n"
    corpus.write("news/mill.txt", text)
    corpus.write("notes/mill.txt", text.replace("About", "On"))
    corpus.sync()
    chosen = [stretch_key(notice)]
    set_read(corpus.index, corpus.encoder, Address("mill.txt", "notes"), chosen, is_read=True, config=SMALL)

    def read() -> list[str]:
        with Index(corpus.index, corpus.encoder).snapshot() as snapshot:
            return [str(each.address) for each in snapshot.documents("mill") if not each.boilerplate_pieces]

    assert read() == ["notes:mill.txt"]
    shutil.move(corpus.notes / "mill.txt", corpus.news / "old mill.txt")
    corpus.sync()
    assert read() == ["news:old mill.txt"]
    reembed(None, corpus.index, corpus.encoder, SMALL)
    assert read() == ["news:old mill.txt"]


# -- a folder that is away


def test_a_folder_that_is_gone_keeps_its_articles_and_is_told(corpus: Corpus) -> None:
    away = corpus.notes.rename(corpus.place / "unplugged")
    corpus.write("news/c.txt", "Another article. It is about mills.")
    report = corpus.sync()
    assert (report.added, report.deleted) == (("news:c.txt",), ())
    assert [(each.folder, each.path) for each in report.away] == [("notes", str(corpus.notes))]
    assert set(ALL) < set(corpus.addresses())
    since = report.away[0].since
    assert corpus.sync().away[0].since == since
    assert [folder.away_since for folder in recorded_folders(corpus.index)] == [None, since]
    away.rename(corpus.notes)
    report = corpus.sync()
    assert (report.away, report.renamed, corpus.encoder.encoded) == ((), (), 1)
    assert recorded_folders(corpus.index)[1].away_since is None


def test_without_any_of_its_folders_nothing_is_synced(corpus: Corpus) -> None:
    for folder in (corpus.news, corpus.notes):
        folder.rename(folder.with_name(f"{folder.name} away"))
    with pytest.raises(FolderMissing, match=r"news or .*notes"):
        corpus.sync()
    assert corpus.addresses() == ALL
    assert all(folder.away_since for folder in recorded_folders(corpus.index))


def test_a_folder_that_is_suddenly_empty_keeps_its_articles_and_the_others_are_synced(corpus: Corpus) -> None:
    shutil.rmtree(corpus.notes)
    corpus.notes.mkdir()
    corpus.write("news/a.txt", titled("About the tower", "tower"))
    with pytest.raises(MassDeletion, match="notes holds no articles"):
        corpus.sync()
    assert corpus.addresses() == ALL
    assert corpus.title("a.txt", "news") == "About the tower"
    assert recorded_folders(corpus.index)[1].away_since
    assert corpus.sync(allow_mass_deletion=True).deleted == ("notes:a.txt", "notes:sub/b.txt")
    assert recorded_folders(corpus.index)[1].away_since is None


def test_an_unmounted_disk_keeps_its_articles(corpus: Corpus, tmp_path: Path) -> None:
    disk, place = tmp_path / "disk", tmp_path / "place"
    write(disk, "d.txt", titled("About the mill", "mill"))
    place.mkdir()
    if (
        shutil.which("mount") is None
        or subprocess.run(["mount", "--bind", disk, place], capture_output=True).returncode
    ):
        pytest.skip("this user cannot mount a file system")
    try:
        add_folder(corpus.index, "disk", place)
        assert corpus.sync().added == ("disk:d.txt",)
    finally:
        subprocess.run(["umount", place], check=True)
    with pytest.raises(MassDeletion, match="disk not mounted"):
        corpus.sync()
    assert "disk:d.txt" in corpus.addresses()
    subprocess.run(["mount", "--bind", disk, place], check=True)
    try:
        report = corpus.sync()
        assert (report.away, report.added, report.deleted) == ((), (), ())
    finally:
        subprocess.run(["umount", place], check=True)


def test_embedding_again_takes_the_articles_of_a_folder_that_is_away_from_the_index(corpus: Corpus) -> None:
    other = WordEncoder("other")
    away = corpus.notes.rename(corpus.place / "unplugged")
    report = reembed(None, corpus.index, other, SMALL)
    assert (report.added, [each.folder for each in report.away]) == (("news:a.txt",), ["notes"])
    assert [folder.name for folder in recorded_folders(corpus.index)] == ["news", "notes"]
    corpus.encoder = other
    assert corpus.addresses() == ALL
    away.rename(corpus.notes)
    other.texts.clear()
    report = corpus.sync()
    assert (report.unchanged, report.added, report.changed, other.texts) == (3, (), (), [])
    assert_healthy(corpus.index, other)


def test_embedding_again_beside_an_away_folder_continues_where_it_was_stopped(corpus: Corpus) -> None:
    other = WordEncoder("other")
    for number in range(12):
        corpus.write(f"notes/{number}.txt", titled(f"About number {number}", f"number {number}"))
    corpus.sync()
    away = corpus.notes.rename(corpus.place / "unplugged")
    asked = iter([False])
    stopped = reembed(None, corpus.index, other, SMALL, should_stop=lambda: next(asked, True))
    assert stopped.stopped
    assert other.encoded == 6  # one group
    assert not reembed(None, corpus.index, other, SMALL).stopped
    assert len(other.texts) == len(set(other.texts))
    corpus.encoder = other
    assert len(corpus.addresses()) == 15
    away.rename(corpus.notes)
    assert_healthy(corpus.index, other)


def test_embedding_again_needs_at_least_one_folder(corpus: Corpus) -> None:
    for folder in (corpus.news, corpus.notes):
        folder.rename(folder.with_name(f"{folder.name} away"))
    with pytest.raises(FolderMissing, match="notes"):
        reembed(None, corpus.index, WordEncoder("other"), SMALL)


# -- which folders


def test_one_of_several_folders_can_be_synced_alone(corpus: Corpus) -> None:
    corpus.write("news/c.txt", "Another article. It is about mills.")
    corpus.write("notes/d.txt", "Another article. It is about mills.")
    assert corpus.sync(corpus.notes).added == ("notes:d.txt",)
    assert corpus.sync(corpus.news).added == ("news:c.txt",)


def test_a_folder_that_is_none_of_several_is_refused_also_to_change_one(corpus: Corpus) -> None:
    other = write(corpus.place, "others/a.txt", article("tower")).parent
    for options in ({}, {"change_folder": True}):
        with pytest.raises(FolderMismatch, match="folders add"):
            corpus.sync(other, **options)
    assert corpus.addresses() == ALL


@pytest.mark.parametrize("folder", ["news", "news/deeper", "."])
def test_folders_that_overlap_are_refused(corpus: Corpus, folder: str) -> None:
    (corpus.news / "deeper").mkdir()
    place = corpus.place / folder
    if folder == "news":
        add_folder(corpus.index, "daily", place)  # the same folder gets another name
        assert [each.name for each in recorded_folders(corpus.index)] == ["daily", "notes"]
        assert corpus.addresses()[0] == "daily:a.txt"
        return
    with pytest.raises(BadFolder, match="read twice"):
        add_folder(corpus.index, "more", place)


def test_a_name_that_is_taken_is_refused_unless_the_folder_is_moved(corpus: Corpus) -> None:
    moved = corpus.notes.rename(corpus.place / "moved")
    with pytest.raises(BadFolder, match="--change-folder"):
        add_folder(corpus.index, "notes", moved)
    with pytest.raises(BadFolder, match="another name"):
        add_folder(corpus.index, "notes", corpus.news, change_folder=True)
    add_folder(corpus.index, "notes", moved, change_folder=True)
    report = corpus.sync()
    assert (report.unchanged, report.away, corpus.encoder.encoded) == (3, (), 0)


def test_a_folder_is_removed_with_its_documents_unless_it_is_away_or_the_last(corpus: Corpus) -> None:
    away = corpus.notes.rename(corpus.place / "unplugged")
    with pytest.raises(BadFolder, match="2 documents could not be read again"):
        remove_folder(corpus.index, "notes")
    away.rename(corpus.notes)
    assert remove_folder(corpus.index, "notes") == 2
    assert corpus.addresses() == ["a.txt"]
    with pytest.raises(BadFolder, match="only folder"):
        remove_folder(corpus.index, "news")
    with pytest.raises(BadFolder, match="Its folders: news"):
        remove_folder(corpus.index, "notes")
    assert_healthy(corpus.index, corpus.encoder)


@pytest.mark.parametrize("name", ["", " ", "a/b", "a:b", "a\\b", "a\0b"])
def test_a_name_that_would_be_misread_is_refused(name: str) -> None:
    with pytest.raises(BadFolder):
        folder_name(name)


def test_a_folder_that_nobody_named_is_called_by_the_last_part_of_its_path() -> None:
    assert (name_for(Path("/x/my: notes")), name_for(Path("/"))) == ("my- notes", "articles")


# -- patterns


def test_a_change_of_patterns_takes_effect_with_the_next_sync(corpus: Corpus) -> None:
    add_folder(corpus.index, "notes", corpus.notes, Patterns(exclude=("*.txt",)))
    report = corpus.sync()
    assert (report.deleted, report.excluded) == (("notes:a.txt", "notes:sub/b.txt"), ("notes:a.txt", "notes:sub/b.txt"))
    assert corpus.addresses() == ["news:a.txt"]
    assert_healthy(corpus.index, corpus.encoder)
    add_folder(corpus.index, "notes", corpus.notes)  # keeps them
    assert corpus.sync().added == ()
    add_folder(corpus.index, "notes", corpus.notes, Patterns(include=("sub/",)))
    assert corpus.sync().added == ("notes:sub/b.txt",)
    reembed(None, corpus.index, corpus.encoder, SMALL)
    assert corpus.addresses() == ["news:a.txt", "notes:sub/b.txt"]


def test_links_that_lead_out_are_told(corpus: Corpus) -> None:
    (corpus.notes / "news").symlink_to(corpus.news)
    (corpus.notes / "c.txt").symlink_to(corpus.news / "a.txt")
    report = corpus.sync()
    assert (report.added, report.not_followed) == ((), ("notes:c.txt", "notes:news"))
    assert corpus.addresses() == ALL


# -- the commands


def test_the_commands_on_a_new_index(run: Run, tmp_path: Path) -> None:
    index = tmp_path / "index"
    write(tmp_path, "one/a.txt", article("bridge"))
    write(tmp_path, "two/a.txt", article("canal"))
    write(tmp_path, "two/b.txt", f"{article('dam')}\n\nCopyright 2024 The Valley Post\n")
    for name in ("one", "two"):
        status, _, errors = run("folders", "add", name, tmp_path / name, "--index", index)
        assert (status, errors) == (0, "")
    status, output, _ = run("sync", "--index", index)
    assert status == 0 and output.startswith("3 added, ")
    listed = json.loads(run("folders", "list", "--index", index, "--json")[1])
    assert [(each["name"], each["path"], each["documents"], each["away_since"]) for each in listed] == [
        ("one", str(tmp_path / "one"), 1, None),
        ("two", str(tmp_path / "two"), 2, None),
    ]
    rows = json.loads(run("list", "--index", index, "--json")[1])
    assert [(row["path"], row["folder"]) for row in rows] == [("a.txt", "one"), ("a.txt", "two"), ("b.txt", "two")]
    assert_one_line_error(run("left-out", "a.txt", "--index", index), "one:a.txt or two:a.txt")
    assert "Copyright" in run("left-out", "b.txt", "--index", index)[1]
    assert run("left-out", "two:b.txt", "--index", index)[1] == run("left-out", "b.txt", "--index", index)[1]
    assert run("doctor", "--index", index)[0] == 0
    (tmp_path / "two" / "out.txt").symlink_to(tmp_path / "one" / "a.txt")
    assert run("folders", "add", "two", tmp_path / "two", "--exclude", "b.*", "--index", index)[0] == 0
    assert_one_line_error(
        run("folders", "add", "two", tmp_path / "two", "--exclude", "!", "--index", index), "gitignore"
    )
    status, output, _ = run("sync", "--index", index)
    assert "left by the patterns: two:b.txt\n" in output
    assert "links not followed, as they lead out of the folder or to a folder: two:out.txt\n" in output
    assert "1 left by the patterns, 1 link(s) not followed" in run("status", "--index", index)[1]
    two = json.loads(run("status", "--index", index, "--json")[1])["folders"][1]
    assert (two["exclude"], two["excluded"], two["not_followed"]) == (["b.*"], ["b.txt"], ["out.txt"])
    assert run("folders", "add", "two", tmp_path / "two", "--every-file", "--index", index)[0] == 0
    assert run("sync", "--index", index)[1].startswith("1 added, ")
    (tmp_path / "two").rename(tmp_path / "away")
    status, output, _ = run("sync", "--index", index)
    assert status == 0 and f"two ({tmp_path / 'two'}); its articles are kept." in output
    for command in ("status", "list", "folders list"):
        assert "away since 20" in run(*command.split(), "--index", index)[1]
    assert_one_line_error(run("folders", "remove", "two", "--index", index), "--allow-mass-deletion")
    assert run("folders", "remove", "two", "--index", index, "--allow-mass-deletion")[0] == 0
    assert "one" not in run("list", "--index", index)[1]


def test_an_old_index_with_one_folder_takes_another(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parents[1] / "data" / "index_schema_1", tmp_path, dirs_exist_ok=True)
    index, other = tmp_path / "index", tmp_path / "others"
    assert [(folder.name, str(folder.path)) for folder in recorded_folders(index)] == [("articles", "/articles")]
    add_folder(index, "articles", tmp_path / "articles", change_folder=True)
    write(other, "Ferry.txt", titled("About the tower", "tower"))
    add_folder(index, "others", other)
    encoder = WordEncoder()
    assert sync(None, index, encoder, SMALL).added == ("others:Ferry.txt",)
    with Index(index, encoder).snapshot() as snapshot:
        addresses = [str(address) for address in snapshot.addresses()]
        assert addresses[:2] == ["articles:Ferry.txt", "others:Ferry.txt"]
        document = snapshot.document("Ferry.txt")
        assert document and document.folder == "articles"
    assert_healthy(index, encoder)
