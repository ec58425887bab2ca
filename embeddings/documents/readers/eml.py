"""Read a mail saved as a file (`.eml`)."""

from dataclasses import dataclass
from email import message_from_bytes

from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.mail import mail_article, parse_mail
from embeddings.errors import UnreadableFile


@dataclass(frozen=True)
class EmlReader:
    """Reads a mail, and the mails attached to it."""

    name: str = "EML"
    version: int = 4

    def read(self, data: bytes, name: str) -> list[Extracted]:
        """Return the mail as an article, and each attached mail as another; see `FormatReader.read`."""
        return read_mail(data, name)


def read_mail(data: bytes, name: str, member: str = "") -> list[Extracted]:
    """Return a mail and the mails attached to it as articles; `member` is its path inside the file.

    Raises:
        UnreadableFile: it is not a mail, has no text, or is nested too deeply.
    """
    try:
        mails = parse_mail(message_from_bytes(data.lstrip(b"\r\n\xef\xbb\xbf")), name)
    except RecursionError as error:
        raise UnreadableFile(f"{name} is nested too deeply for a mail.", "Save its text as .txt.") from error
    first, *attached = mails
    articles = [mail_article(first[0], name, member)]
    for mail, path in attached:
        if mail.subject or mail.blocks:
            articles.append(mail_article(mail, name, "/".join(filter(None, (member, path)))))
    return articles
