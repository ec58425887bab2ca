import io
import zipfile

import pytest

from embeddings.documents.readers import zipped
from embeddings.documents.readers.zipped import MalformedXml, open_archive, parse_xml, resolve
from embeddings.errors import UnreadableFile
from tests.embeddings.documents.readers.office_files import relationships, zip_of


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(UnreadableFile, match="too large when unpacked"):
        open_archive(zip_of({"a.xml": b"a" * 6_000_000}), "a.docx")


def test_many_entries_large_parts_and_large_sums_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zip_of({f"{n}.xml": b"a" * 100 for n in range(20)}, zipfile.ZIP_STORED)
    assert len(open_archive(data, "a.docx").paths) == 20
    for limit, value in {"MAX_ENTRIES": 19, "MAX_UNPACKED": 1999, "MAX_MARKUP": 99}.items():
        with monkeypatch.context() as patch:
            patch.setattr(zipped, limit, value)
            with pytest.raises(UnreadableFile, match="too large when unpacked"):
                open_archive(data, "a.docx")


def test_a_part_that_is_longer_than_it_states_is_damaged() -> None:
    data = zip_of({"a.xml": b"<a>" + b"b" * 1000 + b"</a>"})
    stated = (1007).to_bytes(4, "little")
    with pytest.raises(UnreadableFile, match="cannot be unpacked"):
        open_archive(data.replace(stated, (10).to_bytes(4, "little")), "a.docx").read("a.xml")


def test_a_part_whose_beginning_is_cut_off_is_damaged() -> None:
    data = zip_of({"a.xml": b"<a>" + b"b" * 1000 + b"</a>"}, zipfile.ZIP_STORED)
    with pytest.raises(UnreadableFile, match="cannot be unpacked"):
        open_archive(data[500:], "a.docx").read("a.xml")


def test_encrypted_and_old_files_are_named_as_such() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    with pytest.raises(UnreadableFile, match="protected by a password"):
        open_archive(ole + "EncryptedPackage".encode("utf-16-le"), "a.docx")
    with pytest.raises(UnreadableFile, match="format older than its suffix"):
        open_archive(ole, "a.docx")
    locked = bytearray(zip_of({"a.xml": "words"}))
    directory = bytes(locked).index(b"PK\x01\x02")
    locked[directory + 8] |= 1
    with pytest.raises(UnreadableFile, match="protected by a password"):
        open_archive(bytes(locked), "a.docx")


def test_missing_and_damaged_parts() -> None:
    archive = open_archive(zip_of({"a.xml": "<a>", "b.xml": "<b/>"}), "a.docx")
    with pytest.raises(UnreadableFile, match=r"a\.docx is damaged: its part c\.xml is missing"):
        archive.read("c.xml")
    with pytest.raises(UnreadableFile, match=r"its part a\.xml is not well-formed XML"):
        archive.xml("a.xml")
    stream = io.BytesIO(b"not a zip file")
    with pytest.raises(UnreadableFile, match="not a whole zip file"):
        open_archive(stream.read(), "a.docx")


def test_entities_are_not_replaced_and_nothing_is_loaded() -> None:
    root = parse_xml(b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY f SYSTEM "file:///etc/hostname">]><a>x&b;&f;</a>')
    assert root.text == "x"


def test_depth_is_limited() -> None:
    assert parse_xml(b"<a>" * zipped.MAX_DEPTH + b"</a>" * zipped.MAX_DEPTH) is not None
    with pytest.raises(MalformedXml):
        parse_xml(b"<a>" * (zipped.MAX_DEPTH + 1) + b"</a>" * (zipped.MAX_DEPTH + 1))


def test_references_are_resolved_within_the_archive() -> None:
    assert resolve("OEBPS/book.opf", "text/ch%201.xhtml#p2") == "OEBPS/text/ch 1.xhtml"
    assert resolve("word/document.xml", "/word/notes.xml") == "word/notes.xml"
    assert resolve("a/b.xml", "../c.xml") == "c.xml"
    archive = open_archive(
        zip_of({"_rels/.rels": relationships(("r", "officeDocument", "a.xml")), "a.xml": "<a/>"}), "a.docx"
    )
    assert archive.related("", "officeDocument") == ["a.xml"]
    assert archive.related("", "styles") == []
