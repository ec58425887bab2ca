"""Read an archive (`.zip`): each file in it by the reader of its format, and archives in it one level deep.

Sizes, counts and ratios are checked before anything is unpacked, and again while unpacking, as an archive can lie about them.
"""

import io
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from posixpath import splitext

from embeddings.documents.readers.format_reader import Extracted, FormatReader, Unreadable
from embeddings.documents.readers.zipped import ZIP_FAULTS
from embeddings.errors import UnreadableFile

_SUFFIX = ".zip"
_MOST_MEMBERS = 20_000
_MOST_BYTES = 1_000_000_000
"""Of all members together, unpacked."""
_MOST_MEMBER_BYTES = 200_000_000
# Unpacked over packed bytes of a member above this size. Text and XML reach 30, a bomb 1000.
_MOST_RATIO = 200
_RATIO_BYTES = 5_000_000
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
# What macOS and Windows put into archives beside the files.
_SYSTEM_FILES = ("__MACOSX/", "Thumbs.db", "desktop.ini")


@dataclass
class _Budget:
    """Bytes that may still be unpacked, of an archive and those inside it together."""

    left: int


@dataclass(frozen=True)
class ZipReader:
    """Reads archives."""

    readers: Mapping[str, FormatReader]
    """By file name suffix, in lower case; archives are read by this reader itself."""
    name: str = "ZIP"

    @property
    def version(self) -> int:
        """Grows with the version of any format inside, as each can change what an archive yields."""
        return 1 + sum(reader.version for reader in self.readers.values() if not isinstance(reader, ZipReader))

    def read(self, data: bytes, name: str) -> list[Extracted | Unreadable]:
        """Return the articles of all members; `member` begins with the path in the archive. See `FormatReader.read`."""
        found = list(self._members(data, name, _Budget(_MOST_BYTES), nested=False))
        if not any(isinstance(each, Extracted) for each in found):
            first = next((each for each in found if isinstance(each, Unreadable)), None)
            reason = f": {first.what}" if first else "."
            raise UnreadableFile(f"{name} holds no file that can be read{reason}", "Unpack it and look into it.")
        return found

    def _members(self, data: bytes, name: str, budget: _Budget, nested: bool) -> Iterator[Extracted | Unreadable]:
        archive = _open(data, name)
        for info in archive.infolist():
            path = _path(info)
            suffix = splitext(path)[1].lower()
            hidden = any(part.startswith(".") for part in path.split("/"))
            if info.is_dir() or hidden or path.startswith(_SYSTEM_FILES) or path.endswith(_SYSTEM_FILES):
                continue
            if suffix != _SUFFIX and suffix not in self.readers:
                continue  # as in a folder
            try:
                content = _unpack(archive, info, path, min(budget.left, _MOST_MEMBER_BYTES))
                budget.left -= len(content)
                yield from self._read(content, path, suffix, name, budget, nested)
            except UnreadableFile as error:
                yield Unreadable(path, error.what, error.next_step)

    def _read(
        self, content: bytes, path: str, suffix: str, name: str, budget: _Budget, nested: bool
    ) -> Iterator[Extracted | Unreadable]:
        if suffix == _SUFFIX and nested:
            raise UnreadableFile(f"{path} is an archive in an archive in {name}.", "Unpack it beside the others.")
        inner = (
            self._members(content, path, budget, nested=True)
            if suffix == _SUFFIX
            else iter(self.readers[suffix].read(content, path))
        )
        for each in inner:
            yield replace(each, member="/".join(filter(None, (path, each.member))))


def member_bytes(data: bytes, name: str, member: str) -> bytes:
    """Return the bytes of a file in an archive, or in an archive inside it; `member` is as in `Extracted`.

    Raises:
        UnreadableFile: there is no such file, or it cannot be unpacked within the limits.
    """
    archive = _open(data, name)
    for info in archive.infolist():
        path = _path(info)
        inside = path.lower().endswith(_SUFFIX) and member.startswith(f"{path}/")
        if path == member or inside:
            content = _unpack(archive, info, path, _MOST_MEMBER_BYTES)
            return member_bytes(content, path, member[len(path) + 1 :]) if inside else content
    raise UnreadableFile(f"There is no {member} in {name}.", "Sync again.")


def _open(data: bytes, name: str) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except ZIP_FAULTS as error:
        raise UnreadableFile(f"{name} is not a whole zip file ({error}).", "Pack it again.") from error
    infos = archive.infolist()
    if len(infos) > _MOST_MEMBERS or sum(info.file_size for info in infos) > _MOST_BYTES:
        raise UnreadableFile(f"{name} is too large when unpacked.", "Split it, or remove it if its origin is unknown.")
    return archive


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, limit: int) -> bytes:
    if info.flag_bits & _ENCRYPTED:
        raise UnreadableFile(f"{path} is protected by a password.", "Pack it again without a password.")
    bomb = info.file_size > _RATIO_BYTES and info.file_size > _MOST_RATIO * info.compress_size
    if bomb or info.file_size > limit:
        raise UnreadableFile(f"{path} is too large when unpacked.", "Remove it if its origin is unknown.")
    try:
        with archive.open(info) as stream:
            content = stream.read(limit + 1)
    except ZIP_FAULTS as error:
        raise UnreadableFile(f"{path} is damaged ({error}).", "Pack it again.") from error
    if len(content) > limit:
        raise UnreadableFile(f"{path} is too large when unpacked.", "Remove it if its origin is unknown.")
    return content


def _path(info: zipfile.ZipInfo) -> str:
    """Return a member's path; names that are not declared as UTF-8 may be UTF-8 nevertheless."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = info.filename
    shown = "".join(c for c in unicodedata.normalize("NFC", name) if c.isprintable())
    return "/".join(part for part in shown.replace("\\", "/").split("/") if part not in ("", ".", ".."))
