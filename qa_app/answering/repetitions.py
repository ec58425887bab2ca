"""Leave out candidates whose short answer repeats what was said: in the question, or in the answer before it."""

import re
from collections.abc import Sequence

from qa_app.answer_matching import normalised
from qa_app.answering.finding import content_words
from qa_app.question_kinds import wants_sentences
from qa_app.types import Candidate

# The answers of "Was it red or blue?" stand in the question. Of 5,665 answers of SQuAD's development set, nine stand in
# their question; six of these offer a choice.
_CHOICE = re.compile(r"\b(?:or|between)\b", re.IGNORECASE)


def without_repetitions(question: str, candidates: Sequence[Candidate], said: str) -> list[Candidate]:
    """Return the candidates that tell something new; `said` is the last answer if the question asks for another."""
    asked = "" if _CHOICE.search(question) or wants_sentences(question) else f" {normalised(question)} "
    content = set(map(normalised, content_words(question)))

    def is_new(candidate: Candidate) -> bool:
        short = candidate.short_answer
        if not short:
            return True
        words = normalised(short)
        # "Who is Ann Lee?" asks for nothing but what the words mean.
        repeats = f" {words} " in asked and not content <= set(words.split())
        return not repeats and short not in said

    return [candidate for candidate in candidates if is_new(candidate)]
