"""Suggestions found in the background, over the seeds."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.assistant import open_assistant
from qa_app.pipeline import answer
from qa_app.records.conversations import Conversations
from qa_app.records.receipts import receipt
from qa_app.serving.corpus_service import Corpus
from qa_app.serving.service import Service
from qa_app.serving.suggested import Suggestions

ROOT = Path(__file__).resolve().parents[3]
_WAIT_S = 120


@pytest.fixture
def service(tmp_path: Path, encoder: SentenceEncoder) -> Iterator[Service]:
    folder, index = tmp_path / "articles", tmp_path / "index"
    folder.mkdir()
    (folder / "college.txt").write_text(
        "A college\n\nHarvard College was founded in 1636. Harvard College has twelve residential houses."
    )
    sync(folder, index, encoder)
    conversations = Conversations(None)
    yield Service(open_assistant(index, encoder=encoder), Corpus(folder, index, encoder), conversations)
    conversations.close()


@pytest.fixture
def suggestions() -> Iterator[Suggestions]:
    made = Suggestions()
    yield made
    made.close()


def _examples(suggestions: Suggestions, unlike: Sequence[str] | None = None) -> tuple[str, ...]:
    deadline = time.monotonic() + _WAIT_S
    while (found := suggestions.examples()) == unlike or found is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def _answered(service: Service, question: str) -> str:
    view = service.conversations.turns.ask(None, 0, question)
    with service.assistant.index.snapshot() as snapshot:
        made = receipt(answer(service.assistant, question), service.assistant, snapshot)
    service.conversations.turns.answered(view.last_turn, made)
    return view.last_turn


def test_examples_are_kept_with_the_index_until_the_articles_change(
    service: Service, suggestions: Suggestions, encoder: SentenceEncoder
) -> None:
    assert suggestions.examples() is None
    suggestions.open(lambda: service)
    assert "When was Harvard College founded?" in _examples(suggestions)

    # A server that is started again only reads them.
    file = service.corpus.index / "examples.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"questions": ["Kept?"]}))
    again = Suggestions()
    again.open(lambda: service)
    assert _examples(again) == ("Kept?",)

    folder = service.corpus.folders()[0].path
    (folder / "museum.txt").write_text("A museum\n\nThe Vinga Museum was designed by Karin Holm.")
    sync(folder, service.corpus.index, encoder)
    assert "Who designed the Vinga Museum?" in _examples(again, unlike=("Kept?",))
    again.close()


def test_follow_ups_wait_until_nobody_waits_for_an_answer(service: Service, suggestions: Suggestions) -> None:
    turn = _answered(service, "When was Harvard College founded?")
    busy = service.foreground.answering()
    busy.__enter__()
    timer = threading.Timer(0.5, busy.__exit__, (None, None, None))
    timer.start()
    started = time.monotonic()
    found = asyncio.run(suggestions.follow_ups(service, turn))
    assert time.monotonic() - started >= 0.5
    assert "How many residential houses does Harvard College have?" in found
    # They are found once.
    with service.foreground.answering():
        assert asyncio.run(suggestions.follow_ups(service, turn)) == found


def test_there_are_no_follow_ups_to_what_is_gone_or_has_no_answer(service: Service, suggestions: Suggestions) -> None:
    view = service.conversations.turns.ask(None, 0, "Who?")
    service.conversations.turns.failed(view.last_turn, "It failed.")
    for turn in (view.last_turn, "gone"):
        assert list(asyncio.run(suggestions.follow_ups(service, turn))) == []


def test_after_closing_nothing_is_found_any_more(service: Service) -> None:
    suggestions = Suggestions()
    turn = _answered(service, "When was Harvard College founded?")
    suggestions.close()
    suggestions.open(lambda: service)
    assert suggestions.examples() is None
    assert list(asyncio.run(suggestions.follow_ups(service, turn))) == []


def test_without_suggestions_none_are_looked_for() -> None:
    none = Suggestions(wanted=False)
    none.open(lambda: pytest.fail("nothing is looked for"))
    assert none.examples() == ()


def test_closing_does_not_wait_for_who_waits_for_an_answer(service: Service) -> None:
    waiting = Suggestions()
    with service.foreground.answering():
        waiting.open(lambda: service)
        time.sleep(0.5)  # its worker waits by now
        began = time.monotonic()
        waiting.close()
    assert time.monotonic() - began < 5
