from qa_app.assistant import Assistant
from qa_app.pipeline import answer
from qa_app.serving.example_questions import example_questions


def test_examples_are_different_and_answered_by_the_corpus(assistant: Assistant) -> None:
    questions = example_questions(assistant, 4)
    assert len(set(questions)) == 4
    assert not any(answer(assistant, question).abstained for question in questions)


def test_no_more_examples_than_wanted(assistant: Assistant) -> None:
    assert len(example_questions(assistant, 1)) == 1
