"""Open zip-based formats (DOCX, ODT, EPUB, PPTX, XLSX) and parse their XML, with sizes checked before anything is unpacked."""

import io
import zipfile
import zlib
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from lxml import etree

from embeddings.errors import UnreadableFile

MAX_ENTRIES = 20_000
MAX_UNPACKED = 1_000_000_000
"""Bytes of all entries together; pictures and films make up most of a large file."""
MAX_MARKUP = 100_000_000
"""Bytes of one XML or HTML part. A parsed tree takes about ten times as much memory."""
MAX_RATIO = 200
"""Unpacked over packed bytes of a part above `CHECKED_RATIO` bytes. Sheets of numbers reach 30, a bomb 1000."""
CHECKED_RATIO = 5_000_000
MAX_DEPTH = 200
"""Elements inside each other; the readers walk down them by recursion."""

_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")
_MARKUP = (".xml", ".rels", ".opf", ".ncx", ".xhtml", ".html", ".htm", ".vml")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""First bytes of a compound file: an encrypted office document, or one of the formats before 2007."""


ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
"""What Python's `zipfile` raises for an archive that is damaged, encrypted or packed in an unknown way."""


class MalformedXml(ValueError):
    """XML that cannot be parsed."""


@dataclass(frozen=True)
class Relation:
    """A relationship of an Office Open XML part: what its target is, and the target's path in the archive."""

    kind: str
    """Last part of its type, such as `footnotes` or `header`."""
    target: str


class Archive:
    """The parts of a zip-based file."""

    def __init__(self, zipped: zipfile.ZipFile, name: str) -> None:
        self._zipped = zipped
        self._infos = {info.filename: info for info in zipped.infolist()}
        self._name = name

    @property
    def paths(self) -> list[str]:
        """Paths of the parts."""
        return list(self._infos)

    def __contains__(self, path: str) -> bool:
        return path in self._infos

    def read(self, path: str) -> bytes:
        """Return the bytes of the part `path`.

        Raises:
            UnreadableFile: the part is missing, damaged or encrypted.
        """
        if path not in self._infos:
            raise damaged(self._name, f"its part {path} is missing")
        try:
            return self._zipped.read(self._infos[path])
        except ZIP_FAULTS as error:
            raise damaged(self._name, f"its part {path} cannot be unpacked ({error})") from error

    def xml(self, path: str) -> etree._Element:
        """Return the root element of the XML part `path`.

        Raises:
            UnreadableFile: the part is missing, damaged, or not well-formed XML.
        """
        try:
            return parse_xml(self.read(path))
        except MalformedXml as error:
            raise damaged(self._name, f"its part {path} is not well-formed XML ({error})") from error

    def relations(self, part: str) -> dict[str, Relation]:
        """Return the relationships of an Office Open XML part (of the package for ""), by id; external ones are left out."""
        folder, _, file = part.rpartition("/")
        path = join(folder, "_rels", f"{file}.rels")
        if path not in self:
            return {}
        return {
            relation.get("Id", ""): Relation(
                relation.get("Type", "").rpartition("/")[2], resolve(part, relation.get("Target", ""))
            )
            for relation in self.xml(path).iterfind("{*}Relationship")
            if relation.get("TargetMode") != "External"
        }

    def related(self, part: str, kind: str) -> list[str]:
        """Return the existing parts to which `part` relates by a relationship of `kind`."""
        return [r.target for r in self.relations(part).values() if r.kind == kind and r.target in self]


def open_archive(data: bytes, name: str) -> Archive:
    """Open a zip-based file after checking its entries' number, sizes and ratios.

    Raises:
        UnreadableFile: it is not a zip file, encrypted, damaged, or too large when unpacked.
    """
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise encrypted(name)
        raise UnreadableFile(f"{name} is in a format older than its suffix says.", "Save it again in the newer format.")
    try:
        zipped = zipfile.ZipFile(io.BytesIO(data))
    except ZIP_FAULTS as error:
        raise damaged(name, f"it is not a whole zip file ({error})") from error
    infos = zipped.infolist()
    if len(infos) > MAX_ENTRIES or sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise _too_large(name)
    for info in infos:
        if info.file_size > CHECKED_RATIO and info.file_size > MAX_RATIO * info.compress_size:
            raise _too_large(name)
        if info.file_size > MAX_MARKUP and info.filename.lower().endswith(_MARKUP):
            raise _too_large(name)
        if info.flag_bits & 0x1:
            raise encrypted(name)
    return Archive(zipped, name)


def forbid_entities(archive: Archive, name: str) -> None:
    """Refuse a file whose XML declares entities, before a library with a parser of its own reads it.

    No office program writes such declarations; they serve to blow up a parser's memory or to read other files.
    """
    for path in archive.paths:
        # UTF-16 puts a zero byte beside each of these characters.
        if path.lower().endswith(_MARKUP) and b"<!ENTITY" in archive.read(path).replace(b"\0", b""):
            raise damaged(name, f"its part {path} declares XML entities")


def parse_xml(data: bytes) -> etree._Element:
    """Return the root element of XML; entities are not replaced, nothing is loaded, and libxml2's limits of size and depth hold.

    Raises:
        MalformedXml: it is not well-formed, or beyond those limits.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return limit_depth(etree.fromstring(data, parser))
    except etree.XMLSyntaxError as error:
        raise MalformedXml(str(error)) from error


def limit_depth(root: etree._Element) -> etree._Element:
    """Return `root`.

    Raises:
        MalformedXml: its elements are nested deeper than `MAX_DEPTH`.
    """
    if _TOO_DEEP(root):
        raise MalformedXml(f"elements are nested deeper than {MAX_DEPTH}")
    return root


def resolve(part: str, target: str) -> str:
    """Return the path in the archive of `target`, a relative reference in `part`."""
    target = unquote(target.partition("#")[0])
    if target.startswith("/"):
        return normpath(target).lstrip("/")
    return normpath(join(dirname(part), target))


def local_name(element: etree._Element) -> str:
    """Return an element's name without its namespace, which differs between the strict and transitional office formats.

    Entities that are not replaced have no name.
    """
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: etree._Element | None, name: str) -> str | None:
    """Return the value of the attribute with this local name."""
    if element is not None:
        for key, value in element.attrib.items():
            if str(key).rpartition("}")[2] == name:
                return str(value)
    return None


def whole_number(value: str | None, default: int) -> int:
    """Return the number that an attribute holds; `default` if it holds none, or one of more than nine digits."""
    value = (value or "").strip()
    return int(value) if value.isdecimal() and len(value) < 10 else default


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """Return the first descendant along a path of local names."""
    for name in path:
        if element is None:
            return None
        element = next(element.iterchildren(f"{{*}}{name}"), None)  # three times as fast as find
    return element


def damaged(name: str, reason: str) -> UnreadableFile:
    """Return the error for a file that its format's rules do not allow."""
    return UnreadableFile(f"{name} is damaged: {reason}.", "Open it in its program and save it again.")


def encrypted(name: str) -> UnreadableFile:
    """Return the error for a file that needs a password."""
    return UnreadableFile(f"{name} is protected by a password.", "Save a copy without a password.")


def without_text(name: str) -> UnreadableFile:
    """Return the error for a file without words."""
    return UnreadableFile(f"{name} has no text.", "Remove it, or save it with its text.")


def _too_large(name: str) -> UnreadableFile:
    return UnreadableFile(
        f"{name} is too large when unpacked.", "Split it into smaller files, or remove it if its origin is unknown."
    )
