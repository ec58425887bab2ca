"""`python -m qa_app move-database`: keep an index, its conversations and accounts in PostgreSQL, or in its folder again."""

import argparse
import sys
from pathlib import Path

from embeddings.config import DEFAULT_INDEX
from embeddings.move_database import Holdings, move_database
from embeddings.storage.database_place import parse_server
from embeddings.storage.search_place import LOCAL
from qa_app.accounts.accounts import ACCOUNTS
from qa_app.commands.options import Subparsers
from qa_app.records.conversations import CONVERSATIONS
from qa_app.threshold import THRESHOLD

_HOLDINGS = Holdings((CONVERSATIONS, ACCOUNTS), (THRESHOLD,))


def add_move_database(commands: Subparsers) -> None:
    """Add the command."""
    text = (
        "Move an index with its conversations and accounts to a PostgreSQL database, or back into its folder; nothing is"
        " encoded. Restart servers that are running afterwards."
    )
    parser = commands.add_parser("move-database", help=text, description=text)
    parser.add_argument("--index", type=Path, default=DEFAULT_INDEX, metavar="DIR", help="the index's folder")
    parser.add_argument(
        "--to", required=True, metavar="PLACE", help="postgresql://USER@HOST:PORT/NAME, an empty database, or local"
    )
    parser.add_argument("--verbose", action="store_true", help="log details to standard error")
    parser.set_defaults(command=run_move_database)


def run_move_database(options: argparse.Namespace) -> int:
    """Move the databases; returns 0.

    Raises:
        BadDatabase, IndexMissing, IndexBusy, IndexDamaged, DatabaseUnavailable: they stay where they are.
    """
    target = None if options.to == LOCAL else parse_server(options.to)
    moved = move_database(options.index, target, _HOLDINGS)
    place = target or "its own folder"
    print(
        f"The index in {options.index}, {moved.chunks} chunks, has its database, conversations and accounts in {place} now."
    )
    print("Restart servers that are running.", file=sys.stderr)
    if moved.left_behind:
        print(f"Something is left at the old place: {moved.left_behind}", file=sys.stderr)
    return 0
