import pytest

from qa_app.rewriting.mentions import mentions
from qa_app.rewriting.references import references


@pytest.mark.parametrize(
    ("question", "words", "pronoun"),
    [
        ("Who founded it?", "it", "it"),
        ("When was his wife born?", "his", "he"),
        ("Who gave her the prize?", "her", "she"),
        ("When did Tokayev visit it?", "it", "it"),
        ("Who lives there?", "there", "there"),
        ("What was it called back then?", "it", "it"),
        ("Who signed that treaty?", "that treaty", "this"),
        ("Who was king in that year?", "in that year", "then"),
        ("Who said that?", "", "this"),
        ("Who else?", "", ""),
        ("How long did it take to build?", "", ""),
        ("Is it true?", "it", "it"),
        ("What happened when it was moved to Boston?", "it", "it"),
        ("Do people say it was sold to pay debts?", "it", "it"),
        ("Do people think it is able to fly?", "it", "it"),
        ("Is there proof that it was close to a river?", "it", "it"),
    ],
)
def test_words_that_refer_back(question: str, words: str, pronoun: str) -> None:
    first = references(question, mentions(question))[0]
    assert (question[first.start : first.end], first.pronoun) == (words, pronoun)


@pytest.mark.parametrize(
    "question",
    [
        "Is it true that Kazan is old?",
        "Are there other cities in Tatarstan?",
        "When did Tesla leave his job?",
        "Who announced she would leave Edinburgh?",
        "What proteins bind to microbes before they act?",
        "Is the law that governs trade old?",
        "Who was the former mayor of Kazan?",
        "Was there a time when it was a crime to teach evolution?",
        "Do doctors think it is very harmful to smoke?",
        "Did Darwin write that it was natural selection that mattered?",
    ],
)
def test_questions_that_refer_to_nothing_before(question: str) -> None:
    assert references(question, mentions(question)) == []


def test_a_noun_refers_back_if_it_was_mentioned() -> None:
    question = "When did the synod meet in Worms?"
    own = mentions(question)
    assert references(question, own) == []
    (found,) = references(question, own, ["synod"])
    assert (question[found.start : found.end], found.is_needed) == ("the synod", False)
