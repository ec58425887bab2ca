"""`python -m qa_app feedback`: what people said of the answers, as a list or as a question file for `eval`."""

import argparse
import json
import shlex
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from embeddings.errors import ArticlesError
from embeddings.storage.builds import current_build
from qa_app.commands.options import Subparsers, add_command
from qa_app.evaluation.question_files import write_questions
from qa_app.records.conversations import Conversations, conversations_file
from qa_app.records.feedback import Feedback
from qa_app.records.receipts import receipt_values


class NoFeedback(ArticlesError):
    """There is none to make questions of."""


def add_feedback(commands: Subparsers) -> None:
    """Add the command."""
    parser = add_command(commands, "feedback", run_feedback, "List what people said of the answers.", as_json=True)
    parser.add_argument(
        "--questions",
        type=Path,
        metavar="FILE",
        help="write a new question file for eval: right answers become what is right, wrong ones lack it, for you to add",
    )


def run_feedback(options: argparse.Namespace) -> int:
    """List the feedback over an index, oldest first, or write it as a question file; returns 0. No model is loaded.

    Raises:
        IndexMissing, ConversationsUnusable: as they say.
        NoFeedback: a question file was asked for, and there is nothing to write.
        FileInTheWay: the question file is there already; it was left alone.
    """
    said = _all(options.index)
    if options.questions:
        if not said:
            raise NoFeedback(
                f"There is no feedback over the index in {options.index} yet.", "Judge answers in the page."
            )
        write_questions(map(question_line, said), options.questions)
        print(_told(said, options.questions, options.index), file=sys.stderr)
    elif options.json:
        print(json.dumps([_values(each) for each in said], ensure_ascii=False, indent=2))
    else:
        print("\n\n".join(map(_text, said)) or "No feedback yet.")
    return 0


def question_line(feedback: Feedback) -> dict[str, Any]:
    """Return feedback as a line of a question file (docs/formats.md); `note` is for the person, nothing reads it.

    What a person called right is what is right: the short answer, the quotes, or that the articles don't say. Of a wrong answer
    nothing is known but that, so that the line has the question alone. A follow-up stands as it was searched.
    """
    receipt = feedback.receipt
    line: dict[str, Any] = {"id": feedback.turn, "question": receipt.searched_for}
    if feedback.verdict != "right":
        note = f"{feedback.verdict}: {feedback.note}".removesuffix(": ")
        return line | {"note": f"{note}. The answer was: {receipt.short_answer or receipt.text}"}
    if receipt.abstained:
        line["unanswerable"] = True
    if receipt.short_answer:
        line["answers"] = [receipt.short_answer]
    if receipt.quotes:
        line["evidence"] = [{"document": q.citation.document, "quote": q.citation.quote} for q in receipt.quotes]
    return line | ({"note": feedback.note} if feedback.note else {})


def _all(index: Path) -> list[Feedback]:
    current_build(index)  # a mistyped --index is said, and nothing made there
    file = conversations_file(index)
    if not file.exists():
        return []
    with closing(Conversations(file)) as conversations:
        return conversations.feedback.all()


def _values(feedback: Feedback) -> dict[str, Any]:
    return {
        "turn": feedback.turn,
        "verdict": feedback.verdict,
        "note": feedback.note,
        "given_at": feedback.given_at,
        "receipt": receipt_values(feedback.receipt),
    }


def _text(feedback: Feedback) -> str:
    receipt = feedback.receipt
    quotes = ", ".join(f"{q.citation.document} {q.citation.start}-{q.citation.end}" for q in receipt.quotes)
    lines = [f"{feedback.given_at[:10]}  {feedback.verdict:<14}  {_line(receipt.searched_for)}"]
    lines.append(f"    answer  {_line(receipt.short_answer or receipt.text)}" + (f"  ({quotes})" if quotes else ""))
    if feedback.note:
        lines.append(f"    note    {_line(feedback.note)}")
    return "\n".join(lines)


def _told(said: Sequence[Feedback], file: Path, index: Path) -> str:
    right = sum(feedback.verdict == "right" for feedback in said)
    command = shlex.join(["python", "-m", "qa_app", "eval", str(file), "--index", str(index)])
    return f"{len(said)} questions, {right} of them with what is right. Complete the others, which count for nothing yet. Then: {command}"


def _line(text: str) -> str:
    return " ".join(text.split())
