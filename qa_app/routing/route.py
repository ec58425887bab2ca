"""Decide which way a message is answered; whatever is not surely something else, the articles are searched for."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from embeddings.storage.lexical import query_words
from qa_app.language.function_words import FUNCTION_WORDS
from qa_app.routing.acts import BEYOND, FACT
from qa_app.routing.collection_question import ARTICLE_NOUN, CollectionQuestion, collection_question
from qa_app.routing.making_request import is_making_request
from qa_app.routing.parts import Comparison, comparison, parts
from qa_app.routing.summary_request import SummaryRequest, summary_request

Classify = Callable[[str], tuple[str, float]]
"""Returns a message's likeliest act and its probability, 0..1; see `ActClassifier`."""

# Share of SQuAD's questions that are routed away from the search at this probability: docs/results/routing.md.
_SURE = 0.7
# From here on, an abstention says what the program can do. "Play music", "what is the weather?" are searched for, however
# sure: there are articles about each.
_LIKELY = 0.5
# A message that names nothing can't be searched for: "What do you know?"
_SURE_OF_NOTHING = 0.3
_SAYING = frozenset("know tell say think something anything".split())
# A longer message says more than "thanks".
_LONGEST_WORDS = 14
_LONGEST_COURTESY = 5
_COURTESIES = frozenset(("greeting", "thanks", "acknowledgement"))
_COURTESY = re.compile(r"\s*(?P<head>[^,.!?:;–—\n]{2,40})\s*[,.!:;–—\n]+\s*(?P<tail>\S.*)", re.DOTALL)
_COLLECTION: dict[str, CollectionQuestion] = {
    "count articles": CollectionQuestion("count"),
    "list articles": CollectionQuestion("list"),
    "newest article": CollectionQuestion("newest"),
    "oldest article": CollectionQuestion("oldest"),
    "topics": CollectionQuestion("topics"),
    "overview": CollectionQuestion("overview"),
}
# "list all the people named in the articles": things in the articles, not the articles.
_OTHER_THINGS = re.compile(
    rf"\b(?:list|name|enumerate|find)\s+(?:(?:all|every|the|of|your|me|us)\s+)*(?!{ARTICLE_NOUN}\b)[a-z]{{2,}}\s+(?:\w+\s+)?(?:in|of|from|by)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Talk:
    """Something said about the conversation or the program, not about the articles."""

    act: str
    """One of the classifier's, or "unclear"."""


@dataclass(frozen=True)
class PerhapsTalk:
    """Perhaps no question to the articles: they are searched, and an abstention says what the program can do."""


@dataclass(frozen=True)
class Several:
    """Several questions in one message."""

    questions: tuple[str, ...]


Route = Talk | PerhapsTalk | Several | Comparison | SummaryRequest | CollectionQuestion | None
"""None: search the articles."""


def route(message: str, classify: Classify | None) -> Route:
    """Return which way to answer.

    Args:
        message: as typed, without a courtesy before the question.
        classify: None if there is no classifier for the index's encoder; small talk is then not recognised.
    """
    words = " ".join(message.split())
    if not any(map(str.isalnum, words)):
        return Talk("unclear" if set(words) <= set("?!. ") else "acknowledgement")
    questions = parts(message)
    if len(questions) > 1:
        return Several(tuple(questions))
    found = collection_question(words) or comparison(words) or summary_request(words)
    if found is None and is_making_request(words):
        return Talk(BEYOND)
    if found or classify is None or len(words.split()) > _LONGEST_WORDS:
        return found
    act, share = classify(words)
    if act == FACT or (act in _COLLECTION and _OTHER_THINGS.search(words)):
        return None
    names_nothing = not set(query_words(words)) - FUNCTION_WORDS - _SAYING
    if act == BEYOND or share < (_SURE_OF_NOTHING if names_nothing else _SURE):
        return PerhapsTalk() if share >= _LIKELY and act not in _COLLECTION else None
    return _COLLECTION.get(act) or Talk(act)


def without_courtesy(message: str, classify: Classify | None) -> str:
    """Return a message without a greeting, thanks or praise before the question: "Hello, who …"; others as they are."""
    found = _COURTESY.fullmatch(message)
    if classify is None or found is None or len(found["head"].split()) > _LONGEST_COURTESY:
        return message
    whole, courtesy = classify(message), classify(found["head"])
    if (whole[0] in _COURTESIES and whole[1] >= _SURE) or courtesy[0] not in _COURTESIES or courtesy[1] < _SURE:
        return message
    return found["tail"]
