import random

import pytest

from benchmarks.planting import (
    Example,
    Ground,
    answer_swapped,
    clause_dropped,
    denial,
    name_swapped,
    number_swapped,
    planted,
    right,
    statement,
)

_SENTENCE = "In 2015, Denver defeated Carolina, which had lost once (in Atlanta), by 24 points."
_PASSAGE = f"{_SENTENCE} The game was played in Santa Clara before 71,088 people."
_GROUND = Ground(
    question="Who defeated Carolina in 2015?",
    answer="Denver",
    sentence=_SENTENCE,
    passage=_PASSAGE,
    cited=2,
    other_answers=("Denver", "Santa Clara", "71,088", "24 points"),
    elsewhere="The city of Warsaw has 1,711,000 inhabitants, more than Lodz.",
    other_article=4,
)


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        ("Who wrote the anthem?", "Ann", "Ann wrote the anthem."),
        ("Which team won the game in 2015?", "Denver", "Denver won the game in 2015."),
        ("Who was the first mayor of Lund?", "Ann", "The first mayor of Lund was Ann."),
        ("When did Tesla move to New York?", "1884", "Tesla did move to New York in 1884."),
        ("How many people live there?", "40", "40 people live there."),
        ("Why did it rain?", "wind", None),
        ("Who was the treaty signed by?", "Ann", None),
    ],
)
def test_a_question_and_its_answer_become_a_statement(question: str, answer: str, said: str | None) -> None:
    assert statement(question, answer) == said


def test_a_dropped_clause_is_never_the_one_with_the_answer() -> None:
    assert clause_dropped(_SENTENCE, "Denver") == _SENTENCE.replace(" (in Atlanta)", "")
    assert clause_dropped("Ann, the mayor, came.", "Ann") == "Ann, the mayor."
    assert clause_dropped("Ann, who came.", "Ann, who came") is None
    assert clause_dropped("Ann came.", "Ann") is None


def test_a_planted_error_is_new_and_leaves_the_rest_unchanged() -> None:
    dice = random.Random(1)
    swapped = name_swapped(_SENTENCE, _PASSAGE, dice)
    assert swapped is not None and "Santa Clara" in swapped
    assert name_swapped(_SENTENCE, _SENTENCE, dice) is None
    number = number_swapped(_SENTENCE, _PASSAGE, dice)
    assert number is not None and "71,088" in number
    assert answer_swapped(_SENTENCE, _GROUND, dice) == _SENTENCE.replace("Denver", "Santa Clara")
    assert denial("It was red and was big.") == "It was not red and was big." and denial("It fell.") is None


def test_each_kind_of_error_is_planted_once_and_differs_from_the_correct_sentence() -> None:
    examples = list(right(_GROUND))
    assert [(one.made, one.planted, one.cited) for one in examples] == [
        ("verbatim", None, 2),
        ("clause dropped", None, 2),
        ("question and answer", None, 2),
    ]
    wrong = list(planted(examples[0], _GROUND, random.Random(1)))
    kinds = [one.planted for one in wrong]
    assert len(set(kinds)) == len(kinds) == 7 and all((one.text, one.cited) != (_SENTENCE, 2) for one in wrong)
    assert wrong[-1] == Example("verbatim", "citation of another article", _SENTENCE, 4)
