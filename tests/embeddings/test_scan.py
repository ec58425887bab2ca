import os
import sys
from pathlib import Path

import pytest

from embeddings.errors import FolderMissing
from embeddings.scan import scan
from tests.embeddings.helpers import write


def paths(folder: Path) -> list[str]:
    return [file.path for file in scan(folder).files]


def test_files_are_found_in_order_with_slashes(tmp_path: Path) -> None:
    for name in ("z.txt", "a.md", "sub/deep/b.TXT", "sub/Ж.txt"):
        write(tmp_path, name, "Words.")
    assert paths(tmp_path) == ["a.md", "sub/deep/b.TXT", "sub/Ж.txt", "z.txt"]


def test_hidden_files_and_folders_are_ignored(tmp_path: Path) -> None:
    for name in (".hidden.txt", ".git/a.txt", "sub/.b.txt", "seen.txt"):
        write(tmp_path, name, "Words.")
    found = scan(tmp_path)
    assert [file.path for file in found.files] == ["seen.txt"]
    assert found.skipped == ()


def test_files_of_other_formats_are_listed_as_skipped(tmp_path: Path) -> None:
    for name in ("a.exe", "b.txt", "sub/c.jpg"):
        write(tmp_path, name, "Words.")
    assert scan(tmp_path).skipped == ("a.exe", "sub/c.jpg")


@pytest.mark.parametrize("make", ["nothing", "a file"])
def test_a_missing_folder_or_a_file_in_its_place_is_refused(tmp_path: Path, make: str) -> None:
    folder = tmp_path / "articles"
    if make == "a file":
        folder.write_text("Words.")
    with pytest.raises(FolderMissing, match=r"There is no folder .*articles"):
        scan(folder)


def test_an_empty_folder_has_no_files(tmp_path: Path) -> None:
    assert scan(tmp_path).files == ()


def test_an_edit_that_keeps_size_and_time_of_content_changes_the_stamp(tmp_path: Path) -> None:
    file = write(tmp_path, "a.txt", "one")
    before, times = scan(tmp_path).files[0].stamp.rstrip("~"), file.stat()
    while file.stat().st_ctime_ns == times.st_ctime_ns:
        file.write_text("two")
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert scan(tmp_path).files[0].stamp.rstrip("~") != before


def test_a_file_changed_just_now_is_marked_to_be_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.txt", "one")
    assert scan(tmp_path).files[0].stamp.endswith("~")
    monkeypatch.setattr("embeddings.scan._RECENT_NS", 0)
    assert not scan(tmp_path).files[0].stamp.endswith("~")


def test_a_link_that_leads_nowhere_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone")
    assert scan(tmp_path).unreachable == (("a.txt", "No such file or directory"),)


def test_a_link_to_a_file_is_followed_and_one_to_a_folder_is_not(tmp_path: Path) -> None:
    target = write(tmp_path / "elsewhere", "b.txt", "Words.")
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").symlink_to(target)
    (folder / "loop").symlink_to(folder)
    assert paths(folder) == ["a.txt"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not allow such a name")
def test_a_name_that_is_not_unicode_is_reported(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.txt")).write_text("Words.")
    assert scan(tmp_path).unreachable == (("bad?.txt", "its name is not valid Unicode"),)


@pytest.mark.skipif(os.name != "posix", reason="needs pipes in the file system")
def test_a_file_that_is_not_regular_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert paths(tmp_path) == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root can read every folder")
def test_a_folder_without_permission_is_reported(tmp_path: Path) -> None:
    write(tmp_path, "closed/a.txt", "Words.")
    (tmp_path / "closed").chmod(0)
    try:
        assert scan(tmp_path).unreachable == (("closed", "Permission denied"),)
    finally:
        (tmp_path / "closed").chmod(0o700)
