import mailbox
from email.message import EmailMessage
from pathlib import Path

import pytest

from embeddings.documents.readers.format_reader import Unreadable
from embeddings.documents.readers.mbox import MboxReader
from embeddings.errors import UnreadableFile
from tests.embeddings.documents.readers.blocks_of import articles_in, words_of


def mail(number: int, body: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = "Ann <ann@x.org>", f"Mail {number}"
    message["Date"] = f"Tue, 0{number} Mar 2026 10:00:00 +0000"
    message["Message-ID"] = f"<{number}@x.org>"
    message.set_content(body)
    return message


def written(folder: Path, mails: list[EmailMessage]) -> bytes:
    """Write a mailbox with the standard library."""
    box = mailbox.mbox(folder / "a.mbox")
    for message in mails:
        box.add(message)
    box.close()
    return (folder / "a.mbox").read_bytes()


def test_each_mail_is_an_article(tmp_path: Path) -> None:
    mails = [mail(1, "One.\n\nFrom here on it is quoted.\n"), mail(2, "Two.\n"), mail(3, "Three.\n")]
    articles = articles_in(MboxReader().read(written(tmp_path, mails), "a.mbox"))
    assert [article.title for article in articles] == ["Mail 1", "Mail 2", "Mail 3"]
    assert words_of(articles[0], "paragraph") == ["One.", "From here on it is quoted."]
    assert [article.member[:10] for article in articles] == ["2026-03-01", "2026-03-02", "2026-03-03"]


def test_names_stay_when_the_mailbox_grows(tmp_path: Path) -> None:
    first = articles_in(MboxReader().read(written(tmp_path, [mail(2, "Two.")]), "a.mbox"))
    (tmp_path / "a.mbox").unlink()
    later = articles_in(MboxReader().read(written(tmp_path, [mail(1, "One."), mail(2, "Two.")]), "a.mbox"))
    assert first[0].member == later[1].member


def test_copies_of_a_mail_have_different_names(tmp_path: Path) -> None:
    found = articles_in(MboxReader().read(written(tmp_path, [mail(1, "One.")] * 2), "a.mbox"))
    assert len({article.member for article in found}) == 2


def test_a_bad_mail_is_reported_beside_the_good_ones(tmp_path: Path) -> None:
    data = written(tmp_path, [mail(1, "One.")]) + b"\nFrom x Tue Mar  3 10:00:00 2026\nno headers\n"
    _, bad = MboxReader().read(data, "a.mbox")
    assert isinstance(bad, Unreadable)
    assert "is not a mail" in bad.what


@pytest.mark.parametrize("data", [b"", b"Subject: x\n\nwords", b"words\n\nFrom x Tue Mar  3 10:00:00 2026\n"])
def test_what_is_no_mailbox_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"^a\.mbox is not a mailbox"):
        MboxReader().read(data, "a.mbox")
