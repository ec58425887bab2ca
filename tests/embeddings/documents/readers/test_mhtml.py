from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from embeddings.documents.readers.mhtml import MhtmlReader
from embeddings.errors import UnreadableFile


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251"])
def test_the_page_inside_is_read(charset: str) -> None:
    saved = MIMEMultipart("related")
    saved["Subject"] = "Паром"
    saved.attach(MIMEText("<h1>Паром</h1><p>Паром в Ломвик стоит 48 крон.</p>", "html", charset))
    saved.attach(MIMEText("body {color: red}", "css", "utf-8"))
    (article,) = MhtmlReader().read(saved.as_bytes(), "page.mhtml")
    assert article.text == "Паром\n\nПаром в Ломвик стоит 48 крон."


def test_a_file_without_a_page_is_refused() -> None:
    message = EmailMessage()
    message.set_content("words")
    with pytest.raises(UnreadableFile, match=r"^page\.mhtml holds no web page"):
        MhtmlReader().read(message.as_bytes(), "page.mhtml")
