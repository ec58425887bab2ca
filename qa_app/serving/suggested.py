"""Find suggested questions in the background, while nobody waits for an answer, and keep them."""

import asyncio
import json
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from embeddings.errors import ArticlesError
from embeddings.storage.atomic import replace_file
from qa_app.assistant import encoder_words, reader_words
from qa_app.records.receipts import answer_of
from qa_app.serving.service import Service
from qa_app.suggestions import example_questions, follow_ups

logger = logging.getLogger(__name__)

# Increase it when other questions would be drafted from the same articles.
_FORMAT = 1
_EXAMPLES = 4
_FOLLOW_UPS = 3
# Earlier questions that a follow-up must not repeat.
_REMEMBERED = 50
# Further requests for follow-ups get none, and so do those that cannot begin for so long.
_QUEUED = 8
_PATIENCE_S = 20.0
_LOOK_S = 0.2
_KEPT = 200


class GaveUp(Exception):
    """The questions are no longer wanted, or people keep the assistant busy."""


class Suggestions:
    """Finds example questions once for each state of the articles, and follow-ups once for each answer. Thread-safe."""

    def __init__(self, wanted: bool = True) -> None:
        """Without `wanted`, there are none."""
        self._wanted = wanted
        self._worker = ThreadPoolExecutor(1, "suggestions")
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._service: Callable[[], Service] | None = None
        self._examples: tuple[str, ...] | None = None if wanted else ()
        self._state = ""
        """The state of the articles that the examples were found in, or are being found in."""
        self._latest: dict[str, str] = {}
        """The turn of each conversation whose follow-ups are being found."""
        self._follow_ups: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    def open(self, service: Callable[[], Service]) -> None:
        """Begin to find examples; `service` returns what everybody may use."""
        if self._wanted:
            self._service = service
            self.examples()

    def close(self) -> None:
        """Stop after the question that is being asked."""
        self._stopped.set()
        self._worker.shutdown(cancel_futures=True)

    def examples(self) -> tuple[str, ...] | None:
        """Return the examples that there are, at once; None before the first were looked for.

        If the articles have changed since, better ones are looked for, once no job runs.
        """
        if self._service is None or self._stopped.is_set():
            return self._examples
        service = self._service()
        if not (service.corpus.job and service.corpus.job.running):
            state = _state_of(service)
            with self._lock:
                is_new, self._state = state != self._state, state
            if is_new:
                self._worker.submit(self._find_examples, service, state)
        return self._examples

    async def follow_ups(self, service: Service, turn: str) -> Sequence[str]:
        """Return questions to ask after the answer of a turn; the first call takes as long as asking them."""
        known = self._follow_ups.get(turn)
        kept = service.conversations.turns.get(turn)
        if known is not None or kept is None or not self._wanted:
            return known or ()
        if service.corpus.unfinished() or len(self._latest) >= _QUEUED:
            return ()
        self._latest[kept.conversation] = turn
        try:
            found = await asyncio.wrap_future(
                self._worker.submit(self._find_follow_ups, service, turn, kept.conversation)
            )
        except (GaveUp, RuntimeError):  # the latter after `close`
            return ()
        finally:
            if self._latest.get(kept.conversation) == turn:
                del self._latest[kept.conversation]
        self._follow_ups[turn] = found
        while len(self._follow_ups) > _KEPT:
            self._follow_ups.popitem(last=False)
        return found

    # -- in the background

    def _find_examples(self, service: Service, state: str) -> None:
        file = service.corpus.index / "examples.json"
        found = _read(file, state)
        try:
            if found is None:
                found = tuple(example_questions(service.assistant, _EXAMPLES, lambda: self._rest(service)))
                _write(file, state, found)
        except GaveUp:
            with self._lock:
                self._state = ""
            return
        except (ArticlesError, OSError) as error:  # examples are optional
            logger.warning("no example questions: %s", error)
            found = found or ()
        self._examples = found

    def _find_follow_ups(self, service: Service, turn: str, conversation: str) -> tuple[str, ...]:
        def rest() -> None:
            if self._latest.get(conversation) != turn:
                raise GaveUp
            self._rest(service)

        turns = service.conversations.turns
        kept = turns.get(turn)
        if kept is None or kept.receipt is None:
            return ()
        with service.assistant.index.snapshot() as snapshot:
            found = answer_of(kept.receipt, snapshot)
        earlier = turns.exchanges_until(turn, _REMEMBERED)
        try:
            return tuple(follow_ups(service.assistant, found, earlier, _FOLLOW_UPS, rest))
        except ArticlesError as error:  # as they are
            logger.warning("no follow-ups: %s", error)
            return ()

    def _rest(self, service: Service) -> None:
        """Wait while somebody waits for an answer; not longer than until the server stops."""
        until = time.monotonic() + _PATIENCE_S
        while not self._stopped.is_set() and time.monotonic() < until:
            if service.foreground.wait_until_idle(_LOOK_S):
                return
        raise GaveUp


def _state_of(service: Service) -> str:
    """Return what examples depend on: the articles that everybody sees, and the models."""
    index = service.assistant.index
    with index.snapshot() as snapshot:
        return (
            f"{_FORMAT} {snapshot.build_name} {snapshot.generation} {snapshot.count_documents()}"
            f" {encoder_words(index.encoder.identity)} {reader_words(index.encoder.identity.name)}"
        )


def _read(file: Path, state: str) -> tuple[str, ...] | None:
    """Return the examples that were kept for a state; None if there are none, or they cannot be read."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return tuple(map(str, kept["questions"])) if kept["state"] == state else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(file: Path, state: str, questions: Sequence[str]) -> None:
    replace_file(file, json.dumps({"state": state, "questions": questions}, ensure_ascii=False, indent=2).encode())
