"""Answer a question for several things with a list: more passages are read, each item has its quote, and what was read is told."""

from collections.abc import Sequence

from embeddings.index import Snapshot
from qa_app.answer_matching import normalised
from qa_app.answering.list_items import siblings
from qa_app.answering.reply import Reply
from qa_app.answering.sections import sections_by_article
from qa_app.citations import citations_of, cite
from qa_app.config import AssistantConfig
from qa_app.reading.reader import Reader
from qa_app.rendering.readable import counted
from qa_app.retrieval import search
from qa_app.types import Candidate, Passage


def list_reply(
    question: str,
    candidates: Sequence[Candidate],
    passages: Sequence[Passage],
    snapshot: Snapshot,
    reader: Reader,
    config: AssistantConfig,
) -> Reply | None:
    """Return the items with their quotes, by article; None if there are not two of them.

    Args:
        question: as it is searched for.
        candidates: of the passages read so far, best first.
        passages: those.
        snapshot: of the collection.
        reader: reads further passages.
        config: how many, and how good an item must be.
    """
    known = {passage.chunk.chunk_id for passage in passages}
    further = [
        passage
        for passage in search(snapshot, question, config.answer.list_passages, config.retrieval)
        if passage.chunk.chunk_id not in known
    ]
    best = next((each for each in candidates if not each.is_metadata), candidates[0])
    least = config.answer.list_share * best.score
    found = [
        each for each in [*candidates, *reader.read(question, further)] if each.score >= least and not each.is_metadata
    ]
    found += siblings(best, snapshot)
    items = _each_once(sorted(found, key=lambda candidate: -candidate.score))[: config.answer.list_most]
    articles = list(dict.fromkeys(item.passage.chunk.address for item in items))
    items.sort(key=lambda item: (articles.index(item.passage.chunk.address), item.start))
    cited = cite(items, snapshot)
    citations = citations_of(cited)
    if len(citations) < 2:
        return None
    sections = sections_by_article(citations)
    read = len(passages) + len(further)
    whole = read >= snapshot.size()
    told = (
        f"all {counted(read, 'passage')} were read"
        if whole
        else f"{counted(read, 'passage')} were read; more may exist"
    )
    return Reply(
        kind="list",
        text="\n\n".join(section.text for section in sections),
        short_answer=best.short_answer,
        citations=citations,
        passages=(*passages, *further),
        sections=sections if len(sections) > 1 else (),
        notice=f"{counted(len(citations), 'quote')} found: {told}.",
    )


def _each_once(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates without those that name the same thing, or say the same words, as a better one."""
    seen: set[str] = set()
    kept = []
    for candidate in candidates:
        own = {normalised(candidate.short_answer or candidate.sentence), normalised(candidate.sentence)}
        if not own & seen:
            kept.append(candidate)
        seen |= own
    return kept
