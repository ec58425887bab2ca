"""`python -m embeddings folders`: the folders that an index is made from."""

import argparse
import json
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from embeddings.encoders.packaged import PACKAGED_ENCODER
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.folder_changes import add_folder, remove_folder
from embeddings.folders import Folder, folder_name
from embeddings.storage.builds import current_build, has_index
from embeddings.storage.store import Store
from embeddings.sync import create_index


def add_folders(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """Add `add`, `remove` and `list` to the command's parser; each takes the options of `common`."""
    commands = parser.add_subparsers(required=True, metavar="ACTION")
    text = "Add a folder to the index under a name; for one that is there, change its name or patterns."
    adding = commands.add_parser("add", parents=[common], help=text, description=text)
    adding.set_defaults(command=_add)
    adding.add_argument("name", metavar="NAME", help="what to call it")
    adding.add_argument("folder", type=Path, metavar="FOLDER")
    adding.add_argument("--change-folder", action="store_true", help="read the folder NAME from FOLDER from now on")
    adding.add_argument("--encoder", metavar="MODEL", help="for a new index: a model folder or hub name")
    text = "Remove a folder and its documents from the index; its files are left alone."
    removing = commands.add_parser("remove", parents=[common], help=text, description=text)
    removing.set_defaults(command=_remove)
    removing.add_argument("name", metavar="NAME")
    removing.add_argument(
        "--allow-mass-deletion", action="store_true", help="even if the folder is not there to be read again"
    )
    text = "List the folders of the index."
    commands.add_parser("list", parents=[common], help=text, description=text).set_defaults(command=_list)


def folder_values(store: Store) -> list[dict[str, Any]]:
    """Return the folders of an index for JSON, each with the number of its documents."""
    return [
        {**asdict(folder), "path": str(folder.path), "documents": store.count_in_folder(folder.name)}
        for folder in store.folders()
    ]


def folder_line(values: dict[str, Any]) -> str:
    """Return a folder of `folder_values` in words."""
    away = f", away since {values['away_since']}; its articles are kept" if values["away_since"] else ""
    return f"{values['name']}  {values['path']} ({values['documents']} documents{away})"


def _add(options: argparse.Namespace) -> int:
    folder = Folder(folder_name(options.name), options.folder)
    if has_index(options.index):
        said = add_folder(options.index, folder, change_folder=options.change_folder)
    else:
        encoder = SentenceEncoder(options.encoder or PACKAGED_ENCODER, download=options.encoder is not None)
        create_index(folder.path, options.index, encoder, name=folder.name)
        said = (
            f"The index in {options.index} is new. Read its folder: python -m embeddings sync --index {options.index}"
        )
    return _list(options) if options.json else _said(said)


def _remove(options: argparse.Namespace) -> int:
    count = remove_folder(options.index, options.name, allow_mass_deletion=options.allow_mass_deletion)
    said = f"{options.name} was removed from the index with {count} documents; its files were left alone."
    return _list(options) if options.json else _said(said)


def _list(options: argparse.Namespace) -> int:
    with closing(Store(current_build(options.index).store_file)) as store:
        values = folder_values(store)
    return _said(
        json.dumps(values, ensure_ascii=False, indent=2) if options.json else "\n".join(map(folder_line, values))
    )


def _said(text: str) -> int:
    print(text)
    return 0
