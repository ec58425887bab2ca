"""List suggested questions with their answers, for a person to judge: `python -m benchmarks.suggestions INDEX QUESTIONS.jsonl`.

Prints the example questions of an index, and the follow-ups to the first answers of a question file, a line each, with how many
drafts were asked and how long that took. docs/results/page.md has what a person found.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.squad import spread
from qa_app.assistant import Assistant, open_assistant
from qa_app.evaluation.question_files import read_questions
from qa_app.pipeline import answer
from qa_app.suggestions import example_questions, follow_ups
from qa_app.types import Exchange


def main() -> None:
    parser = argparse.ArgumentParser(description="List suggested questions with their answers.")
    parser.add_argument("index", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--examples", type=int, default=12, metavar="N", help="example questions")
    parser.add_argument("--asked", type=int, default=15, metavar="N", help="questions whose follow-ups are listed")
    options = parser.parse_args()
    assistant = open_assistant(options.index)

    print("examples")
    _listed(assistant, lambda rest: example_questions(assistant, options.examples, rest), ())
    answerable = [each for each in read_questions(options.questions) if not each.unanswerable]
    for each in spread(answerable, options.asked):
        found = answer(assistant, each.question)
        titles = tuple(citation.title for citation in found.citations)
        earlier = (Exchange(each.question, found.searched_for, found.text, found.short_answer, titles),)
        print(f"after “{each.question}” ({found.kind}: {found.short_answer})")
        _listed(assistant, lambda rest, e=earlier, f=found: follow_ups(assistant, f, e, 3, rest), earlier)  # type: ignore[misc]


def _listed(
    assistant: Assistant, find: Callable[[Callable[[], None]], list[str]], earlier: tuple[Exchange, ...]
) -> None:
    asked = 0

    def rest() -> None:
        nonlocal asked
        asked += 1

    started = time.perf_counter()
    questions = find(rest)
    seconds = time.perf_counter() - started
    for question in questions:
        found = answer(assistant, question, earlier)
        print(f"  {question} | {found.short_answer or found.kind} | {found.confidence:.2f}")
    print(f"  ({asked} asked in {seconds:.1f} s)", flush=True)


if __name__ == "__main__":
    main()
