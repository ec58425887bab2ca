import hashlib
import os
import sys
from pathlib import Path

import pytest

from embeddings.documents.read_document import read_documents
from embeddings.documents.readers import is_supported
from embeddings.errors import UnreadableFile
from tests.embeddings.helpers import write

LIMIT = 1000


@pytest.mark.parametrize("path", ["a.txt", "A.TXT", "sub/b.md", "c.d.Md", "a.pdf", "b.HTML"])
def test_text_and_markdown_are_supported(path: str) -> None:
    assert is_supported(path)


@pytest.mark.parametrize("path", ["a.exe", "txt", "a.txt.gz", ".txt", "b.jpg"])
def test_other_formats_are_not(path: str) -> None:
    assert not is_supported(path)


def test_a_document_has_the_text_of_its_file_and_the_hash_of_its_bytes(tmp_path: Path) -> None:
    data = "\ufeffRain in tanks\r\n\r\nThe city — Аркадаг — collects rain. 👍\r\n".encode()
    write(tmp_path, "sub/Rain.txt", data)
    (document,) = read_documents(tmp_path, "sub/Rain.txt", LIMIT).documents
    assert document.path == "sub/Rain.txt"
    assert document.text == "Rain in tanks\n\nThe city — Аркадаг — collects rain. 👍\n"
    assert document.title == "Rain in tanks"
    assert document.file_sha256 == hashlib.sha256(data).hexdigest()
    assert document.page_starts == ()


def test_a_file_of_exactly_the_limit_is_read(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "x" * LIMIT)
    assert len(read_documents(tmp_path, "a.txt", LIMIT).documents[0].text) == LIMIT


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "x" * (LIMIT + 1))
    with pytest.raises(UnreadableFile, match=r"^a\.txt is over the limit of 0\.001 MB\."):
        read_documents(tmp_path, "a.txt", LIMIT)


def test_a_vanished_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"^a\.txt vanished while it was being read\. Sync again\."):
        read_documents(tmp_path, "a.txt", LIMIT)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root can read everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "Words.").chmod(0)
    with pytest.raises(UnreadableFile, match=r"^a\.txt cannot be read: Permission denied\."):
        read_documents(tmp_path, "a.txt", LIMIT)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file that fails while being read")
def test_a_file_that_fails_while_being_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("/proc/self/mem")
    with pytest.raises(UnreadableFile, match=r"^a\.txt cannot be read: Input/output error\."):
        read_documents(tmp_path, "a.txt", LIMIT)


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", b"\x00\x01\x02")
    with pytest.raises(UnreadableFile, match="binary"):
        read_documents(tmp_path, "a.txt", LIMIT)


def test_front_matter_sets_the_metadata(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "---\ntitle: Rain\ndate: 2024-05-17\nsource: nCa\n---\nThe city collects rain in tanks.\n")
    (document,) = read_documents(tmp_path, "a.md", LIMIT).documents
    assert (document.title, document.date, document.source) == ("Rain", "2024-05-17", "nCa")
    assert {piece.reason for piece in document.boilerplate} == {"header"}
