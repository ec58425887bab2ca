from collections.abc import Sequence

import pytest

from qa_app.assistant import Assistant
from qa_app.pipeline import answer
from qa_app.types import Answer, Exchange

PIER = Exchange("How long is the new pier?", "How long is the new pier?", "The new pier is 140 metres long. [1]")


def _said(town: Assistant, message: str, earlier: Sequence[Exchange] = ()) -> Answer:
    found = answer(town, message, earlier)
    assert found.kind == "chat" and not found.abstained and "don't say" not in found.text
    return found


@pytest.mark.parametrize(
    "message", ["good afternoon", "Hiya!", "cheers, that was useful", "see you tomorrow", "👌", "are you human?"]
)
def test_small_talk_gets_words_of_the_program_and_no_quotes(town: Assistant, message: str) -> None:
    assert not _said(town, message).citations
    assert not _said(town, message, [PIER]).citations


def test_help_names_what_can_be_asked(town: Assistant) -> None:
    assert "3 articles" in _said(town, "what are you able to do?").text


@pytest.mark.parametrize(
    "message", ["Compose a song about the pier", "please draw me the harbour", "do you speak Icelandic?", "hahaha"]
)
def test_what_it_cannot_do_is_told_with_what_to_ask(town: Assistant, message: str) -> None:
    found = _said(town, message)
    assert not found.citations and "3 articles" in found.text


def test_asked_for_a_language_it_names_those_that_its_reader_knows(town: Assistant) -> None:
    assert "questions in English, and" in _said(town, "do you speak Icelandic?").text


def test_an_abstention_says_what_to_ask_where_the_articles_could_not_be_meant(town: Assistant) -> None:
    found = answer(town, "wake me at seven tomorrow")
    assert found.kind == "abstention" and "can only find, quote and summarize" in (found.notice or "")
    assert "can only find" not in (answer(town, "Who painted the lighthouse of Narvik?").notice or "")


def test_doubt_is_answered_with_the_evidence(town: Assistant) -> None:
    found = _said(town, "are you really certain?", [PIER])
    assert "confidence of" in found.text and "140 metres" in (found.short_answer or "")
    assert [citation.quote for citation in found.citations] == ["The new pier is 140 metres long."]
    assert found.text.endswith("The new pier is 140 metres long. [1]")


def test_where_it_was_found(town: Assistant) -> None:
    assert (
        "“The harbour of Lund reopens” (2024-05-02, harbour.txt)"
        in _said(town, "where did you read that?", [PIER]).text
    )


def test_shorter_and_more(town: Assistant) -> None:
    assert _said(town, "shorter please", [PIER]).text in ("140 metres [1]", "140 metres long [1]")
    more = _said(town, "tell me more", [PIER])
    assert {citation.document for citation in more.citations} == {"harbour.txt"} and len(more.citations) > 1
    assert "The new pier is 140 metres long." not in [citation.quote for citation in more.citations]


def test_it_is_the_last_answer_from_the_articles_that_is_meant(town: Assistant) -> None:
    talk = [PIER, Exchange("thanks", "thanks", "You're welcome.")]
    assert _said(town, "where did you find that?", talk).citations[0].document == "harbour.txt"


def test_without_an_answer_before_it(town: Assistant) -> None:
    assert "no answer yet" in _said(town, "are you sure?").text


def test_a_greeting_before_a_question_is_left_aside(town: Assistant) -> None:
    found = answer(town, "Good morning, how long is the new pier?")
    assert found.kind == "fact" and "140 metres" in (found.short_answer or "")
