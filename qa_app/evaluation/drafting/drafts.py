"""Draft a question file from the corpus for the user to edit, with templates over its sentences; no language model.

There are two kinds of question: about a fact, if a template fits the sentence (`templates.py`), and "what does the article say
about this name". A share are fact questions about an invented name, which no article can answer. Drafts use the articles' own
words, so scores on drafts that were not reworded are too good.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Any

from embeddings.config import ChunkingConfig
from embeddings.documents.blocks import Span
from embeddings.documents.chunks import chunk_document
from embeddings.documents.document import Document
from qa_app.evaluation.drafting.question_templates import templated
from qa_app.evaluation.results import Place
from qa_app.language.dates import MONTH_PATTERN
from qa_app.language.names import CAPITAL_PATTERN

# Every fourth draft is unanswerable, if enough names can be replaced.
_EACH = 4
# With fewer spaces, a question with an invented name asks for nothing ("What is Karsholt?").
_EXCHANGE_WORDS = 4
# Sentences longer than this are mostly lists.
_MAX_SENTENCE_CHARS = 600
# A name in more sentences of the article would need too much evidence.
_MAX_MENTIONS = 2
# Two or more capitalised words between small words that show where the name starts and ends. After "Secretary of" the name
# would be incomplete, and before a noun it is used as an adjective.
_BEFORE = (
    "by|of|in|to|from|with|at|on|near|and|through|between|against|under|into|that|than|including|like|about|for|as"
)
_AFTER = (
    "and|or|but|in|on|at|by|of|to|for|from|with|as|was|were|is|are|has|had|have|who|which|that|when|where|while|after|before|"
    "into|over|under|would|will|could|can|did|does|may|might|during|through|until|because|[a-z]{3,}ed"
)
_WORD = rf"{CAPITAL_PATTERN}(?![\w’'-])"
_NAME = re.compile(
    rf"(?<![\w’'-])(?P<lead>[a-z][\w’'-]*,? (?:(?:{_BEFORE}|the) |(?:{_BEFORE}) the )|(?!(?:{_BEFORE}|the|an|his|her|its|their|new|old|former|[a-z]+er) )[a-z]{{2,}} )"
    rf"(?P<name>(?!The ){_WORD}(?: (?:of (?:the )?)?{_WORD}){{1,4}})(?=[.,;]|,? (?:{_AFTER})\b)"
)
_MONTH = re.compile(rf"\b{MONTH_PATTERN}\b")
# Could be names of persons, places or firms; those in the corpus are not used.
_INVENTED = (
    "Karsholt", "Bellinor", "Thornavik", "Ossendale", "Quillmere", "Varnhagel", "Tessaly Moor", "Brunnecourt", "Aldermarsh",
    "Corvenna", "Hollin Strand", "Maristowe", "Pellworthy", "Rundquay", "Sorrelby", "Undermoor",
)  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """A question that the corpus suggests."""

    question: str
    answers: tuple[str, ...]
    """The answer's words, as in the evidence; empty if there is no short answer."""
    evidence: tuple[tuple[Place, str], ...]
    """Whole sentences: the place of each, and its words, `text[start:end]`; empty for an unanswerable question."""
    note: str
    """For the user who edits the file."""
    name: str | None = None
    """A proper name in the question that can be replaced by another."""

    @property
    def unanswerable(self) -> bool:
        return not self.evidence


def draft_questions(documents: Iterable[Document], count: int) -> list[Draft]:
    """Return at most `count` drafts, spread over the articles; fewer if the corpus is too small.

    The same corpus gives the same drafts.
    """
    facts: list[list[Draft]] = []
    mentions: list[list[Draft]] = []
    everything: list[str] = []
    for document in documents:
        sentences = _sentences(document)
        everything.extend(words for _, words in sentences)
        facts.append(_facts(sentences))
        mentions.append(_mentions(document.title, sentences))
    corpus = "\n".join(everything).casefold()
    unanswerable = _unanswerable(
        [draft for draft in _in_turn(facts) if draft.name and draft.question.count(" ") >= _EXCHANGE_WORDS], corpus
    )
    answerable = list(_in_turn([[*own, *others] for own, others in zip(facts, mentions, strict=True)]))
    unanswerable = unanswerable[: count // _EACH]
    answerable = _without_repeats(answerable)[: count - len(unanswerable)]
    return _mixed(answerable, unanswerable)


def fact_drafts(document: Document) -> list[Draft]:
    """Return the questions for a fact that an article's sentences give, in their order; a sentence may give several."""
    return _facts(_sentences(document), most=None)


def draft_line(draft: Draft, number: int) -> dict[str, Any]:
    """Return a draft as a line of a question file (docs/formats.md); `note` is for the user, no code reads it."""
    line: dict[str, Any] = {"id": f"draft-{number:03d}", "question": draft.question}
    if draft.unanswerable:
        return line | {"unanswerable": True, "note": draft.note}
    if draft.answers:
        line["answers"] = list(draft.answers)
    evidence = [{"document": p.document, "start": p.start, "end": p.end, "quote": words} for p, words in draft.evidence]
    return line | {"evidence": evidence, "note": draft.note}


def _sentences(document: Document) -> list[tuple[Place, str]]:
    """Return the sentences of an article without boilerplate, in order, each once although chunks overlap."""
    spans: dict[Span, None] = {}
    for chunk in chunk_document(document, ChunkingConfig()):
        spans |= dict.fromkeys((unit.start, unit.end) for unit in chunk.units)
    return [
        (Place(str(document.address), *s), document.text[slice(*s)])
        for s in spans
        if s[1] - s[0] <= _MAX_SENTENCE_CHARS
    ]


def _facts(sentences: Sequence[tuple[Place, str]], most: int | None = 1) -> list[Draft]:
    """Return at most `most` template questions for each sentence; drop questions that several sentences give."""
    found = [
        Draft(
            made.question, (words[made.start : made.end],), ((place, words),), "Reword it; check the answer.", made.name
        )
        for place, words in sentences
        for made in islice(templated(words), most)
    ]
    times = Counter(draft.question for draft in found)
    return [draft for draft in found if times[draft.question] == 1]


def _mentions(title: str, sentences: Sequence[tuple[Place, str]]) -> list[Draft]:
    """Return a question for each name that at most two sentences of the article mention."""
    names = dict.fromkeys(name for _, words in sentences for name in _names(words))
    drafts = []
    for name in names:
        bare = name.removeprefix("the ")
        evidence = tuple(one for one in sentences if bare in one[1])
        known = bare.casefold() in title.casefold() or _MONTH.search(name)
        if len(evidence) <= _MAX_MENTIONS and not known:
            question = f"What does the article “{title}” say about {name}?"
            drafts.append(Draft(question, (), evidence, "Ask for a fact, and add its words as answers."))
    # Spread the questions over the article instead of taking its beginning first.
    return [draft for offset in range(_EACH) for draft in drafts[offset::_EACH]]


def _names(sentence: str) -> Iterator[str]:
    """Yield the names of two and more words in a sentence, with their "the"."""
    for match in _NAME.finditer(sentence):
        with_the = match["lead"].endswith("the ")
        if with_the or " of " not in match["name"]:
            yield f"the {match['name']}" if with_the else match["name"]


def _unanswerable(facts: Sequence[Draft], corpus: str) -> list[Draft]:
    """Return the questions with their name replaced by an invented one that is not in the corpus (given in lower case)."""
    names = [name for name in _INVENTED if not any(part in corpus for part in name.casefold().split())]
    if not names:
        return []
    drafts = []
    for i, fact in enumerate(facts):
        name = names[i % len(names)]
        question = fact.question.replace(fact.name or "", name)
        note = f"{name} is an invented name that replaces “{fact.name}”; no article has it. Better: a question that seems answerable."
        drafts.append(Draft(question, (), (), note))
    return _without_repeats(drafts)


def _in_turn(lists: Sequence[Sequence[Draft]]) -> Iterator[Draft]:
    """Yield the first of each list, then the second of each, and so on."""
    return (draft for turn in zip_longest(*lists) for draft in turn if draft is not None)


def _without_repeats(drafts: Sequence[Draft]) -> list[Draft]:
    """Return each question once; those that share evidence with an earlier one come last."""
    asked: set[str] = set()
    used: set[Place] = set()
    fresh: list[Draft] = []
    again: list[Draft] = []
    for draft in drafts:
        places = {place for place, _ in draft.evidence}
        if draft.question not in asked:
            (again if places & used else fresh).append(draft)
        asked.add(draft.question)
        used |= places
    return fresh + again


def _mixed(answerable: Sequence[Draft], unanswerable: Sequence[Draft]) -> list[Draft]:
    """Return all drafts, with an unanswerable one after every three answerable ones."""
    step = _EACH - 1
    mixed = []
    for i, draft in enumerate(answerable):
        mixed.append(draft)
        if i % step == step - 1 and i // step < len(unanswerable):
            mixed.append(unanswerable[i // step])
    return [*mixed, *unanswerable[len(answerable) // step :]]
