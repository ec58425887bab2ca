"""Read a mail saved by Outlook (`.msg`), by python-oxmsg.

Attachments are named, not read. A body that is only in Outlook's compressed RTF is not read.
"""

import struct
from dataclasses import dataclass
from email.message import Message as HeaderBlock
from email.utils import format_datetime

from oxmsg import Message

from embeddings.documents.readers.clean_text import clean
from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.mail import Mail, header, html_body_blocks, mail_article, plain_body_blocks
from embeddings.errors import UnreadableFile

# What python-oxmsg and olefile raise on damaged files.
_DAMAGED = (ValueError, LookupError, OSError, struct.error, AssertionError, AttributeError, TypeError, RecursionError)


@dataclass(frozen=True)
class MsgReader:
    """Reads Outlook's mails."""

    name: str = "MSG"
    version: int = 3

    def read(self, data: bytes, name: str) -> list[Extracted]:
        """Return the mail as an article; see `FormatReader.read`."""
        try:
            mail = _mail(Message.load(data), name)
        except _DAMAGED as error:
            raise UnreadableFile(f"{name} is not a whole Outlook mail ({error}).", "Save it again as .eml.") from error
        return [mail_article(mail, name)]


def _mail(message: Message, name: str) -> Mail:
    headers = HeaderBlock()
    for key, value in message.message_headers.items():  # empty in mails that were never sent
        headers[key] = value.replace("\r", "").replace("\n", " ")
    date = header(headers, "Date") or (format_datetime(message.sent_date) if message.sent_date else "")
    sender = header(headers, "From") or _line(message.sender)
    receivers = ", ".join(f"{each.name} <{each.email_address}>" for each in message.recipients)
    fields = [("From", sender), ("To", header(headers, "To") or _line(receivers)), ("Cc", header(headers, "Cc"))]
    fields += [("Date", date), *(("Attachment", _line(each.file_name)) for each in message.attachments)]
    blocks = plain_body_blocks(message.body or "") or html_body_blocks(message.html_body or "", name)
    return Mail(_line(message.subject), tuple(fields), sender, date, tuple(blocks))


def _line(words: str | None) -> str:
    return " ".join(clean(words or "").split())
