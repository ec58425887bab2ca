"""Doubted are an article's own date for an event's, an average that is not stated, words for a number, and what did not happen."""

from dataclasses import replace

import pytest

from embeddings.documents.units import Part, Unit
from qa_app.answering.doubts import with_doubts
from qa_app.types import Candidate, Passage
from tests.documents_made import made_chunk


def score_of(question: str, text: str, metadata: bool = False) -> float:
    chunk = made_chunk(text)
    if metadata:
        label = Part("Published: ", None)
        chunk = replace(chunk, units=tuple(replace(unit, parts=(label, *unit.parts)) for unit in chunk.units))
    candidate = Candidate(
        Passage(chunk, dense=0.5, lexical=None, fused=0.5), chunk.units[0].start, len(text), None, 0.8
    )
    (found,) = with_doubts(question, [candidate])
    return found.score


@pytest.mark.parametrize(
    ("question", "score"),
    [
        ("When was the ferry line opened?", 0.4),
        ("When was the article on the ferry line published?", 0.8),
        ("Who wrote this report?", 0.8),
    ],
)
def test_the_articles_own_date(question: str, score: float) -> None:
    assert score_of(question, "4 May 2022", metadata=True) == score
    assert score_of(question, "It was opened on 4 May 2022.") == 0.8


@pytest.mark.parametrize(
    ("question", "text", "score"),
    [
        ("What is the average rent in Orr?", "A flat in the old mill costs 700 crowns.", 0.4),
        ("What is the average rent in Orr?", "Rents in Orr average 650 crowns.", 0.8),
        ("What is the average rent in Orr?", "The median rent in Orr is 640 crowns.", 0.8),
        ("What does an average-sized boat cost?", "A boat costs 900 crowns.", 0.4),
        ("What does a boat cost?", "A boat costs 900 crowns.", 0.8),
    ],
)
def test_an_average_that_is_not_stated(question: str, text: str, score: float) -> None:
    assert score_of(question, text) == score


@pytest.mark.parametrize(
    ("question", "text", "short", "score"),
    [
        ("How many pupils does the school have?", "The school is led by Ada Holm.", "Ada Holm", 0.4),
        ("How many pupils does the school have?", "The school has two dozen pupils.", "two dozen", 0.8),
        ("How long is the crossing?", "The crossing takes an hour.", "an hour", 0.8),
        ("How do pupils travel?", "Pupils travel by boat.", "by boat", 0.8),
    ],
)
def test_words_for_a_number(question: str, text: str, short: str, score: float) -> None:
    at = text.index(short)
    passage = Passage(made_chunk(text), dense=0.5, lexical=None, fused=0.5)
    (found,) = with_doubts(question, [Candidate(passage, 0, len(text), (at, at + len(short)), 0.8)])
    assert found.score == score


@pytest.mark.parametrize(
    ("question", "text", "score"),
    [
        ("When did the swimming pool open?", "The opening of the pool on 3 May was called off.", 0.4),
        ("When did the swimming pool open?", "The town had hoped to open the pool on 3 May.", 0.4),
        ("Where was the statue taken?", "No statue was taken to the harbour.", 0.4),
        ("When did the swimming pool open?", "The pool opened on 3 May, and nobody was late.", 0.8),
        ("When will the swimming pool open?", "The town plans to open the pool on 3 May.", 0.8),
        ("Who refused to open the swimming pool?", "Mayor Dahl refused to open the pool.", 0.8),
        ("Did the swimming pool open?", "The swimming pool did not open.", 0.8),
    ],
)
def test_what_did_not_happen(question: str, text: str, score: float) -> None:
    assert score_of(question, text) == score


@pytest.mark.parametrize(
    ("question", "text", "score"),
    [
        ("How many boats sank in 2021?", "In 2023 there sank 12 boats.", 0.4),
        ("How many boats sank in 2023?", "In 2023 there sank 12 boats.", 0.8),
        ("How many boats sank?", "In 2023 there sank 12 boats.", 0.8),
        ("How many boats sank in 2021?", "There sank 12 boats.", 0.8),  # which year it tells of is not said
        ("How many boats sank?", "We wrote that 12 boats sank. That is wrong.", 0.4),
        ("How many boats sank?", "The captain said that 12 boats sank. That was a surprise.", 0.8),
    ],
)
def test_another_year_and_what_the_next_sentence_takes_back(question: str, text: str, score: float) -> None:
    assert score_of(question, text) == score


@pytest.mark.parametrize(
    ("question", "text", "score"),
    [
        ("When was Ann Lee's sister born?", "Ann was born in Bergen in 1960.", 0.16),
        ("Where does the brother of Ann Lee live?", "Ann Lee lives in Bergen.", 0.16),
        ("When was Ann Lee's sister born?", "Ann Lee's sister came two years later.", 0.8),
        ("When was Ann Lee's sister born?", "Kari was born in 1962.", 0.8),
        ("Who is Ann Lee's husband?", "Ann Lee married Bo Dahl.", 0.8),
        ("What is the name of Ann Lee's son?", "Ann Lee has a boy, Ole.", 0.8),
        ("Where did Ann Lee's sister Kari study?", "Ann followed Kari to Oslo.", 0.8),
    ],
)
def test_what_is_said_of_a_person_is_not_said_of_a_relative(question: str, text: str, score: float) -> None:
    assert score_of(question, text) == pytest.approx(score)


def test_a_cell_denies_nothing_of_the_row() -> None:
    chunk = made_chunk("Lantern | 8 m | no")
    row = Unit(0, 18, (Part("Boat", (0, 4)), Part(": ", None), Part("Lantern | 8 m | no", (0, 18))), is_apart=True)
    passage = Passage(replace(chunk, units=(row,)), dense=0.5, lexical=None, fused=0.5)
    (found,) = with_doubts("How long is the Lantern?", [Candidate(passage, 0, 18, (10, 13), 0.8)])
    assert found.score == 0.8
