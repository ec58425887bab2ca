"""`python -m qa_app ask`: answer one question, with evidence."""

import argparse
import json
import sys

from embeddings.terminal import printable
from qa_app.commands.options import (
    Subparsers,
    add_command,
    add_scope_arguments,
    given_scope,
    opened_assistant,
    opened_writing,
)
from qa_app.pipeline import answer
from qa_app.rendering.answer_json import answer_json
from qa_app.rendering.readable import counted
from qa_app.selection import DOUBT
from qa_app.types import Answer, Citation


def add_ask(commands: Subparsers) -> None:
    """Add the command."""
    text = "Answer one question, with evidence."
    parser = add_command(commands, "ask", run_ask, text, answers=True, as_json=True)
    parser.add_argument("question", metavar="QUESTION")
    add_scope_arguments(parser)


def run_ask(options: argparse.Namespace) -> int:
    """Print one answer; returns 0."""
    scope = given_scope(options)
    found = answer(opened_assistant(options), options.question, writing=opened_writing(options), scope=scope)
    print(json.dumps(answer_json(found), ensure_ascii=False, indent=2) if options.json else _answer_text(found))
    return 0


def _answer_text(found: Answer) -> str:
    above = [f"Searched {counted(found.searched_documents, 'article')}.\n"] if found.searched_documents else []
    notice = [f"{found.notice}\n"] if found.notice else []
    above += [] if found.abstained else notice
    above += [f"{DOUBT}\n"] if found.doubtful else []
    above += [f"{found.text}\n\nWritten by {found.writer}, based on:\n"] if found.writer else []
    above += [f"From the index: {found.filter}\n"] if found.filter else []
    own_text = found.sections or found.kind in ("collection", "chat") or not found.citations
    quotes = [f"{printable(_context(citation))}{_quote(citation)} [{citation.n}]" for citation in found.citations]
    below = [""]
    if found.abstained:
        below += notice
        below.append(f"Closest passages (confidence {found.confidence:.1%}, an answer needs {found.threshold:.1%}):")
        below += [
            f"  {p.reader or 0:.1%}  {p.chunk.address} {p.chunk.start}-{p.chunk.end}: {_shortened(p.chunk.readable)}"
            for p in found.passages
        ]
    for citation in found.citations:
        date = f", {citation.date}" if citation.date else ""
        page = f", page {citation.page}" if citation.page else ""
        below.append(
            f"[{citation.n}] {citation.title}{date}{page} ({citation.address} {citation.start}-{citation.end})"
            + (f", also in {counted(len(citation.copies), 'other article')}" if citation.copies else "")
        )
    said = printable(found.text) if own_text else "\n\n".join(quotes)
    return "\n".join([*map(printable, above), said, *map(printable, below)]).rstrip()


def _context(citation: Citation) -> str:
    """Return what says what the quote is about, as a line above it."""
    return f"{' › '.join(' '.join(each.quote.split()) for each in citation.context)}\n" if citation.context else ""


def _quote(citation: Citation) -> str:
    """Return the quote, with the short answer in bold on a terminal."""
    if citation.short_in_quote is None or not sys.stdout.isatty():
        return printable(citation.readable)
    start, end = citation.short_in_quote
    before, words, after = map(printable, (citation.quote[:start], citation.quote[start:end], citation.quote[end:]))
    return f"{before}\033[1m{words}\033[0m{after}"


def _shortened(text: str, characters: int = 100) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= characters else plain[: characters - 1] + "…"
