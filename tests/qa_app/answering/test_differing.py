from dataclasses import replace
from pathlib import Path

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.answering.differing import difference, differing
from qa_app.assistant import open_assistant
from qa_app.config import AnswerConfig
from qa_app.pipeline import answer
from qa_app.types import Candidate, Passage
from tests.documents_made import made_chunk

QUESTION = "How many boats sank in the bay?"


def _candidate(text: str, words: str, document: str, date: str | None = None, score: float = 0.5) -> Candidate:
    start = text.index(words)
    passage = Passage(made_chunk(text, document=document, date=date), dense=0.5, lexical=None, fused=0.5)
    return Candidate(passage, 0, len(text), (start, start + len(words)), score)


def test_articles_that_say_different_numbers_differ_newest_first() -> None:
    old = _candidate("In the bay 3 boats sank.", "3", "old.txt", "2024-01-02", 0.5)
    new = _candidate("In the bay 7 boats sank.", "7", "new.txt", "2025-01-02", 0.3)
    undated = _candidate("In the bay 5 boats sank.", "5", "undated.txt", None, 0.4)
    assert differing(QUESTION, [old, undated, new], AnswerConfig()) == [new, old, undated]


def test_a_year_in_the_title_is_the_time_of_an_article_without_a_date() -> None:
    old, new = (
        replace(side, passage=replace(side.passage, chunk=replace(side.passage.chunk, title=f"Report for {year}")))
        for side, year in (
            (_candidate("In the bay 3 boats sank.", "3", "a.txt"), 2022),
            (_candidate("In the bay 7 boats sank.", "7", "b.txt", None, 0.4), 2023),
        )
    )
    assert differing(QUESTION, [old, new], AnswerConfig()) == [new, old]
    assert difference([new, old]) == "The articles differ; the newest comes first."


def test_an_order_is_claimed_only_where_all_have_a_time() -> None:
    dated, other = (_candidate("In the bay 3 boats sank.", "3", "a.txt", date) for date in ("2024-01-02", None))
    assert difference([dated, other]) == difference([other, other]) == "The articles differ."


def test_files_of_one_path_in_two_folders_are_two_articles() -> None:
    one, other = (_candidate(f"In the bay {n} boats sank.", n, "a.txt") for n in ("3", "7"))
    chunk = replace(other.passage.chunk, folder="notes")
    other = replace(other, passage=replace(other.passage, chunk=chunk))
    assert differing(QUESTION, [one, other], AnswerConfig()) == [one, other]


def test_what_does_not_differ() -> None:
    best = _candidate("In the bay 3 boats sank.", "3", "a.txt")
    for other in (
        _candidate("All 3 boats sank in the bay.", "3", "b.txt"),  # the same
        _candidate("In the bay 3 boats or 4 sank.", "3 boats or 4", "b.txt"),  # more of the same
        _candidate("In the bay many boats sank.", "many", "b.txt"),  # no number
        _candidate("In the lake 7 boats sank.", "7", "b.txt"),  # of something else
        _candidate("In the bay 7 boats sank.", "7", "b.txt", score=0.05),  # unlikely
        _candidate("In the bay 7 boats sank.", "7", "a.txt"),  # of the same article
    ):
        assert differing(QUESTION, [best, other], AnswerConfig()) == []
    unsure = [
        _candidate("In the bay 3 boats sank.", "3", "a.txt", score=0.2),
        _candidate("In the bay 7 boats sank.", "7", "b.txt", score=0.2),
    ]
    assert differing(QUESTION, unsure, AnswerConfig()) == []
    assert (
        differing(
            "Why did boats sink in the bay?",
            [best, _candidate("In the bay 7 boats sank.", "7", "b.txt")],
            AnswerConfig(),
        )
        == []
    )


def test_both_sides_are_shown_with_their_dates(tmp_path: Path, encoder: SentenceEncoder) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for year, limit in ((2019, 80), (2024, 60)):
        text = f"title: Speed limit on the Lund bridge\ndate: {year}-03-01\n\nThe speed limit on the Lund bridge is {limit} kilometres an hour.\n"
        (files / f"{year}.txt").write_text(text, encoding="utf-8")
    sync(files, tmp_path / "index", encoder)
    found = answer(open_assistant(tmp_path / "index", encoder=encoder), "What is the speed limit on the Lund bridge?")
    assert found.kind == "differs" and found.short_answer and found.short_answer.startswith("60")
    assert [section.heading[-10:] for section in found.sections] == ["2024-03-01", "2019-03-01"]
    assert found.notice == "The articles differ; the newest comes first."
