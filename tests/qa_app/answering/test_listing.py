from collections.abc import Sequence
from dataclasses import replace

from qa_app.answering.listing import list_reply
from qa_app.assistant import Assistant
from qa_app.pipeline import answer
from qa_app.retrieval import search
from qa_app.types import Candidate, Exchange, Passage


class _FirstSentences:
    """A reader that finds the first sentence of every passage."""

    languages = frozenset({"en"})

    def read(self, question: str, passages: Sequence[Passage]) -> list[Candidate]:
        units = [
            (passage, next((u for u in passage.chunk.units if not u.is_metadata), passage.chunk.units[0]))
            for passage in passages
        ]
        return [Candidate(passage, unit.start, unit.end, None, 0.5) for passage, unit in units]


def test_further_passages_are_read_for_a_list_which_says_so(town: Assistant) -> None:
    reader = _FirstSentences()
    with town.index.snapshot() as snapshot:
        passages = search(snapshot, "boats", 1, town.config.retrieval)
        candidates = reader.read("boats", passages)
        found = list_reply("boats", candidates, passages, snapshot, reader, town.config)
        assert found and found.kind == "list" and len(found.passages) == snapshot.size()
        assert {citation.document for citation in found.citations} == {"harbour.txt", "whales.txt", "mill.md"}
        assert [n for section in found.sections for n in section.citations] == [c.n for c in found.citations]
        assert found.notice == f"{len(found.citations)} quotes found: all {len(found.passages)} passages were read."

        fewer = replace(town.config, answer=replace(town.config.answer, list_passages=2))
        some = list_reply("boats", candidates, passages, snapshot, reader, fewer)
        assert some and some.notice == "2 quotes found: 2 passages were read; more may exist."
        one = replace(town.config, answer=replace(town.config.answer, list_passages=1))
        assert list_reply("boats", candidates, passages, snapshot, reader, one) is None


def test_who_else_leaves_out_who_was_named(town: Assistant) -> None:
    before = answer(town, "Who is the harbour master?")
    assert before.short_answer and "Greta Holm" in before.short_answer
    talk = [Exchange(before.question, before.searched_for, before.text, before.short_answer)]
    assert "Greta Holm" not in (answer(town, "who else?", talk).short_answer or "")
