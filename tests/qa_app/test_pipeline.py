import threading
from dataclasses import replace
from pathlib import Path

import pytest

from embeddings.catalogue import CatalogueEntry, Wanted
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.scope import Scope
from embeddings.sync import create_index, reembed
from qa_app.answering.fact import reranked
from qa_app.assistant import Assistant, open_assistant
from qa_app.config import AnswerConfig, AssistantConfig
from qa_app.pipeline import AnswerFailed, answer, answer_events
from qa_app.types import Answer, Candidate, Done, Evidence, Exchange, Failed, Searching, Token, UnfinishedSync
from tests.qa_app.values_made import passage

QUESTION = "what rainwater system does Arkadag use?"


def test_the_first_question_is_answered_with_its_exact_words(assistant: Assistant, seeds: Path) -> None:
    found = answer(assistant, QUESTION)
    assert "rainwater collection system" in found.text and found.text.endswith("[1]")
    first = found.citations[0]
    assert not found.abstained and found.short_answer == "a rainwater collection system"
    assert first.short_in_quote and first.quote[slice(*first.short_in_quote)] == found.short_answer
    assert (first.n, first.document, first.date) == (1, "Arkadag_delegation_visits_Kazan.txt", "2024-05-17")
    assert (seeds / first.document).read_text(encoding="utf-8")[first.start : first.end] == first.quote
    assert found.timings_ms["total"] >= sum(v for k, v in found.timings_ms.items() if k != "total") * 0.99


def test_events_come_in_order_and_tokens_make_the_answer(assistant: Assistant) -> None:
    events = list(answer_events(assistant, QUESTION))
    assert [type(event) for event in events[:2]] == [Searching, Evidence]
    *_, done = events
    assert isinstance(done, Done)
    assert "".join(event.text for event in events if isinstance(event, Token)) == done.answer.text


def test_an_unrelated_question_is_an_abstention_with_the_passages_read(assistant: Assistant) -> None:
    found = answer(assistant, "Who won the 2022 World Cup?")
    assert (found.text, found.abstained, found.citations) == ("The articles don't say.", True, ())
    assert len(found.passages) == assistant.config.retrieval.passages and found.confidence < found.threshold


def test_while_articles_are_still_being_read_none_is_said_to_be_silent(
    assistant: Assistant, encoder: SentenceEncoder, tmp_path: Path
) -> None:
    unfinished = UnfinishedSync(3, 10)
    with pytest.raises(AnswerFailed, match=r"still being read \(3 of 10 files\).*Ask again when all are in"):
        answer(assistant, "Who won the 2022 World Cup?", unfinished=unfinished)
    assert answer(assistant, QUESTION, unfinished=unfinished).short_answer == "a rainwater collection system"
    create_index(tmp_path, tmp_path / "index", encoder)
    with pytest.raises(AnswerFailed, match="The articles are still being read; those"):
        answer(open_assistant(tmp_path / "index", encoder=encoder), QUESTION, unfinished=UnfinishedSync(0, None))


def test_a_question_about_both_articles_is_answered_from_both(assistant: Assistant) -> None:
    found = answer(assistant, "What do we know about the plans for Arkadag and the plans for Fizuli?")
    assert len({citation.document for citation in found.citations}) == 2


def test_a_question_for_several_facts_gets_several_numbered_sentences(assistant: Assistant) -> None:
    found = answer(assistant, "what do we know about the Children's Art Centre?")
    assert [citation.n for citation in found.citations] == list(range(1, len(found.citations) + 1))
    assert len(found.citations) > 1
    assert all(f"{citation.quote} [{citation.n}]" in found.text for citation in found.citations)


def test_a_question_for_reasons_has_no_short_answer(assistant: Assistant) -> None:
    found = answer(assistant, "why did the presidents visit Fizuli?")
    assert found.short_answer is None and all(citation.short is None for citation in found.citations)


def test_passages_are_sorted_by_their_best_candidate(assistant: Assistant) -> None:
    found = answer(assistant, QUESTION)
    scores = [passage.reader or 0.0 for passage in found.passages]
    assert scores == sorted(scores, reverse=True) and scores[0] == found.confidence
    first = found.citations[0]
    assert (first.passage_start, first.passage_end) == (found.passages[0].chunk.start, found.passages[0].chunk.end)


def test_a_passage_whose_only_sentence_is_read_better_elsewhere_is_last() -> None:
    first, second = passage("One. Two.", chunk_id=1), passage("Two.", start=5, chunk_id=2)
    ranked = reranked([second, first], [Candidate(first, 5, 9, None, 0.7)])
    assert [(p.chunk.chunk_id, p.reader) for p in ranked] == [(1, 0.7), (2, 0.0)]


def test_a_blank_question_fails_with_the_next_step(assistant: Assistant) -> None:
    with pytest.raises(AnswerFailed, match="empty"):
        answer(assistant, "  \n ")


def test_an_empty_corpus_is_a_failure_not_an_answer(tmp_path: Path, encoder: SentenceEncoder) -> None:
    (tmp_path / "articles").mkdir()
    create_index(tmp_path / "articles", tmp_path / "index", encoder)
    (event,) = answer_events(open_assistant(tmp_path / "index", encoder=encoder), QUESTION)
    assert isinstance(event, Failed) and "no articles" in event.what


def test_a_lost_index_is_a_failure_not_an_answer(tmp_path: Path, seeds: Path, encoder: SentenceEncoder) -> None:
    reembed(seeds, tmp_path / "index", encoder)
    assistant = open_assistant(tmp_path / "index", encoder=encoder)
    (tmp_path / "index" / "current.json").unlink()
    (event,) = answer_events(assistant, QUESTION)
    assert isinstance(event, Failed) and "python -m embeddings sync" in event.next_step


def test_the_threshold_decides(assistant: Assistant) -> None:
    strict = replace(assistant, config=AssistantConfig(answer=AnswerConfig(threshold=1.0)))
    assert answer(strict, QUESTION).abstained


def test_an_unsure_answer_is_doubtful_an_abstention_is_not(assistant: Assistant) -> None:
    def asked(threshold: float, doubtful: float) -> Answer:
        config = AssistantConfig(answer=AnswerConfig(threshold=threshold, doubtful=doubtful))
        return answer(replace(assistant, config=config), QUESTION)

    assert asked(0.0, 1.0).doubtful
    assert not asked(0.0, 0.0).doubtful
    assert not asked(1.0, 1.0).doubtful


def test_many_threads_get_the_same_answer(assistant: Assistant) -> None:
    texts: list[str] = []
    threads = [threading.Thread(target=lambda: texts.append(answer(assistant, QUESTION).text)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts) == 6 and len(set(texts)) == 1


def test_a_change_of_the_corpus_does_not_affect_a_running_answer(tmp_path: Path, encoder: SentenceEncoder) -> None:
    folder, index = tmp_path / "articles", tmp_path / "index"
    folder.mkdir()
    (folder / "a.txt").write_text("The tower in Lund is 90 metres high. It was built in 1911.")
    reembed(folder, index, encoder)
    events = answer_events(open_assistant(index, encoder=encoder), "How high is the tower in Lund?")
    next(events)
    (folder / "a.txt").write_text("Nothing is known of any building here. Come again another day.")
    reembed(folder, index, encoder)
    *_, done = events
    assert isinstance(done, Done) and "90 metres" in done.answer.text


def test_a_question_is_answered_from_the_documents_within_its_scope_alone(assistant: Assistant) -> None:
    everywhere = answer(assistant, QUESTION)
    (document,) = {citation.document for citation in everywhere.citations}
    (other,) = {path for path in _paths(assistant) if path != document}
    inside = answer(assistant, QUESTION, scope=Scope(within=(document,)))
    assert inside.short_answer == everywhere.short_answer
    assert inside.searched_documents == 1
    outside = answer(assistant, QUESTION, scope=Scope(within=(other,)))
    assert {passage.chunk.document for passage in outside.passages} == {other}
    assert document not in {citation.document for citation in outside.citations}
    with pytest.raises(AnswerFailed, match="within the limits"):
        answer(assistant, QUESTION, scope=Scope(before="1900-01-01"))


def _paths(assistant: Assistant) -> list[str]:
    with assistant.index.snapshot() as snapshot:
        return [each.path for each in snapshot.addresses()]


def test_a_limited_question_refers_to_nothing_outside_its_limits(assistant: Assistant) -> None:
    question = "what rainwater system does Arkadag use?"
    first = answer(assistant, question)
    titles = tuple(citation.title for citation in first.citations)
    earlier = [Exchange(question, question, first.text, first.short_answer, titles)]
    other = next(entry.path for entry in _catalogue(assistant) if entry.title not in titles)
    follow_up = "Who visited it?"
    assert answer(assistant, follow_up, earlier).searched_for != follow_up
    assert answer(assistant, follow_up, earlier, scope=Scope(within=(other,))).searched_for == follow_up
    cited = Scope(within=(first.citations[0].document,))
    assert answer(assistant, follow_up, earlier, scope=cited).searched_for != follow_up


def _catalogue(assistant: Assistant) -> list[CatalogueEntry]:
    with assistant.index.snapshot() as snapshot:
        return snapshot.catalogue(Wanted())
