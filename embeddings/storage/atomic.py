"""Write a file so that a reader, or a crash, finds either the old one or the new one, whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def replace_file(file: Path, data: bytes) -> None:
    """Put `data` in place of `file`, which need not exist."""
    with replacing(file) as stream:
        stream.write(data)


@contextmanager
def replacing(file: Path) -> Iterator[BinaryIO]:
    """Put what the block writes in place of `file`, which need not exist; after an error the old one stays."""
    temporary = file.with_name(f"{file.name}.new")
    with temporary.open("wb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(file)
