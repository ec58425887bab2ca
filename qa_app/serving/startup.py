"""Load the index, models and conversations once, while the page is already served; visitors wait on futures."""

import logging
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from embeddings.command_line import explained
from embeddings.encoders.encoder import Encoder
from embeddings.errors import ArticlesError
from embeddings.signals import on_stop
from embeddings.sync import create_index
from qa_app.assistant import Assistant, open_assistant
from qa_app.generation.opening import shared_writing
from qa_app.records.conversations import Conversations, conversations_file
from qa_app.serving.access import without_places
from qa_app.serving.corpus_service import Corpus
from qa_app.serving.example_questions import example_questions
from qa_app.serving.server_options import ServerOptions

logger = logging.getLogger(__name__)

_EXAMPLES = 4
# The first answers wait this long for the whole folder to be indexed; after that, they use what is indexed so far.
_FIRST_SYNC_S = 5.0
_LOOK_S = 0.25


@dataclass(frozen=True)
class Service:
    """The assistant, corpus and conversations, shared by all visitors."""

    assistant: Assistant
    corpus: Corpus
    conversations: Conversations
    private: bool = True
    """True if only this machine can reach the server."""

    def told(self, error: ArticlesError) -> ArticlesError:
        """Return the error to show to visitors: without local paths unless the server is private."""
        return error if self.private else without_places(error)


@dataclass(frozen=True)
class Opening:
    """The futures that visitors wait for; if loading fails, both raise the same `ArticlesError`."""

    service: "Future[Service]" = field(default_factory=Future)
    """Done when questions can be answered: models are loaded, and articles are indexed if the folder has any."""
    examples: "Future[list[str]]" = field(default_factory=Future)
    """Example questions that the articles answer; done after the first sync."""

    def fail(self, error: ArticlesError) -> None:
        """Raise the error for everyone who is still waiting."""
        for promise in (self.service, self.examples):
            if not promise.done():
                promise.set_exception(error)


@contextmanager
def opened(opening: Opening, options: ServerOptions, load_encoder: Callable[[], Encoder]) -> Iterator[None]:
    """Load the service, complete the futures of `opening`, then watch the folder until the block ends. Main thread only.

    Conversations are stored beside the index if the server is private and the index is writable; otherwise they stay in
    memory while the server runs.

    Args:
        opening: the futures that visitors wait for.
        options: the server's options; their writer is opened before the first question is answered.
        load_encoder: returns the encoder; may be slow.

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
            keeps = options.private and os.access(index, os.W_OK)
            conversations = Conversations(conversations_file(index) if keeps else None)
            if options.writer is not None:
                shared_writing(options.writer)
        with (
            closing(Corpus(folder, index, encoder, change_folder=options.change_folder)) as corpus,
            closing(conversations),
        ):
            corpus.start_sync()
            _wait_for_articles(corpus, assistant)
            opening.service.set_result(Service(assistant, corpus, conversations, options.private))
            corpus.watch()
            while _is_running(corpus):
                pass
            opening.examples.set_result(_examples(assistant))
            yield
    except KeyboardInterrupt:
        opening.fail(ArticlesError("The server was stopped.", "Start it again: python app.py"))
        raise
    except BaseException as error:
        told = explained(error)
        opening.fail(told if options.private else without_places(told))
        raise


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


def _examples(assistant: Assistant) -> list[str]:
    try:
        return example_questions(assistant, _EXAMPLES)
    except ArticlesError as error:  # examples are optional
        logger.warning("no example questions: %s", error)
        return []
