"""Replace a file atomically: a reader sees either the old or the new one, even after a crash."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def replace_file(file: Path, data: bytes) -> None:
    """Write `data` to `file` atomically; the file need not exist."""
    with replacing(file) as stream:
        stream.write(data)


@contextmanager
def replacing(file: Path, mode: int = 0o666) -> Iterator[BinaryIO]:
    """Open `file` for writing, and replace it when the block succeeds; after an error the old file stays.

    `mode` is that of the new file, less the process's umask.
    """
    temporary = file.with_name(f"{file.name}.new")
    temporary.unlink(missing_ok=True)  # of a killed process; it may have another mode
    with open(temporary, "xb", opener=lambda path, flags: os.open(path, flags, mode)) as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(file)
