"""`python -m embeddings folders`: the folders that an index is made from."""

import argparse
import json
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from embeddings.encoders.choice import add_encoder_arguments, chosen_encoder
from embeddings.folder_changes import add_folder, remove_folder
from embeddings.folders import Folder, folder_name
from embeddings.patterns import Patterns
from embeddings.storage.builds import current_build, has_index
from embeddings.storage.store import Store
from embeddings.sync import create_index
from embeddings.terminal import printable
from embeddings.watching import look

# The fields of a `Scan` that list what is not taken, in words.
_NOT_TAKEN = {
    "skipped": "of no known format",
    "excluded": "left by the patterns",
    "not_followed": "link(s) not followed",
}


def add_folders(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """Add `add`, `remove` and `list` to the command's parser; each takes the options of `common`."""
    commands = parser.add_subparsers(required=True, metavar="ACTION")
    text = "Add a folder to the index under a name; for one that is there, change its name or patterns."
    adding = commands.add_parser("add", parents=[common], help=text, description=text)
    adding.set_defaults(command=_add)
    adding.add_argument("name", metavar="NAME", help="what to call it")
    adding.add_argument("folder", type=Path, metavar="FOLDER")
    for option, text in (("include", "take only files that match"), ("exclude", "leave files and folders that match")):
        adding.add_argument(
            f"--{option}",
            action="append",
            default=[],
            metavar="PATTERN",
            help=f"{text}, as in .gitignore; may be repeated",
        )
    adding.add_argument("--every-file", action="store_true", help="drop the patterns that the folder has")
    adding.add_argument("--change-folder", action="store_true", help="read the folder NAME from FOLDER from now on")
    add_encoder_arguments(adding, "for a new index: a model folder or hub name")
    text = "Remove a folder and its documents from the index; its files are left alone."
    removing = commands.add_parser("remove", parents=[common], help=text, description=text)
    removing.set_defaults(command=_remove)
    removing.add_argument("name", metavar="NAME")
    removing.add_argument(
        "--allow-mass-deletion", action="store_true", help="even if the folder is not there to be read again"
    )
    text = "List the folders of the index."
    commands.add_parser("list", parents=[common], help=text, description=text).set_defaults(command=_list)


def folder_values(store: Store, index: Path) -> list[dict[str, Any]]:
    """Return the folders of an index for JSON, each with the number of its documents and the files that are not taken."""
    return [
        {
            "name": folder.name,
            "path": str(folder.path),
            "documents": store.count_in_folder(folder.name),
            "away_since": folder.away_since,
            **asdict(folder.patterns),
            **_not_taken(folder, index),
        }
        for folder in store.folders()
    ]


def folder_words(values: dict[str, Any], *, is_only: bool = False) -> str:
    """Return a folder of `folder_values` in words; the only one of an index needs no name and no number of documents."""
    away = values["away_since"]
    about = [
        *([] if is_only else [f"{values['documents']} documents"]),
        *([f"away since {away}; its articles are kept"] if away else []),
        *(f"{len(values[reason])} {words}" for reason, words in _NOT_TAKEN.items() if values[reason]),
    ]
    name = "" if is_only else f"{values['name']}  "
    return f"{name}{values['path']}" + (f" ({', '.join(about)})" if about else "")


def _not_taken(folder: Folder, index: Path) -> dict[str, tuple[str, ...]]:
    """Return the files that the next sync would not take, by reason; none of a folder that is away."""
    found = look([folder], index)[0]
    return {reason: getattr(found, reason) if found else () for reason in _NOT_TAKEN}


def _add(options: argparse.Namespace) -> int:
    name, given = folder_name(options.name), Patterns(tuple(options.include), tuple(options.exclude))
    patterns = given if options.include or options.exclude or options.every_file else None
    if has_index(options.index):
        said = add_folder(options.index, name, options.folder, patterns, change_folder=options.change_folder)
    else:
        own = Folder(name, options.folder, given)
        encoder = chosen_encoder(options, None)
        create_index(options.folder, options.index, encoder, own=own)
        said = (
            f"The index in {options.index} is new. Read its folder: python -m embeddings sync --index {options.index}"
        )
    return _list(options) if options.json else _said(said)


def _remove(options: argparse.Namespace) -> int:
    count = remove_folder(options.index, options.name, allow_mass_deletion=options.allow_mass_deletion)
    said = f"{options.name} was removed from the index with {count} documents; its files were left alone."
    return _list(options) if options.json else _said(said)


def _list(options: argparse.Namespace) -> int:
    with closing(Store(current_build(options.index).database)) as store:
        values = folder_values(store, options.index)
    return _said(
        json.dumps(values, ensure_ascii=False, indent=2) if options.json else "\n".join(map(folder_words, values))
    )


def _said(text: str) -> int:
    print(printable(text))
    return 0
