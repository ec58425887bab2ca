"""Articles tell how a thing was at their time; a question may ask for now, or for a year."""

from dataclasses import replace

import pytest

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.answering.timely import timely
from qa_app.assistant import Assistant, open_assistant
from qa_app.config import AnswerConfig
from qa_app.pipeline import answer
from qa_app.routing.periods import Period
from qa_app.routing.time_asked import TimeAsked
from qa_app.types import Candidate, Passage
from tests.documents_made import made_chunk
from tests.embeddings.helpers import write


def _candidate(text: str, words: str, date: str | None, score: float) -> Candidate:
    start = text.index(words)
    chunk = made_chunk(text, document=f"{date}.txt", date=date)
    return Candidate(
        Passage(chunk, dense=0.5, lexical=None, fused=0.5), 0, len(text), (start, start + len(words)), score
    )


OLD = _candidate("The toll at Varn is 4 crowns.", "4 crowns", "2019-03-01", 0.6)
NEW = _candidate("At Varn one pays 9 crowns.", "9 crowns", "2024-03-01", 0.3)
SIDES = [OLD, NEW]


def chosen(period: Period | None, sides: list[Candidate]) -> tuple[str | None, float, str | None]:
    found = timely(TimeAsked(period, "What is the toll at Varn?"), sides, AnswerConfig())
    return found.candidates[0].short_answer, found.candidates[0].score, found.as_of


def test_now_is_the_newest_article_with_the_confidence_of_the_best() -> None:
    assert chosen(None, SIDES) == ("9 crowns", 0.6, "2024-03-01")


@pytest.mark.parametrize(
    ("after", "before", "words"),
    [
        ("2019-01-01", "2019-12-31", "4 crowns"),
        ("2024-01-01", "2024-12-31", "9 crowns"),
        ("2021-01-01", "2021-12-31", "4 crowns"),  # as it was since the article before
        (None, "2018-12-31", "4 crowns"),  # nothing is so old: left as it is
    ],
)
def test_a_year_is_told_by_its_own_article_or_the_one_before(after: str | None, before: str, words: str) -> None:
    assert chosen(Period(after, before), SIDES)[0] == words


def test_a_sentence_that_states_the_year_tells_of_it_whenever_it_was_written() -> None:
    stated = _candidate("At Varn it was 5 crowns in 2021.", "5 crowns", "2025-01-01", 0.3)
    assert chosen(Period("2021-01-01", "2021-12-31"), [*SIDES, stated]) == ("5 crowns", 0.6, "2025-01-01")


def test_nothing_is_preferred_where_articles_agree_or_have_no_date() -> None:
    same = _candidate("At Varn the toll is 4 crowns.", "4 crowns", "2024-03-01", 0.3)
    undated = _candidate("At Varn one pays 9 crowns.", "9 crowns", None, 0.3)
    for sides in ([OLD, same], [OLD, undated], [OLD], []):
        assert timely(TimeAsked(None, "What is the toll at Varn?"), sides, AnswerConfig()) == (sides, None)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, encoder: SentenceEncoder) -> Assistant:
    place = tmp_path_factory.mktemp("timely")
    for day, text in {
        "2019-03-01": "The Varn tunnel has a new keeper. The toll for a car is 40 crowns. Per Lind keeps the tunnel.",
        "2024-05-15": "Work on the Varn tunnel has ended. The toll for a car is 65 crowns. It was opened on Monday.",
    }.items():
        write(place / "articles", f"{day}.txt", f"title: The Varn tunnel\ndate: {day}\n\n{text}\n")
    sync(place / "articles", place / "index", encoder)
    return open_assistant(place / "index", encoder=encoder)


@pytest.mark.parametrize(
    ("question", "words", "day"),
    [
        ("What is the toll for a car in the Varn tunnel now?", "65 crowns", "15 May 2024"),
        ("What was the toll for a car in the Varn tunnel in 2019?", "40 crowns", "1 March 2019"),
    ],
)
def test_an_answer_about_a_state_says_its_date(assistant: Assistant, question: str, words: str, day: str) -> None:
    found = answer(assistant, question)
    assert (found.kind, found.short_answer) == ("fact", words)
    assert found.text.endswith(f"[1]\n\nAs of {day}, the article's date.")
    assert {citation.date for citation in found.citations} == {found.citations[0].date}


def test_a_relative_date_is_resolved_beside_the_quote(assistant: Assistant) -> None:
    found = answer(assistant, "When was the Varn tunnel opened?")
    assert found.text == "It was opened on Monday. [1]\n\n“Monday” is 13 May 2024, as the article is of 15 May 2024."
    assert found.citations[0].quote == "It was opened on Monday."


def test_the_latest_news_is_the_newest_article(assistant: Assistant) -> None:
    for question in ("What is the latest news about the Varn tunnel?", "What's new with the Varn tunnel?"):
        found = answer(assistant, question)
        assert found.kind == "summary"
        assert {citation.document for citation in found.citations} == {"2024-05-15.txt"}
        assert found.text.endswith("As of 15 May 2024, the article's date.")


def test_what_happened_on_a_day_is_told_by_the_articles_after_it(assistant: Assistant) -> None:
    found = answer(assistant, "What happened on 13 May 2024?")
    assert [citation.quote for citation in found.citations] == ["It was opened on Monday."]


def test_a_year_in_the_title_is_the_time_of_an_article_without_a_date() -> None:
    sides = []
    for side, year in ((OLD, 2019), (NEW, 2024)):
        chunk = replace(side.passage.chunk, date=None, title=f"Tolls of {year}")
        sides.append(replace(side, passage=replace(side.passage, chunk=chunk)))
    assert chosen(None, sides) == ("9 crowns", 0.6, "2024")
    assert chosen(Period("2019-01-01", "2019-12-31"), sides)[0] == "4 crowns"
