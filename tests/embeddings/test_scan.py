import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.errors import FolderMissing
from embeddings.patterns import BadPattern, Patterns
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


def test_links_never_lead_out_of_the_folder(tmp_path: Path) -> None:
    secret, inner = (
        write(tmp_path / "elsewhere", "secret.txt", "Words."),
        write(tmp_path / "articles", "sub/a.txt", "Words."),
    )
    folder = tmp_path / "articles"
    (folder / "inside.txt").symlink_to(inner)
    (folder / "twice.txt").symlink_to("inside.txt")
    (folder / "out.txt").symlink_to(secret)
    (folder / "through.txt").symlink_to(folder / "sub" / ".." / ".." / "elsewhere" / "secret.txt")
    (folder / "lost.txt").symlink_to(tmp_path / "elsewhere" / "gone.txt")
    (folder / "chain.txt").symlink_to("out.txt")
    (folder / "sub" / "elsewhere").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (folder / "sub" / "loop").symlink_to(folder, target_is_directory=True)
    found = scan(folder)
    assert [file.path for file in found.files] == ["inside.txt", "sub/a.txt", "twice.txt"]
    assert found.not_followed == (
        "chain.txt", "lost.txt", "out.txt", "sub/elsewhere", "sub/loop", "through.txt",
    )  # fmt: skip


def test_a_link_to_itself_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("a.txt")
    assert [path for path, _ in scan(tmp_path).unreachable] == ["a.txt"]


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    write(tmp_path / "articles", "sub/a.txt", "Words.")
    (tmp_path / "articles" / "b.txt").symlink_to(tmp_path / "articles" / "sub" / "a.txt")
    (tmp_path / "link").symlink_to(tmp_path / "articles")
    assert paths(tmp_path / "link") == ["b.txt", "sub/a.txt"]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (Patterns(), ["a.md", "b.txt", "drafts/c.md", "notes/drafts/d.txt", "notes/e.txt"]),
        (Patterns(include=("*.md",)), ["a.md", "drafts/c.md"]),
        (Patterns(exclude=("drafts/",)), ["a.md", "b.txt", "notes/e.txt"]),
        (Patterns(exclude=("/drafts/",)), ["a.md", "b.txt", "notes/drafts/d.txt", "notes/e.txt"]),
        (Patterns(include=("notes/",), exclude=("*.txt", "!e.txt")), ["notes/e.txt"]),
        (Patterns(include=("*.md",), exclude=("drafts",)), ["a.md"]),
    ],
)
def test_patterns_choose_files_as_in_gitignore(tmp_path: Path, patterns: Patterns, expected: list[str]) -> None:
    everything = ["a.md", "b.txt", "drafts/c.md", "notes/drafts/d.txt", "notes/e.txt"]
    for name in everything:
        write(tmp_path, name, "Words.")
    found = scan(tmp_path, (), patterns)
    assert [file.path for file in found.files] == expected
    left = {
        name
        for name in everything
        if any(name == each or (each[-1] == "/" and name.startswith(each)) for each in found.excluded)
    }
    assert left == set(everything) - set(expected)


@pytest.mark.parametrize("pattern", ["!", "\\", "[z-a]"])
def test_a_pattern_that_is_none_is_refused(pattern: str) -> None:
    with pytest.raises(BadPattern, match="gitignore"):
        Patterns(exclude=(pattern,))


_NAMES = st.sampled_from(["a.txt", "b.md", "drafts/a.txt", "notes/b.md", "notes/drafts/c.txt", "notes/Ж.txt"])
_PATTERNS = st.lists(
    st.sampled_from(["*.md", "drafts/", "/drafts/", "notes", "**/c.txt", "!a.txt", "n*s/b.md"]), max_size=3
)


@given(st.sets(_NAMES, min_size=1), _PATTERNS)
@settings(max_examples=25)
def test_git_leaves_the_same_files(names: set[str], exclude: list[str]) -> None:
    """Compared with git itself."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    with tempfile.TemporaryDirectory() as place:
        for name in names:
            write(Path(place), name, "Words.")
        write(Path(place), ".gitignore", "\n".join(exclude))
        git = ["git", "-c", "core.quotePath=false", "-C", place]
        subprocess.run([*git, "init", "-q"], check=True)
        listed = subprocess.run(
            [*git, "ls-files", "-co", "--exclude-standard"], check=True, capture_output=True, text=True
        )
        kept = sorted(name for name in listed.stdout.splitlines() if name != ".gitignore")
        assert [file.path for file in scan(Path(place), (), Patterns(exclude=tuple(exclude))).files] == kept
