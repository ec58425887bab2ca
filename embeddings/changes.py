"""What differs between a folder and what is stored of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from embeddings.documents.versions import versions_for
from embeddings.scan import FoundFile, Scan, may_still_be_there
from embeddings.storage.rows import StoredFile


@dataclass(frozen=True)
class Changes:
    """Files to be read, and documents whose file is gone."""

    to_read: tuple[FoundFile, ...]
    """New, touched, or read by older code than this program's."""
    unchanged: int
    """How many files need not be read."""
    gone: tuple[StoredFile, ...]
    """Their bytes may turn up under another path."""


def find_changes(found: Scan, stored: Mapping[str, StoredFile]) -> Changes:
    """Compare a folder with what is stored, by the files' stamps: no file is read."""
    present = {file.path for file in found.files}
    to_read = tuple(file for file in found.files if not _is_up_to_date(file, stored.get(file.path)))
    gone = tuple(file for path, file in stored.items() if path not in present and not may_still_be_there(path, found))
    return Changes(to_read, len(found.files) - len(to_read), gone)


def _is_up_to_date(file: FoundFile, stored: StoredFile | None) -> bool:
    return stored is not None and stored.file_stamp == file.stamp and stored.versions == versions_for(file.path)


class Vanished:
    """Documents whose file is gone: to be deleted, unless the same bytes turn up under another path."""

    def __init__(self, files: Iterable[StoredFile]) -> None:
        self._by_content: dict[str, list[StoredFile]] = {}
        for file in files:
            self._by_content.setdefault(file.file_sha256, []).append(file)

    def take(self, file_sha256: str) -> StoredFile | None:
        """Return a document of these bytes, which is then no longer among them; None when there is none."""
        files = self._by_content.get(file_sha256)
        return files.pop(0) if files else None

    def rest(self) -> list[StoredFile]:
        """Return those that were not taken."""
        return [file for files in self._by_content.values() for file in files]
