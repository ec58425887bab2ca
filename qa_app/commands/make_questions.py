"""`python -m qa_app make-questions`: the corpus's own drafts as a question file."""

import argparse
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from embeddings.documents.document import Document
from embeddings.errors import ArticlesError
from embeddings.storage.builds import current_build
from embeddings.storage.store import Store
from qa_app.commands.options import Subparsers, add_command, positive
from qa_app.evaluation.drafting.drafts import Draft, draft_line, draft_questions
from qa_app.evaluation.question_files import check_new, write_questions

HOW_DRAFTED = """Templates over the articles' sentences, no language model. Three of four drafts are answered by an article: a
fact where a sentence fits a template, else what the article says about a name (its evidence, but no answer's words). The fourth
asks about an invented name and is marked unanswerable. The templates are English. The drafts borrow the articles' words, so
figures on drafts that nobody has reworded flatter."""


def add_make_questions(commands: Subparsers) -> None:
    """Add the command."""
    text = "Draft a question file from the articles, for a person to edit."
    parser = add_command(commands, "make-questions", run_make_questions, text)
    parser.epilog = HOW_DRAFTED
    parser.add_argument("--count", type=positive, default=50, metavar="N", help="at most so many (default: 50)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="a new file (default: standard output)")


class NothingDrafted(ArticlesError):
    """The articles give no question."""


def run_make_questions(options: argparse.Namespace) -> int:
    """Write up to `options.count` drafts of `options.index` to `options.out`, or to standard output; returns 0.

    Raises:
        IndexMissing, IndexDamaged: as they say.
        FileInTheWay: `options.out` is there already; it was left alone.
        NothingDrafted: no sentence fits.
        OSError: the place cannot be written.
    """
    if options.out is not None:
        check_new(options.out)
    drafts = draft_questions(_documents(options.index), options.count)
    if not drafts:
        raise NothingDrafted(
            "No sentence of the articles fits a template.", "Write the questions by hand: docs/formats.md"
        )
    write_questions((draft_line(draft, i) for i, draft in enumerate(drafts, start=1)), options.out)
    print(_told(drafts, options.out or Path("QUESTIONS.jsonl"), options.index), file=sys.stderr)
    return 0


def _documents(index: Path) -> Iterator[Document]:
    """Yield the articles of an index, by path; no model is loaded."""
    with closing(Store(current_build(index).store_file)) as store, store.reading():
        for entry in store.documents():
            document = store.document(entry.path)
            if document is not None:
                yield document


def _told(drafts: Sequence[Draft], file: Path, index: Path) -> str:
    unanswerable = sum(draft.unanswerable for draft in drafts)
    command = shlex.join(["python", "-m", "qa_app", "eval", str(file), "--index", str(index)])
    return f"{len(drafts)} drafts, {unanswerable} of them unanswerable. Edit them: reword, add answers, delete. Then: {command}"
