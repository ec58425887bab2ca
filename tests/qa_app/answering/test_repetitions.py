from qa_app.answering.repetitions import without_repetitions
from qa_app.types import Candidate, Passage
from tests.documents_made import made_chunk


def _candidate(text: str, words: str) -> Candidate:
    passage = Passage(made_chunk(text), dense=0.5, lexical=None, fused=0.5)
    start = text.index(words)
    return Candidate(passage, 0, len(text), (start, start + len(words)), 0.5)


ANN = _candidate("Ann Lee has led the choir since May.", "Ann Lee")
MAY = _candidate("Ann Lee has led the choir since May.", "May")


def test_a_name_of_the_question_is_no_answer_to_it() -> None:
    assert without_repetitions("Who led the choir before Ann Lee?", [ANN, MAY], "") == [MAY]


def test_it_may_be_where_the_question_offers_a_choice_or_asks_who_that_is() -> None:
    for question in ("Is the choir led by Ann Lee or Bo Dahl?", "Who is Ann Lee?", "Did Ann Lee lead the choir?"):
        assert without_repetitions(question, [ANN], "") == [ANN]


def test_what_the_last_answer_said_is_not_said_again() -> None:
    assert without_repetitions("Who else led the choir?", [ANN, MAY], "It was Ann Lee. [1]") == [MAY]
