"""`python -m qa_app batch`: answer a JSON Lines file of questions, with one line of output for each line of input."""

import argparse
import json
import sys
from pathlib import Path

from tqdm import tqdm

from embeddings.errors import ArticlesError
from embeddings.terminal import printable
from qa_app.commands.options import (
    Subparsers,
    add_command,
    add_scope_arguments,
    given_scope,
    opened_assistant,
    opened_writing,
)
from qa_app.evaluation.question_files import parse_question, read_lines
from qa_app.pipeline import answer
from qa_app.rendering.answer_json import answer_json
from qa_app.rewriting import exchanges


def add_batch(commands: Subparsers) -> None:
    """Add the command."""
    text = "Answer a JSON Lines file of questions: prints one JSON line for each input line, in the same order."
    parser = add_command(commands, "batch", run_batch, text, answers=True)
    lines = 'lines of {"id", "question", "history"}; - reads standard input'
    parser.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl", help=lines)
    add_scope_arguments(parser)


def run_batch(options: argparse.Namespace) -> int:
    """Print a JSON line for each input line; returns 1 if a question could not be answered, else 0."""
    scope = given_scope(options)
    assistant, writing = opened_assistant(options), opened_writing(options)
    failed = False
    source = sys.stdin if str(options.questions) == "-" else read_lines(options.questions)
    lines = [(n, line) for n, line in enumerate(source, start=1) if line.strip()]
    for number, line in tqdm(lines, unit="question", file=sys.stderr, disable=not sys.stderr.isatty()):
        answered: dict[str, object] = {"id": None}
        try:
            question = parse_question(line, number, str(options.questions))
            answered = {"id": question.id, "question": question.question}
            earlier = exchanges(question.history)
            answered |= answer_json(answer(assistant, question.question, earlier, writing=writing, scope=scope))
        except ArticlesError as error:  # the other lines are still answered
            answered["error"] = str(error)
            print(f"error: {printable(str(error))}", file=sys.stderr)
            failed = True
        print(json.dumps(answered, ensure_ascii=False), flush=True)
    return 1 if failed else 0
