"""Write a file so that a reader, or a crash, finds either the old one or the new one, whole."""

import os
from pathlib import Path


def replace_file(file: Path, data: bytes) -> None:
    """Put `data` in place of `file`, which need not exist."""
    temporary = file.with_name(f"{file.name}.new")
    with temporary.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(file)
