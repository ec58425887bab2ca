"""Tell whether a file is as it was written: by what the system says of it, or else by its checksum."""

import zlib
from pathlib import Path

_IO_BYTES = 1 << 20


def file_state(file: Path) -> str:
    """Return what changes with any write, copy or replacement of the file."""
    found = file.stat()
    return f"{found.st_ino}:{found.st_size}:{found.st_mtime_ns}:{found.st_ctime_ns}"


def is_unchanged(file: Path, state: str, crc32: int, stamp_file: Path) -> bool:
    """Return whether the file is as it was written. It is read only if the system knows of a change since.

    As git does, a file is not trusted whose last change may be in the same tick of the clock as its stamp.

    Args:
        file: the file.
        state: its `file_state` after it was written.
        crc32: of its bytes.
        stamp_file: where these two are kept, written after the file.
    """
    if file_state(file) == state and file.stat().st_ctime_ns < stamp_file.stat().st_mtime_ns:
        return True
    return file_crc32(file) == crc32


def file_crc32(file: Path) -> int:
    crc32 = 0
    with file.open("rb") as stream:
        while block := stream.read(_IO_BYTES):
            crc32 = zlib.crc32(block, crc32)
    return crc32
