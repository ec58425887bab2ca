"""Put what the articles say of two things beside each other."""

from dataclasses import replace

from embeddings.catalogue import Wanted
from embeddings.encoders.encoder import Encoder
from embeddings.index import Snapshot
from qa_app.answering.finding import articles_about, content_stems, stems
from qa_app.answering.reply import Reply
from qa_app.answering.sections import headed, section
from qa_app.answering.several import Ask, joined
from qa_app.answering.summary import central_sentences
from qa_app.citations import cite
from qa_app.config import AssistantConfig
from qa_app.routing.parts import Comparison
from qa_app.types import Answer, Citation, Section

_STATEMENTS = 3
"""Sentences of each side."""


def comparison_reply(
    comparison: Comparison, asked: str, snapshot: Snapshot, encoder: Encoder, ask: Ask, config: AssistantConfig
) -> Reply | None:
    """Return statements of each side under its name; None if the articles have none of a side, or a sentence that compares both."""
    if comparison.may_be_fact:
        direct = ask(asked, (), asked)
        if direct.confidence >= config.answer.sure and _tells_of_both(direct, comparison):
            return None
    if comparison.asked:
        answers = [ask(question, (), question) for question in comparison.asked]
        if not any(answer.abstained for answer in answers):
            return joined(list(zip(comparison.sides, answers, strict=True)))
        if comparison.may_be_fact:
            return None
    sections: list[Section] = []
    citations: list[Citation] = []
    for side in comparison.sides:
        found = _statements(side, snapshot, encoder, config, len(citations))
        if not found:
            return None
        sections.append(section(side, found))
        citations += found
    return Reply(
        kind="several",
        text=headed(sections),
        citations=tuple(citations),
        sections=tuple(sections),
    )


def _tells_of_both(answer: Answer, comparison: Comparison) -> bool:
    """Return whether one of the quotes has all words of both sides: "The pier is longer than the mole"."""
    sides = frozenset().union(*map(content_stems, comparison.sides))
    return any(sides <= stems(each.readable) for each in answer.citations)


def _statements(
    side: str, snapshot: Snapshot, encoder: Encoder, config: AssistantConfig, numbered: int
) -> list[Citation]:
    """Return the quotes on one side, numbered after `numbered`."""
    addresses = articles_about(side, Wanted(snapshot.scope), snapshot, config.retrieval, 1)
    if not addresses:
        return []
    chunks = snapshot.chunks_of(*addresses[0])
    found = central_sentences(chunks, encoder, _STATEMENTS, towards=encoder.encode_query(side))
    cited = cite([sentence.candidate for sentence in found], snapshot)
    return [replace(citation, n=citation.n + numbered) for _, citation in cited]
