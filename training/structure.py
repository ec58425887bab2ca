"""Passages with structure, made from running text: headlines, sections, speakers, dates, and a sentence that denies.

SQuAD's passages are paragraphs whose sentences say all that is asked. In people's documents a heading, a date or a speaker's
name says what the words are about. Each function shows a question and its passage in such a form, with an answer and, where
the form allows, once more without: the same words under another heading do not answer.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.documents.blocks import Span
from embeddings.documents.sentences import sentence_spans
from qa_app.language.dates import MONTHS

_LONGEST_HEADLINE = 160
"""Characters; most headlines are shorter."""
_AUXILIARY = re.compile(r"\b(?:is|are|was|were|has been|had been|can|could|will|would|must)\b")
# With one of these, "not" would leave the answer standing ("was not opened until 1990") or say it twice.
_NO_DENIAL = re.compile(r"\b(?:not|never|no|until|only|but|unless|than|except|nor|neither)\b|n't", re.IGNORECASE)
_DENIALS = ("not", "never", "not in fact")
_QUESTION_WORD = re.compile(
    r"(?:what|when|where|which|who|whom|whose|why|how|in|on|at|to|for|by|from|during|after)\b", re.IGNORECASE
)
_SAID = ("According to {}, {}", "What does {} say: {}", "As {} put it, {}")
_DATED = ("According to the entry of {}, {}", "On {}, {}", "In the minutes of {}, {}")
_PLACED = ("At {}, {}", "In the part about {}, {}", "For {}: {}", "{}: {}")


@dataclass(frozen=True)
class Asked:
    """A question with its passage, and what else its article can lend."""

    question: str
    title: str
    text: str
    answers: tuple[str, ...]
    """The first stands in the text once."""
    names: Sequence[str]
    """Names in the article."""
    others: Sequence[str]
    """Answers of other questions about the article."""
    titles: Sequence[str]
    """Titles of other articles."""


@dataclass(frozen=True)
class Shown:
    """A question with inputs as the reader gets them."""

    question: str
    contexts: tuple[str, ...]
    """Title and headings of each input."""
    bodies: tuple[str, ...]
    """As many as contexts."""
    answers: tuple[str, ...] = ()
    """In the first context or body, wherever the words occur; empty if no input answers."""


def headline(asked: Asked, draw: random.Random) -> list[Shown]:
    """Move the sentence that answers into the heading; empty where it is too long or the passage has no other."""
    sentence = _sentence_of_answer(asked)
    if sentence is None or sentence[1] - sentence[0] > _LONGEST_HEADLINE:
        return []
    words = asked.text[slice(*sentence)].rstrip(". ")
    rest = " ".join((asked.text[: sentence[0]] + asked.text[sentence[1] :]).split())
    if not rest:
        return []
    context = words if draw.random() < 0.6 else f"{asked.title} {words}"
    return [Shown(asked.question, (context,), (rest,), asked.answers)]


def section(asked: Asked, draw: random.Random) -> list[Shown]:
    """Show a passage under its subject's heading, and under another's; empty unless only the heading names the subject."""
    subject = re.sub(r"\s*\(.*\)", "", asked.title)
    named = re.compile(rf"(?<!\w){re.escape(subject)}(?!\w)", re.IGNORECASE)
    if not named.search(asked.question) or named.search(asked.text) or not asked.titles:
        return []
    other = draw.choice(asked.titles)
    return [
        Shown(asked.question, (subject,), (asked.text,), asked.answers),
        Shown(asked.question, (other,), (asked.text,)),
    ]


def labelled(asked: Asked, draw: random.Random) -> list[Shown]:
    """Show like sentences under two speakers, dates or sections; the question asks for one of them, or for a third."""
    sentence = _sentence_of_answer(asked)
    answer = asked.answers[0]
    others = [other for other in asked.others if _shape(other) == _shape(answer) and other not in asked.text]
    labels = _labels(asked, draw)
    if sentence is None or not others or labels is None or not _QUESTION_WORD.match(asked.question):
        return []
    forms, (right, wrong, third), is_speaker = labels
    words = asked.text[slice(*sentence)]
    changed = words.replace(answer, draw.choice(others), 1)
    lowered = asked.question[0].lower() + asked.question[1:]
    form = draw.choice(forms)
    if is_speaker and draw.random() < 0.5:
        contexts = (asked.title, asked.title)
        bodies = (f"{right}: {words}", f"{wrong}: {changed}")
    else:
        contexts = (f"{asked.title} {right}", f"{asked.title} {wrong}")
        bodies = (words, changed)
    return [
        Shown(form.format(right, lowered), contexts, bodies, (answer,)),
        Shown(form.format(third, lowered), contexts, bodies),
    ]


def denial(asked: Asked, draw: random.Random) -> list[Shown]:
    """Show a passage as it is, and with its answering sentence denied; empty where a "not" would be no denial."""
    sentence = _sentence_of_answer(asked)
    if sentence is None:
        return []
    words = asked.text[slice(*sentence)]
    auxiliary = _AUXILIARY.search(words[: words.find(asked.answers[0])])
    if auxiliary is None or _NO_DENIAL.search(words):
        return []
    first_word = auxiliary.start() + len(auxiliary[0].split()[0])  # "has not been", "was not"
    denied = f"{words[:first_word]} {draw.choice(_DENIALS)}{words[first_word:]}"
    text = asked.text[: sentence[0]] + denied + asked.text[sentence[1] :]
    return [
        Shown(asked.question, (asked.title,), (asked.text,), asked.answers),
        Shown(asked.question, (asked.title,), (text,)),
    ]


KINDS = (headline, section, labelled, denial)


def _sentence_of_answer(asked: Asked) -> Span | None:
    """Return the sentence that holds the answer; None if the answer stands more than once or in no single sentence."""
    answer = asked.answers[0]
    start = asked.text.find(answer)
    if start < 0 or asked.text.find(answer, start + 1) >= 0:
        return None
    end = start + len(answer)
    sentences = sentence_spans(asked.text, 0, len(asked.text), max_chars=len(asked.text) + 1)
    return next((s for s in sentences if s[0] <= start and end <= s[1]), None)


def _labels(asked: Asked, draw: random.Random) -> tuple[tuple[str, ...], list[str], bool] | None:
    """Return the forms of a question that names a label, three labels, and whether they are speakers."""
    kind = draw.choice(("speaker", "date", "place"))
    if kind == "date":
        year = draw.randint(1950, 2026)
        days = draw.sample(range(12 * 28), 3)
        return _DATED, [f"{1 + day % 28} {MONTHS[day // 28]} {year}" for day in days], False
    names = [name for name in asked.names if name not in asked.question and name not in asked.text]
    people = [name for name in names if len(name.split()) == 2]
    chosen = people if kind == "speaker" else names
    if len(chosen) < 3:
        return None
    return (_SAID if kind == "speaker" else _PLACED), draw.sample(chosen, 3), kind == "speaker"


def _shape(words: str) -> tuple[str, bool, bool]:
    """Return what makes answers exchangeable: their figures' lengths, whether a capital begins, more than three words."""
    figures = " ".join(re.sub(r"\d", "0", figure) for figure in re.findall(r"\d[\d.,]*", words))
    return figures, words[:1].isupper(), len(words.split()) > 3
