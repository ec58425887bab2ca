"""`python -m qa_app search`: show the passages that a search finds."""

import argparse
import json

from embeddings.terminal import printable
from qa_app.assistant import open_assistant
from qa_app.commands.options import Subparsers, add_command, add_scope_arguments, given_scope, positive
from qa_app.rendering.answer_json import passage_json
from qa_app.retrieval import search
from qa_app.typed_limits import typed_limits


def add_search(commands: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        commands, "search", run_search, "Show the passages that a search finds, best first.", as_json=True
    )
    parser.add_argument("query", metavar="QUERY")
    parser.add_argument("-k", type=positive, default=5, metavar="N", help="number of passages (default: 5)")
    add_scope_arguments(parser)


def run_search(options: argparse.Namespace) -> int:
    """Print the passages; returns 0."""
    scope = given_scope(options)
    assistant = open_assistant(options.index)
    with assistant.index.snapshot() as snapshot:
        query, scope = typed_limits(options.query, snapshot, scope)
        passages = search(snapshot.limited(scope), query, options.k, assistant.config.retrieval)
    if options.json:
        print(json.dumps([passage_json(passage) for passage in passages], ensure_ascii=False, indent=2))
    else:
        blocks = [
            f"{p.fused:.3f}  {p.chunk.title}  ({p.chunk.address} {p.chunk.start}-{p.chunk.end})\n{p.chunk.text}"
            for p in passages
        ]
        print(printable("\n\n".join(blocks)) or "Nothing found.")
    return 0
