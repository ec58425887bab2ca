"""`python -m qa_app feedback`: list the users' feedback on answers, or write it as a question file for `eval`."""

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
from embeddings.terminal import printable
from qa_app.commands.options import Subparsers, add_command
from qa_app.evaluation.question_files import write_questions
from qa_app.records.conversations import Conversations, conversations_place, has_conversations
from qa_app.records.feedback import Feedback
from qa_app.records.receipts import receipt_values


class NoFeedback(ArticlesError):
    """There is no feedback to make questions from."""


def add_feedback(commands: Subparsers) -> None:
    """Add the command."""
    parser = add_command(commands, "feedback", run_feedback, "List the users' feedback on answers.", as_json=True)
    parser.add_argument(
        "--questions",
        type=Path,
        metavar="FILE",
        help="write the feedback as a new question file for eval: answers judged right become the expected ones; for wrong "
        "ones, you add what is right",
    )


def run_feedback(options: argparse.Namespace) -> int:
    """List the feedback on an index's answers, oldest first, or write a question file; returns 0. No model is loaded.

    Raises:
        IndexMissing: there is no index.
        ConversationsUnusable: the conversations cannot be read.
        NoFeedback: there is nothing to write to a question file.
        FileInTheWay: the question file already exists; it was not changed.
    """
    feedback = _all(options.index)
    if options.questions:
        if not feedback:
            raise NoFeedback(
                f"There is no feedback on answers from {options.index} yet.", "Judge some answers on the page."
            )
        write_questions(map(question_line, feedback), options.questions)
        print(_summary(feedback, options.questions, options.index), file=sys.stderr)
    elif options.json:
        print(json.dumps([_values(each) for each in feedback], ensure_ascii=False, indent=2))
    else:
        print(printable("\n\n".join(map(_text, feedback))) or "No feedback yet.")
    return 0


def question_line(feedback: Feedback) -> dict[str, Any]:
    """Return feedback as a line of a question file (docs/formats.md); the program ignores `note`, which is for the user.

    An answer judged right becomes the expected one: its short answer, its quotes, or that the articles don't say. For one
    judged wrong, what is right is unknown, so the line has only the question. A follow-up is written as it was searched.
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
        line["evidence"] = [{"document": str(q.citation.address), "quote": q.citation.quote} for q in receipt.quotes]
    return line | ({"note": feedback.note} if feedback.note else {})


def _all(index: Path) -> list[Feedback]:
    current_build(index)  # reports a mistyped --index, instead of creating a file there
    if not has_conversations(index):
        return []
    with closing(Conversations(conversations_place(index))) as conversations:
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
    quotes = ", ".join(f"{q.citation.address} {q.citation.start}-{q.citation.end}" for q in receipt.quotes)
    lines = [f"{feedback.given_at[:10]}  {feedback.verdict:<14}  {_line(receipt.searched_for)}"]
    lines.append(f"    answer  {_line(receipt.short_answer or receipt.text)}" + (f"  ({quotes})" if quotes else ""))
    if feedback.note:
        lines.append(f"    note    {_line(feedback.note)}")
    return "\n".join(lines)


def _summary(feedback: Sequence[Feedback], file: Path, index: Path) -> str:
    right = sum(each.verdict == "right" for each in feedback)
    command = shlex.join(["python", "-m", "qa_app", "eval", str(file), "--index", str(index)])
    return (
        f"{len(feedback)} questions, {right} of them with what is right. Add it to the others, which until then count only "
        f"for latency and coverage. Next: {command}"
    )


def _line(text: str) -> str:
    return " ".join(text.split())
