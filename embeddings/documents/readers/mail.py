"""Make an article of a mail: its subject as title, sender, receivers and date as fields, its text with quoted parts apart.

Attachments are named in a field, not read; attached mails are articles of their own. Signatures are boilerplate.
"""

import re
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

import webencodings

from embeddings.documents.blocks import Kind
from embeddings.documents.decoding import decode_text
from embeddings.documents.readers.clean_text import clean
from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.html import add_page_blocks
from embeddings.documents.readers.mail_body import plain_blocks, unflow, with_quoted_parts
from embeddings.documents.readers.page_blocks import PageBlock, page_blocks
from embeddings.documents.readers.page_parsing import decode_page, parse_page
from embeddings.documents.text_builder import TextBuilder
from embeddings.errors import UnreadableFile

_FIELDS = ("From", "To", "Cc", "Date")
_MAIL_HEADERS = ("from", "to", "subject", "date", "received", "message-id")
# Parts inside parts: forwarded chains reach about ten.
_MOST_NESTED = 20
# A text part with so much less than the HTML part is a stub: "Your program cannot show this mail".
_STUB = 5


@dataclass(frozen=True)
class Mail:
    """What a mail says."""

    subject: str
    fields: tuple[tuple[str, str], ...]
    """Its headers that are shown, and the names of its attachments."""
    sender: str
    date: str
    """As in the mail's header."""
    blocks: tuple[PageBlock, ...]


def parse_mail(message: Message, name: str) -> list[tuple[Mail, str]]:
    """Return a message and the mails attached to it, each with its path inside the message: empty, then "attached mail 1".

    Raises:
        UnreadableFile: it is not a mail.
    """
    if not any(message.get(header) is not None for header in _MAIL_HEADERS):
        raise UnreadableFile(f"{name} is not a mail.", "Save it again from your mail program.")
    found: list[tuple[Mail, str]] = []
    _collect(message, name, "", found, 0)
    return found


def mail_article(mail: Mail, name: str, member: str = "") -> Extracted:
    """Return a mail as an article.

    Raises:
        UnreadableFile: it has neither subject nor text.
    """
    if not mail.subject and not mail.blocks:
        raise UnreadableFile(f"{name} has no text.", "Save it again from your mail program, or remove it.")
    builder = TextBuilder()
    builder.add(Kind.TITLE, mail.subject)
    for key, value in mail.fields:
        builder.add_field(key, value)
    for block in with_quoted_parts(list(mail.blocks)):
        add_page_blocks(builder, [block])
    addresses = getaddresses([mail.sender])
    author = (addresses[0][0] or addresses[0][1]) if addresses else ""
    return Extracted(
        builder.text,
        tuple(builder.blocks),
        title=mail.subject or None,
        date=day_of(mail.date),
        author=author or None,
        member=member,
    )


def html_body_blocks(markup: str, name: str) -> list[PageBlock]:
    """Return the blocks of an HTML body; all of it is the mail, none of it a page around it."""
    return page_blocks(parse_page(markup, name)) if markup.strip() else []


def plain_body_blocks(text: str) -> list[PageBlock]:
    """Return the blocks of a plain-text body."""
    return plain_blocks(text.replace("\r\n", "\n").replace("\r", "\n"))


def day_of(words: str) -> str | None:
    """Return the day of a mail's date in its sender's time zone, in ISO 8601."""
    try:
        return parsedate_to_datetime(words).date().isoformat()
    except ValueError:
        return None


def header(message: Message, name: str) -> str:
    """Return a header in words; empty if there is none."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    raw = str(raw)
    if not raw.isascii():
        # Bytes without a statement of their encoding, as old programs write them: most likely in that of the body.
        data, charset = raw.encode("utf-8", "surrogateescape"), webencodings.lookup(message.get_content_charset() or "")
        raw = charset.codec_info.decode(data, "replace")[0] if charset else decode_text(data, f"the header {name}")
    try:
        words = str(make_header(decode_header(re.sub(r"\r?\n[ \t]*", " ", raw))))
    except (LookupError, ValueError):  # an unknown encoding, or damaged: shown as it is
        words = raw
    return " ".join(clean(words.encode("utf-8", "replace").decode()).split())


def _collect(message: Message, name: str, member: str, found: list[tuple[Mail, str]], depth: int) -> None:
    attachments: list[str] = []
    mails: list[Message] = []
    blocks = _part_blocks(message, name, attachments, mails, 0)
    fields = [(key, header(message, key)) for key in _FIELDS] + [("Attachment", each) for each in attachments]
    mail = Mail(
        header(message, "Subject"), tuple(fields), header(message, "From"), header(message, "Date"), tuple(blocks)
    )
    found.append((mail, member))
    if depth >= _MOST_NESTED:
        return
    for number, attached in enumerate(mails, 1):
        path = "/".join(filter(None, (member, f"attached mail {number}")))
        _collect(attached, name, path, found, depth + 1)


def _part_blocks(part: Message, name: str, attachments: list[str], mails: list[Message], depth: int) -> list[PageBlock]:
    """Return the blocks of a message's part; names of attachments and attached mails are added to the lists."""
    kind, payload = part.get_content_type(), part.get_payload()
    if kind == "message/rfc822" and isinstance(payload, list):
        mails.extend(each for each in payload if isinstance(each, Message))
        return []
    if isinstance(payload, list):
        if depth > _MOST_NESTED:
            raise UnreadableFile(f"{name} is nested too deeply for a mail.", "Save its text as .txt.")
        parts = [each for each in payload if isinstance(each, Message)]
        inner = [(each, _part_blocks(each, name, attachments, mails, depth + 1)) for each in parts]
        if kind == "multipart/alternative":
            return _chosen(inner)
        return [block for _, blocks in inner for block in blocks]
    if part.get_content_disposition() == "attachment" or kind not in ("text/plain", "text/html"):
        if file := part.get_filename():
            attachments.append(" ".join(clean(str(file).encode("utf-8", "replace").decode()).split()))
        return []
    text = _text(part, name)
    if kind == "text/html":
        return html_body_blocks(text, name)
    if str(part.get_param("format", "")).lower() == "flowed":
        text = unflow(text.replace("\r\n", "\n"), str(part.get_param("delsp", "")).lower() == "yes")
    return plain_body_blocks(text)


def _chosen(versions: list[tuple[Message, list[PageBlock]]]) -> list[PageBlock]:
    """Choose among versions of one text: plain text unless it is a stub beside the others."""
    sizes = [sum(len(block.words) for block in blocks) for _, blocks in versions]
    for (part, blocks), size in zip(versions, sizes, strict=True):
        if part.get_content_type() == "text/plain" and size and size * _STUB >= max(sizes):
            return blocks
    return versions[sizes.index(max(sizes))][1] if versions else []


def _text(part: Message, name: str) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes) or not data.strip():
        return ""
    charset = webencodings.lookup(part.get_content_charset() or "")
    if charset is not None and b"\0" not in data:
        text: str = charset.codec_info.decode(data, "replace")[0]
        return text
    return decode_page(data, name) if part.get_content_type() == "text/html" else decode_text(data, name)
