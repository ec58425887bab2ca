"""Suggested questions: drafted from the articles' sentences, asked, and kept only if the answer is sure and right.

Drafting reads a document in milliseconds; asking takes as long as any question, so callers do it in the background.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, zip_longest

from embeddings.documents.document import Address, Document
from embeddings.encoders.encoder import Encoder
from embeddings.index import Snapshot
from qa_app.answer_matching import f1, normalised
from qa_app.assistant import Assistant
from qa_app.config import SURE
from qa_app.evaluation.drafting.drafts import Draft, fact_drafts
from qa_app.evaluation.results import Place
from qa_app.pipeline import answer
from qa_app.types import Answer, Citation, Exchange

Rest = Callable[[], None]
"""Called before each question is asked; it may wait, or raise to give up."""

_SAMPLED_DOCUMENTS = 12
_LONGEST_CHARS = 90
_LONGEST_TITLE_CHARS = 70
# Drafts of other articles that are compared with the question; each comparison takes about 5 ms.
_COMPARED = 40
# Longer ones are heavy to read.
_COMFORTABLE_WORDS = 14
# "When did Clinton return?" leaves open from where; "What is Oxygen?" does not.
_TOO_SHORT = re.compile(r"(?!(?:What|Who) (?:is|was|are|were)\b)(?:\S+ ){0,3}\S+")
# Drafts that are asked for each suggestion that is wanted; about two of five are kept.
_TRIED = 5
# Confidence, 0..1, that a follow-up's answer needs; that it is right is known from the draft.
_LIKELY = 0.5
# Documents besides the cited ones that follow-ups are drafted from, and the cosine, -1..1, of such a draft with the question.
_NEIGHBOURS = 2
_RELATED = 0.4
# Words in common with a question that was asked, 0..1, from which a suggestion repeats it.
_REPEATS = 0.6
# Words in common with the draft's answer (F1, 0..1) from which the assistant's short answer is the same.
_SAME_ANSWER = 0.4
# "The" before words that name nothing, or a pronoun: a reader of the question alone would have to ask which.
_VAGUE = re.compile(r"\b[Tt]he [^A-Z“]*$|\b(?:he|she|it|they|his|her|its|their|this|these|those)\b")


def example_questions(assistant: Assistant, count: int, rest: Rest = lambda: None) -> list[str]:
    """Return at most `count` questions from articles all over the index, of different articles and kinds where possible."""
    with assistant.index.snapshot() as snapshot:
        drafts = [_readable(fact_drafts(document)) for document in _sampled(snapshot)]
    in_turn = (draft for turn in zip_longest(*drafts) for draft in turn if draft is not None)
    tried = islice(_varied(list(in_turn)), _TRIED * count)
    return list(islice(_answered(assistant, tried, (), SURE, rest), count))


def follow_ups(
    assistant: Assistant, found: Answer, earlier: Sequence[Exchange], count: int, rest: Rest = lambda: None
) -> list[str]:
    """Return at most `count` questions that the articles answer after an answer.

    They are drafted from the cited articles, nearest to the quotes first, then from others that were read.

    Args:
        assistant: opened by `open_assistant`.
        found: the last answer.
        earlier: the whole conversation so far, in order, with the last answer: the follow-ups are asked after it, and repeat nothing.
        count: how many are wanted.
        rest: see `Rest`.
    """
    cited = list(dict.fromkeys(citation.address for citation in found.citations))
    read = dict.fromkeys(passage.chunk.address for passage in found.passages)
    neighbours = [address for address in read if address not in cited][:_NEIGHBOURS]
    asked = [normalised(words).split() for each in earlier for words in (each.question, each.searched_for)]
    with assistant.index.snapshot() as snapshot:
        own = _nearest(_drafts(snapshot, cited), found.citations)
        others = _related(_drafts(snapshot, neighbours), found.searched_for, assistant.index.encoder)
    fresh = [
        draft
        for draft in [*_varied(own), *others]
        if not _is_told(draft, found.citations) and not _repeats(draft.question, asked)
    ]
    suggested = list(islice(_answered(assistant, fresh[: _TRIED * count], earlier, _LIKELY, rest), count))
    titles = dict.fromkeys(citation.title for citation in found.citations)
    summaries = (f"What is “{title}” about?" for title in titles if len(title) <= _LONGEST_TITLE_CHARS)
    for question in islice(summaries, 1 if len(suggested) < count else 0):
        rest()
        if not _repeats(question, asked) and answer(assistant, question, earlier).kind == "summary":
            suggested.append(question)
    return suggested


def _drafts(snapshot: Snapshot, addresses: Iterable[Address]) -> list[Draft]:
    documents = (snapshot.document(*address) for address in addresses)
    return [draft for document in documents if document for draft in _readable(fact_drafts(document))]


def _related(drafts: Sequence[Draft], question: str, encoder: Encoder) -> list[Draft]:
    """Return the drafts that are near a question in meaning, nearest first."""
    asked = encoder.encode_query(question)
    ranked = [(float(encoder.encode_query(draft.question) @ asked), draft) for draft in drafts[:_COMPARED]]
    return [draft for cosine, draft in sorted(ranked, key=lambda pair: -pair[0]) if cosine >= _RELATED]


def _answered(
    assistant: Assistant, drafts: Iterable[Draft], earlier: Sequence[Exchange], least: float, rest: Rest
) -> Iterator[str]:
    """Yield the questions that are answered rightly with a confidence of `least`, 0..1; one for each sentence."""
    kept: list[list[str]] = []
    used: set[Place] = set()
    for draft in drafts:
        places = {place for place, _ in draft.evidence}
        if places & used or _repeats(draft.question, kept):
            continue
        rest()
        if _is_right(answer(assistant, draft.question, earlier), draft, least):
            kept.append(normalised(draft.question).split())
            used |= places
            yield draft.question


def _is_right(found: Answer, draft: Draft, least: float) -> bool:
    """Return whether an answer is a fact from the draft's sentence, in the draft's words, with a confidence of `least`, 0..1."""
    if found.kind != "fact" or found.confidence < least or found.short_answer is None:
        return False
    # A draft's answer may be cut short, or longer than a person's.
    return f1(found.short_answer, draft.answers) >= _SAME_ANSWER and any(
        _overlaps(citation, place) for citation in found.citations for place, _ in draft.evidence
    )


def _readable(drafts: Sequence[Draft]) -> list[Draft]:
    """Return the drafts that can be understood without their article, the long ones last."""
    alone = [
        each
        for each in drafts
        if len(each.question) <= _LONGEST_CHARS
        and not _VAGUE.search(each.question)
        and not _TOO_SHORT.fullmatch(each.question)
    ]
    return sorted(alone, key=lambda draft: len(draft.question.split()) > _COMFORTABLE_WORDS)


def _nearest(drafts: Sequence[Draft], citations: Sequence[Citation]) -> list[Draft]:
    """Return drafts in the order of their distance from the article's quotes; unchanged if it was not quoted."""

    def distance(draft: Draft) -> int:
        places = [(place, citation) for place, _ in draft.evidence for citation in citations]
        return min(
            (abs(place.start - each.start) for place, each in places if place.document == str(each.address)), default=0
        )

    return sorted(drafts, key=distance)


def _varied(drafts: Sequence[Draft]) -> list[Draft]:
    """Return drafts so that the kinds of question take turns, otherwise in their order."""
    times: Counter[str] = Counter()
    ranked = []
    for draft in drafts:
        kind = " ".join(draft.question.split()[:2] if draft.question.startswith("How") else draft.question.split()[:1])
        ranked.append((times[kind], draft))
        times[kind] += 1
    return [draft for _, draft in sorted(ranked, key=lambda pair: pair[0])]


def _is_told(draft: Draft, citations: Sequence[Citation]) -> bool:
    """Return whether the answer in view already quotes the draft's sentence."""
    return any(_overlaps(citation, place) for citation in citations for place, _ in draft.evidence)


def _overlaps(citation: Citation, place: Place) -> bool:
    same = place.document == str(citation.address)
    return same and citation.start < place.end and place.start < citation.end


def _repeats(question: str, asked: Sequence[Sequence[str]]) -> bool:
    words = set(normalised(question).split())
    return any(len(words & set(each)) >= _REPEATS * len(words | set(each)) for each in asked)


def _sampled(snapshot: Snapshot) -> Iterator[Document]:
    """Yield articles from all over the index."""
    addresses: list[Address] = snapshot.addresses()
    step = max(1, len(addresses) // _SAMPLED_DOCUMENTS)
    for address in addresses[::step][:_SAMPLED_DOCUMENTS]:
        document = snapshot.document(*address)
        if document is not None:
            yield document
