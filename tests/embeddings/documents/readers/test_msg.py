import struct

import pytest

from embeddings.documents.readers.msg import MsgReader
from embeddings.errors import UnreadableFile
from tests.embeddings.documents.readers.blocks_of import blocks_of, words_of
from tests.embeddings.documents.readers.compound_file import Folder, compound_file

HEADERS = "From: Ann Lee <ann@x.org>\r\nTo: Bo <bo@y.org>\r\nDate: Tue, 03 Mar 2026 10:00:00 +0100\r\nSubject: x\r\n"


def text(number: int, words: str) -> tuple[str, bytes]:
    return f"__substg1.0_{number:04X}001F", words.encode("utf-16-le")


def properties(entries: dict[str, bytes], head: int) -> bytes:
    """Return the stream that lists a storage's properties (MS-OXMSG, section 2.4)."""
    out = bytes(head)
    for name, data in entries.items():
        number, kind = int(name[12:16], 16), int(name[16:20], 16)
        extra = 2 if kind == 0x1F else 0
        out += struct.pack("<HHIII", kind, number, 6, len(data) + extra, 0)
    return out


def message(entries: dict[str, bytes], attachments: list[str] | None = None) -> bytes:
    root: Folder = dict(entries)
    root["__properties_version1.0"] = properties(entries, 32)
    root["__nameid_version1.0"] = {"__substg1.0_00020102": b""}
    for number, name in enumerate(attachments or []):
        inner = dict([text(0x3707, name)])
        root[f"__attach_version1.0_#{number:08X}"] = {**inner, "__properties_version1.0": properties(inner, 8)}
    return compound_file(root)


def test_a_mail_is_an_article_with_its_headers_as_fields() -> None:
    body = "The fare is 48 kr.\r\n\r\nOn 2 Mar 2026, Bo <bo@y.org> wrote:\r\n> What is the fare?\r\n"
    entries = dict([text(0x37, "Fähre — prices"), text(0x1000, body), text(0x7D, HEADERS)])
    (article,) = MsgReader().read(message(entries, ["Preise.pdf"]), "a.msg")
    assert (article.title, article.date, article.author) == ("Fähre — prices", "2026-03-03", "Ann Lee")
    assert blocks_of(article) == [
        ("title", "Fähre — prices"),
        ("field", "From: Ann Lee <ann@x.org>"),
        ("field", "To: Bo <bo@y.org>"),
        ("field", "Date: Tue, 03 Mar 2026 10:00:00 +0100"),
        ("field", "Attachment: Preise.pdf"),
        ("paragraph", "The fare is 48 kr."),
        ("speaker", "On 2 Mar 2026, Bo <bo@y.org> wrote:"),
        ("quotation", "> What is the fare?"),
    ]


def test_a_draft_has_its_sender_and_a_body_in_html() -> None:
    html = "<html><body><h2>Fares</h2><p>" + "The fare is 48 kr. " * 300 + "</p></body></html>"
    entries = dict([text(0x37, "Draft"), text(0x0C1A, "Ann Lee"), text(0x0C1F, "ann@x.org"), text(0x1013, html)])
    (article,) = MsgReader().read(message(entries), "a.msg")
    assert words_of(article, "field") == ['From: "Ann Lee" <ann@x.org>']
    assert article.author == "Ann Lee"
    assert words_of(article, "heading") == ["Fares"]
    assert article.date is None


@pytest.mark.parametrize(
    "data",
    [b"", b"words", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", message(dict([text(0x37, "Cut")]))[:1500], compound_file({})],
)
def test_damaged_files_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"^a\.msg "):
        MsgReader().read(data, "a.msg")


def test_a_mail_without_words_is_refused() -> None:
    with pytest.raises(UnreadableFile, match=r"^a\.msg has no text"):
        MsgReader().read(message(dict([text(0x1A, "IPM.Note")])), "a.msg")
