"""The articles that ship with the program: the corpus of a new index that is given no folder."""

import shutil
import sys
from pathlib import Path

from embeddings.config import DEFAULT_FOLDER

_INSTALLED = Path(__file__).parent / "seeds"  # where the wheel puts the seeds; see pyproject.toml


def provide_seeds(folder: Path) -> None:
    """Copy the articles of an installed package to `seeds` in the working folder, if that is wanted and missing.

    A copy, because uploads and removals change an index's folder, and an installed package is nobody's to change.
    In a checkout nothing is copied: `seeds` lies at its top.
    """
    if folder == DEFAULT_FOLDER and not folder.exists() and _INSTALLED.is_dir():
        shutil.copytree(_INSTALLED, folder)
        print(f"Copied the example articles to {folder.resolve()}", file=sys.stderr)
