"""Load the index, models and conversations once, while the page is already served; visitors wait on futures."""

import logging
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from embeddings.command_line import explained
from embeddings.encoders.encoder import Encoder
from embeddings.errors import ArticlesError
from embeddings.signals import on_stop
from embeddings.sync import create_index
from qa_app.accounts import Accounts, Person, Role
from qa_app.assistant import Assistant, open_assistant
from qa_app.generation.opening import shared_writing
from qa_app.records.conversations import Conversations, conversations_place
from qa_app.serving.access import without_places
from qa_app.serving.asking import asking
from qa_app.serving.corpus_service import Corpus
from qa_app.serving.metrics import Metrics
from qa_app.serving.server_options import ServerOptions
from qa_app.serving.service import Note, OwnService, Service
from qa_app.serving.suggested import Suggestions

logger = logging.getLogger(__name__)

# The first answers wait this long for the whole folder to be indexed; after that, they use what is indexed so far.
_FIRST_SYNC_S = 5.0
_LOOK_S = 0.25
_ANYONE = Person("", "", Role.READER)
"""Sees what everyone sees."""


@dataclass(frozen=True)
class Opening:
    """The future that visitors wait for; if loading fails, it raises an `ArticlesError`."""

    service: OwnService = field(default_factory=OwnService)
    """Done when questions can be answered: models are loaded, and articles are indexed if the folder has any."""
    server: str = field(default_factory=lambda: secrets.token_hex(8))
    """Which server of several this is: of one that is started again, another one."""
    suggestions: Suggestions = field(default_factory=Suggestions)
    """Example questions and follow-ups that the articles answer."""

    def fail(self, error: ArticlesError) -> None:
        """Raise the error for everyone who is still waiting."""
        if not self.service.done():
            self.service.set_exception(error)


@contextmanager
def opened(
    opening: Opening,
    options: ServerOptions,
    load_encoder: Callable[[], Encoder],
    accounts: Accounts | None = None,
    metrics: Metrics | None = None,
) -> Iterator[None]:
    """Load the service, complete the future of `opening`, then watch the folder until the block ends. Main thread only.

    Conversations are stored beside the index if it is writable; otherwise they stay in memory while the server runs.

    Args:
        opening: the future that visitors wait for.
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
            place = conversations_place(index)
            can_write = not isinstance(place, Path) or os.access(index, os.W_OK)
            conversations = Conversations(place if can_write else None)
            if options.writer is not None:
                shared_writing(options.writer)
        with (
            closing(
                Corpus(folder, index, encoder, change_folder=options.change_folder, note=_noted(accounts))
            ) as corpus,
            closing(conversations),
            closing(opening.suggestions),
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
            suggest = partial(_suggest, opening.suggestions, corpus, partial(service.of, _ANYONE))
            threading.Thread(target=suggest, name="first-suggestions", daemon=True).start()
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


def _suggest(suggestions: Suggestions, corpus: Corpus, service: Callable[[], Service]) -> None:
    """Begin to find questions to suggest, after the first sync."""
    corpus.wait()
    with suppress(RuntimeError):  # closed meanwhile: the server ends
        suggestions.open(service)
