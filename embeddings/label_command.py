"""`python -m embeddings label`: labels of documents."""

import argparse
import json
from contextlib import closing

from embeddings.labels import set_label
from embeddings.storage.builds import current_build
from embeddings.storage.store import Store
from embeddings.terminal import printable


def add_label(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """Add `add`, `remove` and `list` to the command's parser; each takes the options of `common`."""
    commands = parser.add_subparsers(required=True, metavar="ACTION")
    for action, text in (("add", "Give a label to documents."), ("remove", "Take a label away from documents.")):
        changing = commands.add_parser(action, parents=[common], help=text, description=text)
        changing.set_defaults(command=_change, is_set=action == "add")
        changing.add_argument("label", metavar="LABEL")
        changing.add_argument("documents", nargs="+", metavar="DOCUMENT", help="as in list")
    text = "List the labels, with the number of documents of each."
    commands.add_parser("list", parents=[common], help=text, description=text).set_defaults(command=_list)


def _change(options: argparse.Namespace) -> int:
    found = set_label(options.index, options.label, options.documents, is_set=options.is_set)
    names = [str(address) for address in found]
    said = f"{options.label}: {'given to' if options.is_set else 'taken away from'} {', '.join(names)}."
    print(
        json.dumps({"label": options.label, "documents": names}, ensure_ascii=False)
        if options.json
        else printable(said)
    )
    return 0


def _list(options: argparse.Namespace) -> int:
    with closing(Store(current_build(options.index).database)) as store:
        counts = store.label_counts()
    lines = [f"{count:>5}  {label}" for label, count in counts.items()]
    print(
        json.dumps(counts, ensure_ascii=False, indent=2)
        if options.json
        else printable("\n".join(lines)) or "No labels."
    )
    return 0
