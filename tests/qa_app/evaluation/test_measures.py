import pytest

from qa_app.assistant import Assistant
from qa_app.evaluation.measures import calibration_error, contains, evaluate, table
from qa_app.question_files import Gold, Question

ARKADAG = "Arkadag_delegation_visits_Kazan.txt"


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("uses a Rainwater  collection\nsystem, which", "rainwater collection system", True),
        ("more than 50% reduction", "more than 50%", True),
        ("more than 150 of them", "50", False),
        ("The Saint's day", "saint", True),
        ("Paints", "paint", False),
        ("anything", " ", False),
    ],
)
def test_contains_goes_by_whole_words(text: str, words: str, found: bool) -> None:
    assert contains(text, words) is found


def test_figures_by_hand(assistant: Assistant) -> None:
    questions = [
        Question("1", "what rainwater system does Arkadag use?", answers=("rainwater collection system",),
                 evidence=(Gold(ARKADAG, quote="the city uses a rainwater collection system"),)),
        Question("2", "what rainwater system does Arkadag use?", answers=("a dam",), evidence=(Gold(ARKADAG, 0, 5),)),
        Question("3", "Who won the 2022 World Cup?", unanswerable=True),
    ]  # fmt: skip
    figures = {m.name: (m.value, m.count) for m in evaluate(assistant, questions)}
    assert figures["answer contains a gold answer"] == (0.5, 2)
    assert figures["a citation holds gold evidence"] == (0.5, 2)
    assert figures["the first citation holds it"] == (0.5, 2)
    assert figures["sentences in an answer"] == (1.0, 2)
    assert figures["gold evidence in the first 5"] == (0.5, 2)
    assert figures["answerable, abstained"] == (0.0, 2)
    assert figures["unanswerable, abstained"] == (1.0, 1)
    assert figures["quotes exact"] == (1.0, 2)


def test_what_the_file_does_not_say_is_left_out(assistant: Assistant) -> None:
    names = [m.name for m in evaluate(assistant, [Question("1", "Who is Orazov?")])]
    assert names == ["sentences in an answer", "answerable, abstained", "quotes exact", "median time of an answer"]


def test_the_table_names_every_figure_and_its_count(assistant: Assistant) -> None:
    text = table(evaluate(assistant, [Question("1", "Who won the 2022 World Cup?", unanswerable=True)]))
    assert "unanswerable, abstained" in text and "100.0%" in text and "of 1" in text


def test_no_questions_make_no_figures(assistant: Assistant) -> None:
    assert evaluate(assistant, []) == []
    assert table([]) == ""


def test_calibration_error_is_how_far_confidence_and_truth_lie_apart() -> None:
    assert calibration_error([0.25, 0.25, 0.25, 0.25], [True, False, False, False]) == 0
    assert calibration_error([0.95, 0.95, 0.15, 1.0], [True, True, True, True]) == pytest.approx((0.1 + 0.85) / 4)
    assert calibration_error([], []) == 0
