"""Answer several questions of one message, each under its own heading with its own evidence."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from qa_app.answering.reply import Reply
from qa_app.answering.sections import headed
from qa_app.types import Answer, Citation, Exchange, Section


class Ask(Protocol):
    """Answers one question; see `qa_app.pipeline.answer`."""

    def __call__(self, question: str, earlier: Sequence[Exchange] = (), searched_for: str | None = None) -> Answer: ...


_MARKER = re.compile(r"\[(\d+)\](?=\s*$)", re.MULTILINE)


def several_reply(questions: Sequence[str], earlier: Sequence[Exchange], ask: Ask) -> Reply:
    """Answer each question with those before it as its conversation."""
    talk = list(earlier)
    answers: list[Answer] = []
    for question in questions:
        answer = _answer(question, talk, answers, ask)
        answers.append(answer)
        titles = tuple(dict.fromkeys(citation.title for citation in answer.citations))
        talk.append(Exchange(question, answer.searched_for, answer.text, answer.short_answer, titles))
    return joined([(each.question, each) for each in answers])


def _answer(question: str, talk: Sequence[Exchange], before: Sequence[Answer], ask: Ask) -> Answer:
    """Return the surer of two answers: to the question by itself, and to it as a question on the article quoted before.

    "… and how much is a ticket?" asks for a ticket of what the first question named.
    """
    answer = ask(question, talk)
    topic = next((citation.title for each in reversed(before) for citation in each.citations), None)
    if topic is None or answer.kind in ("collection", "chat", "summary"):
        return answer
    again = ask(question, (), f"{answer.searched_for} ({topic})")
    return again if again.confidence > answer.confidence and not (again.abstained or again.doubtful) else answer


def joined(parts: Sequence[tuple[str, Answer]]) -> Reply:
    """Return answers as the sections of one; each comes with its heading."""
    sections: list[Section] = []
    citations: list[Citation] = []
    for heading, answer in parts:
        text, own = renumbered(answer, len(citations))
        sections.append(Section(heading, text, tuple(citation.n for citation in own)))
        citations += own
    found = [answer for _, answer in parts if not answer.abstained]
    return Reply(
        kind="several" if found else "abstention",
        text=headed(sections),
        confidence=min((answer.confidence for answer in found), default=0.0),
        doubtful=any(answer.doubtful for answer in found),
        citations=tuple(citations),
        passages=tuple(dict.fromkeys(passage for _, answer in parts for passage in answer.passages)),
        sections=tuple(sections),
        articles=tuple(dict.fromkeys(article for _, answer in parts for article in answer.articles)),
        notice=" ".join(dict.fromkeys(filter(None, (answer.notice for _, answer in parts)))) or None,
    )


def renumbered(answer: Answer, numbered: int) -> tuple[str, list[Citation]]:
    """Return an answer's text and citations, with their numbers raised by `numbered`."""
    numbers = {citation.n for citation in answer.citations}

    def raised(match: re.Match[str]) -> str:
        n = int(match[1])
        return f"[{n + numbered}]" if n in numbers else match[0]

    return _MARKER.sub(raised, answer.text), [replace(c, n=c.n + numbered) for c in answer.citations]
