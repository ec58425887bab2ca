"""Uploads: what would not be read is refused, and nothing is lost or left behind."""

import os
import time
from pathlib import Path

import pytest

from embeddings.errors import UnreadableFile
from embeddings.folders import Folder
from qa_app.serving.folder_files import add_file, clear_partials, file_in, move_to_trash

_MOST = 1000


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "articles").mkdir()
    return Folder("articles", tmp_path / "articles")


def _upload(tmp_path: Path, name: str, words: str = "Words.") -> Path:
    (tmp_path / "uploads").mkdir(exist_ok=True)
    file = tmp_path / "uploads" / name
    file.write_text(words)
    return file


def _names(folder: Folder) -> list[str]:
    return sorted(file.name for file in folder.path.iterdir())


@pytest.mark.parametrize(
    ("name", "words", "why"),
    [
        (".hidden.txt", "x", "hidden"),
        ("program.exe", "x", "unsupported format"),
        ("large.txt", "x" * (_MOST + 1), "may have 0 MB"),
    ],
)
def test_what_would_not_be_read_is_not_called_added(
    tmp_path: Path, folder: Folder, name: str, words: str, why: str
) -> None:
    with pytest.raises(UnreadableFile, match=why):
        add_file(_upload(tmp_path, name, words), folder, tmp_path / "trash", _MOST)
    assert _names(folder) == []


@pytest.mark.parametrize("name", ["x" * 251 + ".txt", "ш" * 125 + ".txt"])
def test_the_longest_name_is_added_replaced_and_removed(tmp_path: Path, folder: Folder, name: str) -> None:
    trash = tmp_path / "trash"
    for words in ("first", "second"):
        add_file(_upload(tmp_path, name, words), folder, trash, _MOST)
    assert _names(folder) == [name] and (folder.path / name).read_text() == "second"
    move_to_trash(file_in(folder.path, name), trash)
    kept = sorted(trash.iterdir())
    assert [file.read_text() for file in kept] == ["first", "second"] and _names(folder) == []
    assert all(file.suffix == ".txt" and len(os.fsencode(file.name)) <= 255 for file in kept)


def test_halves_left_by_a_killed_process_go_and_nothing_else_does(folder: Folder) -> None:
    old, new, others = ".0123456789abcdef.part", ".fedcba9876543210.part", (".mine.part", "article.part", "a.txt")
    for name in (old, new, *others):
        (folder.path / name).touch()
        os.utime(folder.path / name, (0, 0 if name != new else time.time()))
    os.utime(folder.path / new)
    clear_partials(folder.path)
    assert _names(folder) == sorted((new, *others))
    clear_partials(folder.path / "none")
