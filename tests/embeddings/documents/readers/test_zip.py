import io
import zipfile

import pytest

from embeddings.documents.readers.csv import CsvReader
from embeddings.documents.readers.format_reader import Extracted, FormatReader, Unreadable
from embeddings.documents.readers.html import HtmlReader
from embeddings.documents.readers.plain_text import PlainTextReader
from embeddings.documents.readers.zip import ZipReader
from embeddings.errors import UnreadableFile

READERS: dict[str, FormatReader] = {".txt": PlainTextReader(), ".html": HtmlReader(), ".csv": CsvReader()}
READERS[".zip"] = ZipReader(READERS)


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for path, data in members.items():
            archive.writestr(path, data)
    return out.getvalue()


def read(data: bytes) -> list[Extracted | Unreadable]:
    return list(READERS[".zip"].read(data, "a.zip"))


def members(found: list[Extracted | Unreadable]) -> list[tuple[str, str]]:
    return [(each.member, each.text if isinstance(each, Extracted) else each.what) for each in found]


def test_each_file_is_read_by_its_own_reader_and_archives_one_level_deep() -> None:
    inner = packed({"deep.txt": b"Deep words."})
    data = packed(
        {
            "notes/a.txt": b"Words.",
            "p.HTML": b"<p>A page.</p>",
            "Вода.txt": "Вода.".encode(),
            "inner.zip": inner,
            "picture.png": b"\x89PNG",
            "__MACOSX/a.txt": b"x",
            ".hidden.txt": b"x",
            "folder/": b"",
        }
    )
    assert members(read(data)) == [
        ("notes/a.txt", "Words."),
        ("p.HTML", "A page."),
        ("Вода.txt", "Вода."),
        ("inner.zip/deep.txt", "Deep words."),
    ]


def test_what_cannot_be_read_is_reported_beside_the_rest() -> None:
    twice = packed({"inner.zip": packed({"deep.txt": b"Deep."})})
    found = read(packed({"a.txt": b"Words.", "empty.txt": b"", "bad.zip": b"PK", "twice.zip": twice}))
    assert members(found)[:2] == [("a.txt", "Words."), ("empty.txt", "empty.txt is empty.")]
    assert [each.member for each in found if isinstance(each, Unreadable)] == [
        "empty.txt",
        "bad.zip",
        "twice.zip/inner.zip",
    ]


def test_articles_of_one_member_have_different_names() -> None:
    long = b"The harbour office raised the fare in April. " * 6
    found = read(packed({"rows.csv": b"id,text\n1," + long + b"\n2," + long + b"\n"}))
    assert [each.member for each in found] == ["rows.csv/1", "rows.csv/2"]


def test_a_bomb_is_not_unpacked() -> None:
    found = read(packed({"a.txt": b"Words.", "bomb.txt": b"0" * 20_000_000}))
    assert members(found) == [("a.txt", "Words."), ("bomb.txt", "bomb.txt is too large when unpacked.")]


def test_a_member_that_lies_about_its_size_is_not_trusted() -> None:
    data = packed({"a.txt": b"Words.", "lie.txt": b"0" * 20_000_000})
    true, lie = (20_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little")
    found = read(data.replace(true, lie))
    assert members(found)[0] == ("a.txt", "Words.")
    assert isinstance(found[1], Unreadable)


def test_a_damaged_member_costs_only_itself() -> None:
    data = packed({"a.txt": b"Words.", "b.txt": b"Other words."}, zipfile.ZIP_STORED)
    found = read(data.replace(b"Other words.", b"Other swords"))
    assert isinstance(found[0], Extracted)
    assert isinstance(found[1], Unreadable)
    assert "damaged" in found[1].what


def test_a_protected_member_is_reported() -> None:
    data = bytearray(packed({"a.txt": b"Words.", "b.txt": b"Secret."}, zipfile.ZIP_STORED))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.rindex(signature) + flags] |= 1
    assert members(read(bytes(data)))[1] == ("b.txt", "b.txt is protected by a password.")


def test_too_many_members_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="too large when unpacked"):
        read(packed({f"{n}.txt": b"" for n in range(20_001)}, zipfile.ZIP_STORED))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", packed({}), packed({"a.png": b"x"}), packed({"a.txt": b""})])
def test_archives_without_text_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"^a\.zip "):
        read(data)


def test_paths_do_not_lead_out_of_the_archive() -> None:
    assert members(read(packed({"../../a.txt": b"Words.", "/b.txt": b"More."}))) == [
        ("a.txt", "Words."),
        ("b.txt", "More."),
    ]


def test_the_version_grows_with_those_of_the_formats_inside() -> None:
    before = ZipReader(READERS).version
    assert ZipReader({**READERS, ".txt": PlainTextReader(version=PlainTextReader().version + 1)}).version > before
