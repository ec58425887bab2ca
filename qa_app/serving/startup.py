"""Load the index, models and conversations once, while the page is already served; visitors wait on futures."""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial

from embeddings.command_line import explained
from embeddings.encoders.encoder import Encoder
from embeddings.errors import ArticlesError
from embeddings.signals import on_stop
from embeddings.sync import create_index
from qa_app.accounts import Accounts, Person, Role
from qa_app.assistant import Assistant, open_assistant
from qa_app.generation.opening import shared_writing
from qa_app.records.conversations import Conversations, conversations_file
from qa_app.serving.access import without_places
from qa_app.serving.asking import asking
from qa_app.serving.corpus_service import Corpus
from qa_app.serving.example_questions import example_questions
from qa_app.serving.metrics import Metrics
from qa_app.serving.server_options import ServerOptions

logger = logging.getLogger(__name__)

_EXAMPLES = 4
# The first answers wait this long for the whole folder to be indexed; after that, they use what is indexed so far.
_FIRST_SYNC_S = 5.0
_LOOK_S = 0.25
_ANYONE = Person("", "", Role.READER)
"""Sees what everyone sees."""


Note = Callable[[str, str], None]
"""Takes a deed and what it was done to."""


@dataclass(frozen=True)
class Service:
    """The assistant, corpus and conversations: all of them, or what one person may use of them."""

    assistant: Assistant
    corpus: Corpus
    conversations: Conversations
    note: Note = lambda deed, what: None
    """Notes in the log what the person does; without accounts there is none."""
    private: bool = True
    """Whether errors may name places on this machine."""
    metrics: Metrics = field(default_factory=Metrics)
    """What is counted of all visitors."""
    accounts: Accounts | None = None
    """With them, everyone gets a service of their own; None on a server without, and in a person's own service."""

    def of(self, person: Person) -> "Service":
        """Return what a person may use: the articles that the role sees, and the person's own conversations."""
        if self.accounts is None:
            return self
        hidden = self.accounts.labels.hidden_from(person.role)
        index = self.assistant.index
        return Service(
            replace(self.assistant, index=index.without(hidden) if hidden else index),
            self.corpus,
            self.conversations.of(person.id),
            partial(self.accounts.log.note, person.name),
            person.role is Role.ADMIN,
            self.metrics,
        )

    def told(self, error: ArticlesError) -> ArticlesError:
        """Return the error to show to the person: without local paths unless they may be named."""
        return error if self.private else without_places(error)


class OwnService(Future[Service]):
    """The promise of the service; its result is that of the person who asks, so that no caller can forget whose it is."""

    def result(self, timeout: float | None = None) -> Service:
        service = super().result(timeout)
        return service if service.accounts is None else service.of(asking())


@dataclass(frozen=True)
class Opening:
    """The futures that visitors wait for; if loading fails, both raise the same `ArticlesError`."""

    service: OwnService = field(default_factory=OwnService)
    """Done when questions can be answered: models are loaded, and articles are indexed if the folder has any."""
    examples: "Future[list[str]]" = field(default_factory=Future)
    """Example questions that the articles answer; done after the first sync."""

    def fail(self, error: ArticlesError) -> None:
        """Raise the error for everyone who is still waiting."""
        for promise in (self.service, self.examples):
            if not promise.done():
                promise.set_exception(error)


@contextmanager
def opened(
    opening: Opening,
    options: ServerOptions,
    load_encoder: Callable[[], Encoder],
    accounts: Accounts | None = None,
    metrics: Metrics | None = None,
) -> Iterator[None]:
    """Load the service, complete the futures of `opening`, then watch the folder until the block ends. Main thread only.

    Conversations are stored beside the index if it is writable; otherwise they stay in memory while the server runs.

    Args:
        opening: the futures that visitors wait for.
        options: the server's options; their writer is opened before the first question is answered.
        load_encoder: returns the encoder; may be slow.
        accounts: of those who may log in; None if nobody has to.
        metrics: counts what visitors do, and how the index is.

    Raises:
        IndexMismatch, IndexDamaged, IndexBusy, ModelUnavailable, WriterUnavailable: loading failed; `opening` has the same error.
    """
    folder, index = options.folder, options.index
    try:
        with on_stop(_end_at_once):
            encoder = load_encoder()
            if folder:
                create_index(folder, index, encoder)
            assistant = open_assistant(index, options.config, encoder)
            conversations = Conversations(conversations_file(index) if os.access(index, os.W_OK) else None)
            if options.writer is not None:
                shared_writing(options.writer)
        with (
            closing(
                Corpus(folder, index, encoder, change_folder=options.change_folder, note=_noted(accounts))
            ) as corpus,
            closing(conversations),
        ):
            corpus.start_sync()
            _wait_for_articles(corpus, assistant)
            counted = metrics or Metrics()
            count_corpus(counted, corpus)
            service = Service(
                assistant, corpus, conversations, private=accounts is None, metrics=counted, accounts=accounts
            )
            opening.service.set_result(service)
            corpus.watch()
            # In a thread, so that a signal to stop lets questions end that are being answered meanwhile.
            find = partial(_find_examples, opening, corpus, service.of(_ANYONE).assistant)
            threading.Thread(target=find, name="examples", daemon=True).start()
            yield
    except KeyboardInterrupt:
        opening.fail(ArticlesError("The server was stopped.", "Start it again: python app.py"))
        raise
    except BaseException as error:
        told = explained(error)
        opening.fail(told if accounts is None else without_places(told))
        raise


def count_corpus(metrics: Metrics, corpus: Corpus) -> None:
    """Count how the index is kept: whether a job runs, and whether the last one failed."""

    def is_running() -> bool:
        return corpus.job is not None and corpus.job.running

    def has_failed() -> bool:
        return corpus.job is not None and corpus.job.error is not None

    metrics.gauge("articles_job_running", "1 while articles are being read.", is_running)
    metrics.gauge("articles_job_failed", "1 if the last sync or re-embedding failed.", has_failed)


def _noted(accounts: Accounts | None) -> Note:
    """Return what notes a change by the person who asks."""

    def note(deed: str, what: str) -> None:
        if accounts is not None:
            accounts.log.note(asking().name, deed, what)

    return note


def _end_at_once(number: int, frame: object) -> None:
    """Exit at once on Ctrl-C or SIGTERM while libraries are being imported.

    An exception raised inside their C++ code would abort the process or be swallowed. Nothing is lost: the index survives
    an exit at any moment.
    """
    os.write(2, b"stopped\n")  # as in run_command; print() could be interrupted here and is not reentrant
    os._exit(1)


def _wait_for_articles(corpus: Corpus, assistant: Assistant) -> None:
    """Wait for the first sync or, after `_FIRST_SYNC_S`, until one article is indexed: an empty index answers nothing."""
    corpus.wait(_FIRST_SYNC_S)
    while _is_running(corpus):
        with assistant.index.snapshot() as snapshot:
            if snapshot.size():
                return


def _is_running(corpus: Corpus) -> bool:
    """Wait briefly, then return whether a job is running. On Windows, a wait without a timeout cannot be interrupted."""
    job = corpus.wait(_LOOK_S)
    return job is not None and job.running


def _find_examples(opening: Opening, corpus: Corpus, assistant: Assistant) -> None:
    """Complete the promise of example questions after the first sync."""
    corpus.wait()
    found = _examples(assistant)
    with suppress(InvalidStateError):  # loading has failed meanwhile
        opening.examples.set_result(found)


def _examples(assistant: Assistant) -> list[str]:
    try:
        return example_questions(assistant, _EXAMPLES)
    except ArticlesError as error:  # examples are optional
        logger.warning("no example questions: %s", error)
        return []
