"""The other items of a list whose one item answers: its ingredients, steps, members."""

from collections.abc import Sequence
from dataclasses import replace

from embeddings.documents.blocks import Block, Kind
from embeddings.index import Snapshot
from qa_app.types import Candidate


def siblings(candidate: Candidate, snapshot: Snapshot) -> list[Candidate]:
    """Return the items of the candidate's list, itself included, in order; [] if it is in no list.

    They belong together by structure, so each has the candidate's score. An item of several sentences is its first one.
    """
    address = candidate.passage.chunk.address
    document = snapshot.document(*address)
    run = _run(document.blocks, candidate.start) if document else []
    if len(run) < 2:
        return []
    found = []
    for chunk in snapshot.chunks_of(*address):
        for unit in chunk.units:
            if any(block.start <= unit.start < block.end for block in run):
                run = [block for block in run if not block.start <= unit.start < block.end]
                passage = replace(candidate.passage, chunk=chunk)
                found.append(Candidate(passage, unit.start, unit.end, None, candidate.score))
    return [candidate if each.start == candidate.start else each for each in found]


def _run(blocks: Sequence[Block], position: int) -> list[Block]:
    """Return the list items around the one at a position: neighbours of its depth, with nothing else between them."""
    at = next((n for n, b in enumerate(blocks) if b.kind is Kind.LIST_ITEM and b.start <= position < b.end), None)
    if at is None:
        return []
    run = [blocks[at]]
    for step in (-1, 1):
        n = at + step
        while 0 <= n < len(blocks) and blocks[n].kind is Kind.LIST_ITEM and blocks[n].level >= blocks[at].level:
            if blocks[n].level == blocks[at].level:
                run.append(blocks[n])
            n += step
    return sorted(run, key=lambda block: block.start)
