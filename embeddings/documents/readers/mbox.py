"""Read a mailbox (`.mbox`): each mail is an article."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes

from embeddings.documents.readers.eml import read_mail
from embeddings.documents.readers.format_reader import Extracted, Unreadable
from embeddings.documents.readers.mail import day_of, header
from embeddings.errors import UnreadableFile

# RFC 4155: a line "From sender date" after an empty line; the date ends with a year or a time zone.
_SEPARATOR = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]*\d\d:\d\d[^\r\n]*\r?\n")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_MOST_MAILS = 200_000
_HASH_DIGITS = 8


@dataclass(frozen=True)
class MboxReader:
    """Reads mailboxes."""

    name: str = "mbox"
    version: int = 4

    def read(self, data: bytes, name: str) -> list[Extracted | Unreadable]:
        """Return each mail as an article; see `FormatReader.read`.

        A mail's `member` is its day and a hash of its Message-ID, so that it stays the same when the mailbox grows.
        """
        found: list[Extracted | Unreadable] = []
        seen: Counter[str] = Counter()
        for mail in split_mailbox(data, name):
            member = _member(mail)
            seen[member] += 1
            if seen[member] > 1:
                member = f"{member} {seen[member]}"
            try:
                found += read_mail(mail, f"{name}/{member}", member)
            except UnreadableFile as error:
                found.append(Unreadable(member, error.what, error.next_step))
        if not any(isinstance(each, Extracted) for each in found):
            raise UnreadableFile(f"{name} holds no mail that can be read.", "Export it again from your mail program.")
        return found


def split_mailbox(data: bytes, name: str) -> Iterator[bytes]:
    """Yield the bytes of each mail.

    Raises:
        UnreadableFile: it is not a mailbox, or holds too many mails.
    """
    starts = list(_SEPARATOR.finditer(data))
    if not starts or data[: starts[0].start()].strip():
        raise UnreadableFile(f"{name} is not a mailbox.", "Export it again from your mail program as mbox.")
    if len(starts) > _MOST_MAILS:
        raise UnreadableFile(f"{name} holds over {_MOST_MAILS} mails.", "Split it into smaller mailboxes.")
    ends = [match.start() for match in starts[1:]] + [len(data)]
    for match, end in zip(starts, ends, strict=True):
        yield _ESCAPED.sub(rb"\1", data[match.end() : end])


def _member(mail: bytes) -> str:
    message = message_from_bytes(mail.partition(b"\n\n")[0] + b"\n\n")
    identity = header(message, "Message-ID").encode() or mail
    digits = hashlib.sha256(identity).hexdigest()[:_HASH_DIGITS]
    return f"{day_of(header(message, 'Date')) or 'undated'} {digits}"
