from pathlib import Path

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.assistant import Assistant, open_assistant
from qa_app.pipeline import answer
from qa_app.serving.example_questions import example_questions


def test_examples_are_different_and_surely_enough_answered_by_the_corpus(assistant: Assistant) -> None:
    questions = example_questions(assistant, 4)
    assert 2 <= len(set(questions)) == len(questions) <= 4
    found = [answer(assistant, question) for question in questions]
    assert not any(each.abstained or each.doubtful for each in found)
    assert len(example_questions(assistant, 1)) == 1


def test_a_question_for_a_fact_comes_first(tmp_path: Path, encoder: SentenceEncoder) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "college.txt").write_text("A college\n\nHarvard College was founded in 1636.")
    sync(tmp_path / "articles", tmp_path / "index", encoder)
    (question,) = example_questions(open_assistant(tmp_path / "index", encoder=encoder), 1)
    assert question == "When was Harvard College founded?"
