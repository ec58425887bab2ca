"""The example articles that ship with the program: the default corpus of a new index."""

import shutil
import sys
from pathlib import Path

from embeddings.config import DEFAULT_FOLDER

_INSTALLED = Path(__file__).parent / "seeds"  # where the wheel puts them; see pyproject.toml


def provide_seeds(folder: Path) -> None:
    """Copy the installed example articles to `seeds` in the working folder, if `folder` is that one and is missing.

    A copy, because uploads and removals change an index's folder, and an installed package must not change.
    In a checkout nothing is copied: `seeds` is in its top folder.
    """
    if folder == DEFAULT_FOLDER and not folder.exists() and _INSTALLED.is_dir():
        shutil.copytree(_INSTALLED, folder)
        print(f"Copied the example articles to {folder.resolve()}", file=sys.stderr)
