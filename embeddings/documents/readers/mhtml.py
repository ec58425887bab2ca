"""Read web pages saved as one file (`.mhtml`, `.mht`): the page inside, as `html.py` reads it."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.html import read_page
from embeddings.documents.readers.page_parsing import decode_page, parse_page
from embeddings.errors import UnreadableFile


@dataclass(frozen=True)
class MhtmlReader:
    """Reads saved web pages."""

    name: str = "MHTML"
    version: int = 2

    def read(self, data: bytes, name: str) -> list[Extracted]:
        """Return the page as one article; see `FormatReader.read`."""
        message = message_from_bytes(data, policy=default)
        # The first page is the one that was saved; the others are frames and advertisements (RFC 2557, section 5).
        page = next((part for part in message.walk() if part.get_content_type() == "text/html"), None)
        content = page.get_payload(decode=True) if isinstance(page, EmailMessage) else None
        if page is None or not isinstance(content, bytes):
            raise UnreadableFile(f"{name} holds no web page.", "Open it in a browser and save it again.")
        charset = page.get_content_charset()
        if charset and b"charset" not in content[:4096].lower():
            content = f'<meta charset="{charset}">'.encode("ascii", "replace") + content
        decoded = decode_page(content, name)
        return [read_page(parse_page(decoded.text, name), name, decoded.notes)]
