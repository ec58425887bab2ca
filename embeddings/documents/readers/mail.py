"""Make an article of a mail: its subject as title, sender, receivers and date as fields, its text with quoted parts apart.

Attachments are named in a field, not read; attached mails are articles of their own. Signatures are boilerplate.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

import webencodings

from embeddings.documents.blocks import Kind
from embeddings.documents.decoding import Decoded, decode, decode_text
from embeddings.documents.quoted_mail import with_quoted_authors
from embeddings.documents.readers.clean_text import clean
from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.html import add_page_blocks
from embeddings.documents.readers.mail_body import plain_blocks, unflow, with_fields, with_quoted_parts
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
    notes: tuple[str, ...] = ()
    """As in `Extracted`."""


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
    add_page_blocks(builder, list(with_fields(with_quoted_parts(list(mail.blocks)))))
    addresses = getaddresses([mail.sender])
    author = (addresses[0][0] or addresses[0][1]) if addresses else ""
    return Extracted(
        builder.text,
        tuple(with_quoted_authors(builder.text, builder.blocks)),
        title=mail.subject or None,
        date=day_of(mail.date),
        author=author or None,
        member=member,
        notes=mail.notes,
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
    except (ValueError, OverflowError):  # a year of forty digits
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
    body = _part_body(message, name, attachments, mails, 0)
    fields = [(key, header(message, key)) for key in _FIELDS] + [("Attachment", each) for each in attachments]
    subject, sender, date = (header(message, key) for key in ("Subject", "From", "Date"))
    notes = tuple(dict.fromkeys(body.notes))
    found.append((Mail(subject, tuple(fields), sender, date, tuple(body.blocks), notes), member))
    if depth >= _MOST_NESTED:
        return
    for number, attached in enumerate(mails, 1):
        path = "/".join(filter(None, (member, f"attached mail {number}")))
        _collect(attached, name, path, found, depth + 1)


@dataclass(frozen=True)
class _Body:
    """The text of a message's part, and what to tell of how it was decoded."""

    blocks: Sequence[PageBlock] = ()
    notes: Sequence[str] = ()

    @property
    def size(self) -> int:
        return sum(len(block.words) for block in self.blocks)


def _part_body(part: Message, name: str, attachments: list[str], mails: list[Message], depth: int) -> _Body:
    """Return the text of a message's part; names of attachments and attached mails are added to the lists."""
    kind = part.get_content_type()
    # Of a text, `get_payload` decodes by the stated charset, and fails if that is not the name of any.
    payload = part.get_payload() if part.is_multipart() else None
    if kind == "message/rfc822" and isinstance(payload, list):
        mails.extend(each for each in payload if isinstance(each, Message))
        return _Body()
    if isinstance(payload, list):
        if depth > _MOST_NESTED:
            raise UnreadableFile(f"{name} is nested too deeply for a mail.", "Save its text as .txt.")
        parts = [each for each in payload if isinstance(each, Message)]
        inner = [(each, _part_body(each, name, attachments, mails, depth + 1)) for each in parts]
        if kind == "multipart/alternative":
            return _chosen(inner)
        bodies = [body for _, body in inner]
        return _Body([b for body in bodies for b in body.blocks], [n for body in bodies for n in body.notes])
    if part.get_content_disposition() == "attachment" or kind not in ("text/plain", "text/html"):
        if file := part.get_filename():
            attachments.append(" ".join(clean(str(file).encode("utf-8", "replace").decode()).split()))
        return _Body()
    decoded = _decoded(part, name)
    if decoded is None:
        return _Body()
    text = decoded.text
    if kind == "text/html":
        return _Body(html_body_blocks(text, name), decoded.notes)
    if str(part.get_param("format", "")).lower() == "flowed":
        text = unflow(text.replace("\r\n", "\n"), str(part.get_param("delsp", "")).lower() == "yes")
    return _Body(plain_body_blocks(text), decoded.notes)


def _chosen(versions: list[tuple[Message, _Body]]) -> _Body:
    """Choose among versions of one text: plain text unless it is a stub beside the others."""
    longest = max((body for _, body in versions), key=lambda body: body.size, default=_Body())
    for part, body in versions:
        if part.get_content_type() == "text/plain" and body.blocks and body.size * _STUB >= longest.size:
            return body
    return longest


def _decoded(part: Message, name: str) -> Decoded | None:
    """Return the text of a part, decoded as it states, else as is detected; None if it has none."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes) or not data.strip():
        return None
    charset = webencodings.lookup(part.get_content_charset() or "")
    if charset is not None and b"\0" not in data:
        return Decoded(charset.codec_info.decode(data, "replace")[0], charset.name, guessed=False)
    return decode_page(data, name) if part.get_content_type() == "text/html" else decode(data, name)
