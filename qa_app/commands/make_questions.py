"""`python -m qa_app make-questions`: draft a question file from the articles."""

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

HOW_DRAFTED = """Drafts come from templates over the articles' sentences, without a language model. Three of four are answered
by an article: they ask for a fact if a sentence fits a template, else what the article says about a name (with evidence, but
no expected answer). The fourth asks about an invented name and is marked unanswerable. The templates are English. The drafts
use the articles' words, so figures are too good unless somebody rewords the drafts."""


def add_make_questions(commands: Subparsers) -> None:
    """Add the command."""
    text = "Draft a question file from the articles, for you to edit."
    parser = add_command(commands, "make-questions", run_make_questions, text)
    parser.epilog = HOW_DRAFTED
    parser.add_argument(
        "--count", type=positive, default=50, metavar="N", help="maximum number of drafts (default: 50)"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="a new file (default: standard output)")


class NothingDrafted(ArticlesError):
    """No question can be drafted from the articles."""


def run_make_questions(options: argparse.Namespace) -> int:
    """Write at most `options.count` drafts from `options.index` to `options.out`, or to standard output; returns 0.

    Raises:
        IndexMissing, IndexDamaged: the index cannot be read.
        FileInTheWay: `options.out` already exists; it was not changed.
        NothingDrafted: no sentence fits a template.
        OSError: the file cannot be written.
    """
    if options.out is not None:
        check_new(options.out)
    drafts = draft_questions(_documents(options.index), options.count)
    if not drafts:
        raise NothingDrafted(
            "No sentence of the articles fits a template.", "Write the questions by hand: docs/formats.md"
        )
    write_questions((draft_line(draft, i) for i, draft in enumerate(drafts, start=1)), options.out)
    print(_summary(drafts, options.out or Path("QUESTIONS.jsonl"), options.index), file=sys.stderr)
    return 0


def _documents(index: Path) -> Iterator[Document]:
    """Yield the articles of an index, sorted by path; no model is loaded."""
    with closing(Store(current_build(index).database)) as store, store.reading():
        for entry in store.documents():
            document = store.document(*entry.address)
            if document is not None:
                yield document


def _summary(drafts: Sequence[Draft], file: Path, index: Path) -> str:
    unanswerable = sum(draft.unanswerable for draft in drafts)
    command = shlex.join(["python", "-m", "qa_app", "eval", str(file), "--index", str(index)])
    return f"{len(drafts)} drafts, {unanswerable} of them unanswerable. Edit them: reword, add answers, delete. Next: {command}"
