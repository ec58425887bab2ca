"""`python -m qa_app`: ask, search and measure on the command line."""

import argparse
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

from embeddings.command_line import run_command
from embeddings.config import DEFAULT_INDEX
from embeddings.errors import ArticlesError
from qa_app.assistant import Assistant, open_assistant
from qa_app.commands import feedback as feedback_command
from qa_app.commands import verify as verify_command
from qa_app.commands.eval import add_arguments, run_eval
from qa_app.commands.make_questions import HOW_DRAFTED, run_make_questions
from qa_app.config import THRESHOLD_HELP, share, with_threshold
from qa_app.evaluation.question_files import parse_question, read_lines
from qa_app.generation.opening import add_writer_arguments, given_writer, open_writing
from qa_app.generation.writer import Writing
from qa_app.pipeline import answer
from qa_app.rendering.answer_json import answer_json, passage_json
from qa_app.retrieval import search
from qa_app.rewriting import exchanges
from qa_app.selection import DOUBT
from qa_app.types import Answer, Citation


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 done, 1 something failed, 2 wrong usage."""
    options = build_parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.ERROR, stream=sys.stderr, format="%(name)s: %(message)s"
    )
    logging.getLogger("qa_app").setLevel(
        logging.DEBUG if options.verbose else logging.WARNING
    )  # its own are for people
    return run_command(lambda: options.command(options), options.index)


def build_parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--index", type=Path, default=DEFAULT_INDEX, metavar="DIR", help="where the index lies (default: index)"
    )
    common.add_argument("--verbose", action="store_true", help="log what is done on standard error")
    answering = argparse.ArgumentParser(add_help=False)
    answering.add_argument("--threshold", type=share, metavar="P", help=THRESHOLD_HELP)
    add_writer_arguments(answering)
    as_json = argparse.ArgumentParser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="print JSON on standard output")
    parser = argparse.ArgumentParser(
        prog="python -m qa_app", description="Ask a folder of articles, indexed with python -m embeddings."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, command: Callable[[argparse.Namespace], int], text: str, *options: argparse.ArgumentParser
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, parents=[common, *options], help=text, description=text)
        sub.set_defaults(command=command)
        return sub

    asking = add("ask", _ask, "Answer one question, with its evidence.", answering, as_json)
    asking.add_argument("question", metavar="QUESTION")
    add(
        "batch",
        _batch,
        "Answer a JSON Lines file of questions: one JSON line out for each line in, same order.",
        answering,
    ).add_argument(
        "questions",
        type=Path,
        metavar="QUESTIONS.jsonl",
        help='lines of {"id", "question", "history"}; - reads standard input',
    )
    searching = add("search", _search, "Show the passages that a question would read.", as_json)
    searching.add_argument("query", metavar="QUERY")
    searching.add_argument("-k", type=_positive, default=5, metavar="N", help="how many (default: 5)")
    add_arguments(
        add(
            "eval",
            run_eval,
            "Answer the questions of a file and measure: right answers, evidence, citations, abstention.",
            as_json,
        )
    )
    making = add("make-questions", run_make_questions, "Draft a question file from the articles, for a person to edit.")
    making.epilog = HOW_DRAFTED
    making.add_argument("--count", type=_positive, default=50, metavar="N", help="at most so many (default: 50)")
    making.add_argument("--out", type=Path, metavar="FILE", help="a new file (default: standard output)")
    verifying = add(
        "verify", verify_command.run_verify, "Check whether the quotes of an exported answer still stand.", as_json
    )
    verify_command.add_arguments(verifying)
    telling = add("feedback", feedback_command.run_feedback, "List what people said of the answers.", as_json)
    feedback_command.add_arguments(telling)
    return parser


def _ask(options: argparse.Namespace) -> int:
    found = answer(_open(options), options.question, writing=_writing(options))
    print(json.dumps(answer_json(found), ensure_ascii=False, indent=2) if options.json else _answer_text(found))
    return 0


def _batch(options: argparse.Namespace) -> int:
    assistant, writing = _open(options), _writing(options)
    failed = False
    source = sys.stdin if str(options.questions) == "-" else read_lines(options.questions)
    lines = [(n, line) for n, line in enumerate(source, start=1) if line.strip()]
    for number, line in tqdm(lines, unit="question", file=sys.stderr, disable=not sys.stderr.isatty()):
        answered: dict[str, object] = {"id": None}
        try:
            question = parse_question(line, number, str(options.questions))
            answered = {"id": question.id, "question": question.question}
            answered |= answer_json(answer(assistant, question.question, exchanges(question.history), writing=writing))
        except ArticlesError as error:  # the other lines are answered all the same
            answered["error"] = str(error)
            print(f"error: {error}", file=sys.stderr)
            failed = True
        print(json.dumps(answered, ensure_ascii=False), flush=True)
    return 1 if failed else 0


def _search(options: argparse.Namespace) -> int:
    assistant = open_assistant(options.index)
    with assistant.index.snapshot() as snapshot:
        passages = search(snapshot, options.query, options.k, assistant.config.retrieval)
    if options.json:
        print(json.dumps([passage_json(passage) for passage in passages], ensure_ascii=False, indent=2))
    else:
        blocks = [
            f"{p.fused:.3f}  {p.chunk.title}  ({p.chunk.document} {p.chunk.start}-{p.chunk.end})\n{p.chunk.text}"
            for p in passages
        ]
        print("\n\n".join(blocks) or "Nothing found.")
    return 0


def _open(options: argparse.Namespace) -> Assistant:
    return open_assistant(options.index, with_threshold(options.threshold))


def _writing(options: argparse.Namespace) -> Writing | None:
    writer = given_writer(options)
    return None if writer is None else open_writing(writer)


def _answer_text(found: Answer) -> str:
    quotes = [f"{_quote(citation)} [{citation.n}]" for citation in found.citations]
    lines = [f"{found.notice}\n"] if found.notice else []
    lines += [f"{DOUBT}\n"] if found.doubtful else []
    lines += [f"{found.text}\n\nWorded by {found.writer}. It rests on:\n"] if found.writer else []
    lines += ["\n\n".join(quotes) or found.text, ""]
    if found.abstained:
        lines.append(f"Closest passages (confidence {found.confidence:.1%}, an answer needs {found.threshold:.1%}):")
        lines += [
            f"  {p.reader or 0:.1%}  {p.chunk.document} {p.chunk.start}-{p.chunk.end}: {_shortened(p.chunk.text)}"
            for p in found.passages
        ]
    for citation in found.citations:
        date = f", {citation.date}" if citation.date else ""
        page = f", page {citation.page}" if citation.page else ""
        lines.append(
            f"[{citation.n}] {citation.title}{date}{page} ({citation.document} {citation.start}-{citation.end})"
        )
    return "\n".join(lines).rstrip()


def _quote(citation: Citation) -> str:
    """Return the quote, the words that answer in bold where a terminal shows it."""
    if citation.short is None or not sys.stdout.isatty():
        return citation.quote
    start, end = (place - citation.start for place in citation.short)
    return f"{citation.quote[:start]}\033[1m{citation.quote[start:end]}\033[0m{citation.quote[end:]}"


def _shortened(text: str, characters: int = 100) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= characters else plain[: characters - 1] + "…"


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
