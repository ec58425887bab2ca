from dataclasses import replace

import pytest

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.assistant import Assistant, open_assistant
from qa_app.evaluation.metrics.judging import NotPlaced, given, judge, places_of, right, without_abstention
from qa_app.evaluation.question_files import Gold, Question
from qa_app.evaluation.results import Outcome, Place
from qa_app.types import Turn
from tests.qa_app.evaluation.outcomes import plain, told, unanswerable

TEXT = "The Lund tower is 41 metres high. It is the oldest tower.\n\nThe bridge is red. It is the oldest bridge."
ASKED = "How high is the Lund tower?"
TOWER, LENGTH = TEXT.index("41"), len(TEXT)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, encoder: SentenceEncoder) -> Assistant:
    place = tmp_path_factory.mktemp("town")
    (place / "articles").mkdir()
    (place / "articles" / "town.txt").write_text(TEXT)
    (place / "articles" / "other.txt").write_text("Cats sleep. Dogs bark at 41 cats.")
    sync(place / "articles", place / "index", encoder)
    return without_abstention(open_assistant(place / "index", encoder=encoder))


def judged(assistant: Assistant, question: Question) -> Outcome:
    with assistant.index.snapshot() as snapshot:
        gold = [place for piece in question.evidence for place in places_of(piece, snapshot)]
        return judge(question, gold, assistant, snapshot)


def test_an_answer_with_its_gold_words_and_evidence(town: Assistant) -> None:
    gold = Gold("town.txt", TOWER, TOWER + 9)
    outcome = judged(town, Question(7, ASKED, answers=("41 metres", "41"), evidence=(gold,)))
    assert (outcome.id, outcome.question, outcome.gold) == ("7", ASKED, (Place("town.txt", TOWER, TOWER + 9),))
    assert outcome.contains and outcome.cited and outcome.first_cited
    assert outcome.gold_rank == 1
    assert outcome.f1 and outcome.f1 > 0.5
    assert all(TEXT[c.place.start : c.place.end] == c.quote and c.exact for c in outcome.citations)
    assert 0 < outcome.confidence <= 1 and outcome.latency_ms > 0
    assert right(outcome) is True


def test_a_question_with_a_history_is_judged_as_a_follow_up(town: Assistant) -> None:
    history = (Turn("user", "When was the tower in Lund built?"), Turn("assistant", "It was built in 1911. [1]"))
    asked = Question(1, "And how high is it?", history, ("41 metres",), (Gold("town.txt", TOWER, TOWER + 9),))
    outcome = judged(town, asked)
    assert outcome.question == "And how high is it?"
    assert outcome.contains and outcome.gold_rank == 1
    assert outcome.confidence > judged(town, replace(asked, history=())).confidence


def test_wrong_gold_makes_a_wrong_answer(town: Assistant) -> None:
    outcome = judged(
        town, Question(1, ASKED, answers=("99 miles",), evidence=(Gold("other.txt", quote="Cats sleep."),))
    )
    assert (outcome.exact_match, outcome.f1, outcome.contains, outcome.cited) == (0, 0, False, False)
    assert outcome.gold_rank == 2
    assert right(outcome) is False


def test_what_the_line_leaves_out_is_not_judged(town: Assistant) -> None:
    outcome = judged(town, Question(1, ASKED))
    assert (outcome.exact_match, outcome.f1, outcome.contains) == (None,) * 3
    assert (outcome.cited, outcome.first_cited, outcome.gold_rank) == (None,) * 3
    assert right(outcome) is None


def test_the_number_of_a_citation_is_not_an_answer(town: Assistant) -> None:
    outcome = judged(town, Question(1, ASKED, answers=("1",)))
    assert "[1]" in outcome.answer
    assert outcome.contains is False


def test_an_unanswerable_question_is_wrong_whatever_is_cited(town: Assistant) -> None:
    outcome = judged(town, Question(1, ASKED, evidence=(Gold("town.txt"),), unanswerable=True))
    assert outcome.citations and outcome.gold_rank is None
    assert right(outcome) is False


def test_every_passage_is_ranked_once_even_those_that_are_not_read(assistant: Assistant) -> None:
    few = replace(assistant.config, retrieval=replace(assistant.config.retrieval, passages=2))
    outcome = judged(without_abstention(replace(assistant, config=few)), Question(1, "Who leads the delegation?"))
    assert len(outcome.passages) == len(set(outcome.passages)) == 10


def test_evidence_by_quote_is_every_occurrence_and_by_document_the_whole(town: Assistant) -> None:
    with town.index.snapshot() as snapshot:
        both = places_of(Gold("town.txt", quote="It is the oldest"), snapshot)
        assert [TEXT[place.start : place.end] for place in both] == ["It is the oldest"] * 2
        assert places_of(Gold("town.txt"), snapshot) == (Place("town.txt", 0, LENGTH),)
        assert places_of(Gold("town.txt", LENGTH - 7, LENGTH, "bridge."), snapshot) == (
            Place("town.txt", LENGTH - 7, LENGTH),
        )


@pytest.mark.parametrize(
    ("gold", "words"),
    [
        (Gold("none.txt"), "no article none.txt"),
        (Gold("town.txt", quote="The bridge is blue"), "does not contain the quote"),
        (Gold("town.txt", 5, LENGTH + 1), f"which has {LENGTH} characters"),
        (Gold("town.txt", 0, 5, "Bridge"), r"is not at \[0, 5\)"),
    ],
)
def test_evidence_that_is_not_in_the_corpus_is_refused_with_the_reason(town: Assistant, gold: Gold, words: str) -> None:
    with town.index.snapshot() as snapshot, pytest.raises(NotPlaced, match=words):
        places_of(gold, snapshot)


def test_right_goes_by_words_then_by_evidence() -> None:
    assert right(told(1, 0.5, exact=False, contains=True)) is True
    assert right(replace(told(1, 0.5, exact=True), contains=False)) is False
    assert right(replace(told(1, 0.5, exact=True), answers=(), contains=None, cited=True)) is True
    assert right(unanswerable(1, 0.0)) is False
    assert right(plain(1, 0.9)) is None


def test_an_answer_is_given_at_the_threshold_but_never_without_a_citation() -> None:
    assert given(plain(1, 0.5), 0.5)
    assert not given(plain(1, 0.4999), 0.5)
    assert not given(plain(1, 0.9, sentences=0), 0.0)
