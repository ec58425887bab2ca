import pytest

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.assistant import Assistant, open_assistant
from qa_app.config import SURE
from qa_app.pipeline import answer
from qa_app.suggestions import example_questions, follow_ups
from qa_app.types import Answer, Exchange

_COLLEGE = (
    "A college\n\nHarvard College was founded in 1636. It grew slowly.\n\nThe Widener Library was designed by Horace Trumbauer. "
    "Harvard College has twelve residential houses.\n\nThe chair was given to Henry Ware in 1805."
)


@pytest.fixture(scope="module")
def college(tmp_path_factory: pytest.TempPathFactory, encoder: SentenceEncoder) -> Assistant:
    place = tmp_path_factory.mktemp("college")
    (place / "articles").mkdir()
    (place / "articles" / "college.txt").write_text(_COLLEGE)
    sync(place / "articles", place / "index", encoder)
    return open_assistant(place / "index", encoder=encoder)


def _asked(assistant: Assistant, *questions: str) -> tuple[Answer, tuple[Exchange, ...]]:
    exchanges: list[Exchange] = []
    for question in questions:
        found = answer(assistant, question, exchanges)
        titles = tuple(citation.title for citation in found.citations)
        exchanges.append(Exchange(question, found.searched_for, found.text, found.short_answer, titles))
    return found, tuple(exchanges)


def test_examples_are_different_and_each_is_surely_answered(assistant: Assistant) -> None:
    questions = example_questions(assistant, 4)
    assert 2 <= len(set(questions)) == len(questions) <= 4
    found = [answer(assistant, question) for question in questions]
    assert all(each.kind == "fact" and each.confidence >= SURE for each in found)
    assert len(example_questions(assistant, 1)) == 1


def test_a_question_that_names_nothing_is_no_example(college: Assistant) -> None:
    questions = example_questions(college, 9)
    assert "When was Harvard College founded?" in questions
    assert not any("the chair" in question for question in questions)


def test_follow_ups_come_from_the_cited_article_and_repeat_nothing(college: Assistant) -> None:
    found, earlier = _asked(college, "When was Harvard College founded?")
    first = follow_ups(college, found, earlier, 3)
    assert "How many residential houses does Harvard College have?" in first
    assert not any("founded" in question for question in first)

    found, earlier = _asked(
        college, "When was Harvard College founded?", "How many residential houses does Harvard College have?"
    )
    second = follow_ups(college, found, earlier, 3)
    assert second and not {
        "When was Harvard College founded?",
        "How many residential houses does Harvard College have?",
    } & set(second)


def test_every_follow_up_is_answered_after_the_conversation_so_far(college: Assistant) -> None:
    found, earlier = _asked(college, "Who designed the Widener Library?")
    questions = follow_ups(college, found, earlier, 3)
    assert questions
    assert not any(answer(college, question, earlier).abstained for question in questions)


def test_the_work_can_be_given_up_before_each_question(college: Assistant) -> None:
    class Enough(Exception):
        pass

    def rest() -> None:
        raise Enough

    with pytest.raises(Enough):
        example_questions(college, 1, rest)
    found, earlier = _asked(college, "When was Harvard College founded?")
    with pytest.raises(Enough):
        follow_ups(college, found, earlier, 1, rest)
