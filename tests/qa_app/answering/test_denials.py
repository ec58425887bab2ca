"""A sentence that denies what a question takes for granted is the answer to it."""

from pathlib import Path

import pytest

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.answering.denials import DENIED, denial
from qa_app.assistant import Assistant, open_assistant
from qa_app.pipeline import answer
from qa_app.types import Candidate, Passage
from tests.documents_made import made_chunk
from tests.embeddings.helpers import write

BAKERY = """The Holm bakery was to move to the market square in 2019, and the mason Ida Ruud had drawn an oven for it. The
owners could not agree on the rent, so the bakery did not move. A second shop was opened at the station on 2 May 2020.
"""


def candidate(sentence: str, title: str = "News") -> Candidate:
    chunk = made_chunk(sentence, title=title)
    return Candidate(Passage(chunk, dense=0.5, lexical=None, fused=0.5), 0, len(sentence), None, 0.3)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("When did the harbour school close?", "The harbour school did not close after all."),
        ("Who painted the north tower?", "The north tower was never painted."),
        ("Why has Ruth Adler left the council?", "Ruth Adler hasn't left the council, she said."),
        ("Was the old mill demolished?", "In the end the old mill was not demolished."),
        ("When will the fair be held in Orr?", "The fair in Orr will not be held."),
    ],
)
def test_a_denial_of_what_is_asked(question: str, sentence: str) -> None:
    other = candidate("The mayor of Orr spoke on Monday.")
    found = denial(question, [other, candidate(sentence)])
    assert found is not None and found.sentence == sentence


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("When did the harbour school close?", "The harbour school did not close until 1990."),
        ("When did the harbour school close?", "The harbour school closed in 1990 and did not open again."),
        ("When did the harbour school close?", "The music school of Wick did not close."),
        ("Who decides when the harbour school cannot close?", "The harbour school cannot close, the mayor decides."),
        ("What happens if the council agrees on a date?", "If the council cannot agree on a date, the mayor decides."),
        ("Where was the headset sold?", "The headset was not sold outside Japan."),
    ],
)
def test_what_denies_nothing_that_is_asked(question: str, sentence: str) -> None:
    assert denial(question, [candidate(sentence)]) is None


@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_a_question_that_is_negative_itself_takes_the_denial_for_granted(apostrophe: str) -> None:
    question = f"Why didn{apostrophe}t the harbour school close?"
    assert denial(question, [candidate("The harbour school did not close after all.")]) is None


def test_the_title_may_say_what_the_sentence_is_about() -> None:
    sentence = candidate("It was not sold.", title="The Lindqvist farm")
    assert denial("Who was the Lindqvist farm sold to?", [sentence]) is not None
    assert denial("Who was the Lindqvist farm sold to?", [candidate("It was not sold.")]) is None


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, encoder: SentenceEncoder) -> Assistant:
    place: Path = tmp_path_factory.mktemp("denials")
    write(place / "files", "bakery.txt", BAKERY)
    sync(place / "files", place / "index", encoder)
    return open_assistant(place / "index", encoder=encoder)


def test_the_answer_is_the_denial_and_says_so(assistant: Assistant) -> None:
    found = answer(assistant, "When did the Holm bakery move to the market square?")
    assert "the bakery did not move" in found.citations[0].quote and found.short_answer is None
    assert found.notice == DENIED and not found.abstained


def test_a_question_without_a_false_premise_is_answered_as_ever(assistant: Assistant) -> None:
    found = answer(assistant, "When was the second shop of the bakery opened?")
    assert (found.short_answer, found.notice) == ("2 May 2020", None)
