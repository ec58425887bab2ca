"""Decode a web page by what it states of its encoding, and parse it without loading anything."""

import re
from html import unescape

import webencodings
from lxml import etree
from lxml.html import HtmlElement, HTMLParser

from embeddings.documents.decoding import Decoded, decode
from embeddings.errors import UnreadableFile

# HTML standard, "prescan a byte stream to determine its encoding": the first 1024 bytes. Saved pages put comments before it.
_PRESCAN_BYTES = 4096
_CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
# Entities of HTML that XML knows only from a document type that is not loaded.
_NAMED_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)\w+;")
_BAD_SHARE = 0.01


def decode_page(data: bytes, name: str) -> Decoded:
    """Decode a page: as UTF-8 if it is valid, else by the encoding that it states, else by the detected one.

    UTF-8 first, because programs that save pages as UTF-8 leave the old statement in them.

    Raises:
        UnreadableFile: it has no text, or is in an unknown encoding.
    """
    try:
        # Browsers ignore NUL characters, which faulty servers put between the others.
        return Decoded(data.decode("utf-8-sig").replace("\0", ""), "utf-8", guessed=False)
    except UnicodeDecodeError:
        stated = _CHARSET.search(data[:_PRESCAN_BYTES])
        # The labels of the Encoding standard: "iso-8859-1" means Windows' code page, as in every browser.
        encoding = webencodings.lookup(stated[1].decode("ascii", "replace")) if stated else None
        if encoding and b"\0" not in data:
            text: str = encoding.codec_info.decode(data, "replace")[0]
            if text.count("\ufffd") <= _BAD_SHARE * len(text):
                return Decoded(text, encoding.name, guessed=False)
    return decode(data, name)


def parse_page(text: str, name: str) -> HtmlElement:
    """Return the root of a page's element tree.

    Raises:
        UnreadableFile: it has no elements, or is nested too deeply.
    """
    markup = _XML_DECLARATION.sub("", text, count=1)
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        body = _from_xhtml(markup) if markup != text else None
        root = etree.fromstring(body or markup.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(f"{name} is not a web page.", "Open it in a browser and save it again.") from error
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise UnreadableFile(f"{name} is nested too deeply for a web page.", "Save its text as .txt.")
    if root is None:
        raise UnreadableFile(f"{name} has no text.", "Open it in a browser and save it again.")
    return root


def _from_xhtml(markup: str) -> bytes | None:
    """Write well-formed XHTML as HTML, where `<script/>` and `<a/>` do not end; None if it is not well-formed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    named = _NAMED_ENTITY.sub(lambda match: unescape(match[0]), markup)
    try:
        root = etree.fromstring(named.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname.lower()
    etree.cleanup_namespaces(root)
    return etree.tostring(root, method="html", encoding="utf-8")
