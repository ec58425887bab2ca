"""`python -m qa_app verify`: are the quotes of an exported answer still in the articles?"""

import argparse
import json
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from embeddings.storage.builds import current_build
from embeddings.storage.store import Store
from embeddings.terminal import printable
from qa_app.commands.options import Subparsers, add_command
from qa_app.records.export import parse_receipts
from qa_app.records.receipts import BrokenReceipt, Receipt
from qa_app.records.verification import Verified, holds, verify


def add_verify(commands: Subparsers) -> None:
    """Add the command."""
    text = "Check whether the quotes of exported answers are still in the articles."
    parser = add_command(commands, "verify", run_verify, text, as_json=True)
    parser.add_argument(
        "receipt",
        type=Path,
        metavar="RECEIPT.json",
        help="an answer or conversations, exported as JSON; - reads standard input",
    )
    parser.epilog = (
        "Each quote is there (at the same place), moved (the words are elsewhere), changed (the article exists, but no "
        "article has the words) or gone. Exit status 0 if the words of every quote are in the articles, else 1."
    )


def run_verify(options: argparse.Namespace) -> int:
    """Check each quote against the index; returns 0 if all are in the articles, else 1. No model is loaded.

    Raises:
        BrokenReceipt: the file cannot be read, or is not an export.
        IndexMissing, IndexDamaged, IndexMismatch: the index cannot be read.
    """
    receipts = parse_receipts(_read(options.receipt), str(options.receipt))
    with closing(Store(current_build(options.index).database)) as store, store.reading():
        checked = [(receipt, verify(receipt, store)) for receipt in receipts]
    if options.json:
        print(json.dumps([_values(*each) for each in checked], ensure_ascii=False, indent=2))
    else:
        print(printable("\n\n".join(_text(*each) for each in checked)) or "The file contains no answers.")
    return 0 if all(holds(verified) for _, verified in checked) else 1


def _read(file: Path) -> str:
    if str(file) == "-":
        return sys.stdin.read()
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BrokenReceipt(f"{file} cannot be read: {reason}.", "Name a file that was exported as JSON.") from error


def _values(receipt: Receipt, verified: tuple[Verified, ...]) -> dict[str, Any]:
    return {
        "question": receipt.question,
        "made_at": receipt.made_at,
        "holds": holds(verified),
        "quotes": [
            {
                "n": quote.citation.n,
                "document": quote.citation.document,
                "folder": quote.citation.folder,
                "start": quote.citation.start,
                "end": quote.citation.end,
                "quote": quote.citation.quote,
                "state": quote.state,
                "article_changed": quote.article_changed,
                "now": asdict(quote.now) if quote.now else None,
            }
            for quote in verified
        ],
    }


def _text(receipt: Receipt, verified: tuple[Verified, ...]) -> str:
    heading = f"{' '.join(receipt.question.split())} (answered {receipt.made_at})"
    return "\n".join([heading, *(map(_line, verified) if verified else ["nothing was quoted"])])


def _line(quote: Verified) -> str:
    citation = quote.citation
    place = f"{quote.state:<8} [{citation.n}] {citation.title} ({citation.address} {citation.start}-{citation.end})"
    if quote.state == "moved" and quote.now:
        return f"{place}: now {quote.now.address} {quote.now.start}-{quote.now.end}"
    if quote.state == "changed":
        why = (
            "the article has changed, and no article contains these words"
            if quote.article_changed
            else "the article is unchanged and never contained these words: the receipt was altered"
        )
        return f"{place}: {why}"
    if quote.state == "gone":
        return f"{place}: the article is gone, and no other contains these words"
    return f"{place}: the article has changed elsewhere" if quote.article_changed else place
