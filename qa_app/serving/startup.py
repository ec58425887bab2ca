"""The page is served first: what stands behind it is promised to every visitor while it is being opened, once."""

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
from qa_app.serving.options import ServerOptions

logger = logging.getLogger(__name__)

_EXAMPLES = 4
# A folder that is in sooner is in whole before the first answer; a larger one is answered from what is in.
_FIRST_SYNC_S = 5.0
_LOOK_S = 0.25


@dataclass(frozen=True)
class Service:
    """What answers and what keeps the articles; shared by all visitors."""

    assistant: Assistant
    corpus: Corpus
    conversations: Conversations
    private: bool = True
    """Only this machine is served."""

    def told(self, error: ArticlesError) -> ArticlesError:
        """Return what those who are served are told of an error."""
        return error if self.private else without_places(error)


@dataclass(frozen=True)
class Opening:
    """What visitors wait for; both end in the same `ArticlesError` when it cannot be opened."""

    service: "Future[Service]" = field(default_factory=Future)
    """Done when questions can be answered: the models are loaded and articles are in, if there are any."""
    examples: "Future[list[str]]" = field(default_factory=Future)
    """Questions that the articles answer; done after the first sync."""

    def fail(self, error: ArticlesError) -> None:
        """Tell all that still wait why they wait in vain."""
        for promise in (self.service, self.examples):
            if not promise.done():
                promise.set_exception(error)


@contextmanager
def opened(opening: Opening, options: ServerOptions, load_encoder: Callable[[], Encoder]) -> Iterator[None]:
    """Keep the promises of `opening`, then follow the folder until the block ends; to be called in the main thread.

    Conversations are kept beside the index when only this machine is served and the index can be written, else in memory
    while the server runs.

    Args:
        opening: what visitors wait for.
        options: what the server was started with; its writer is opened before a question is answered.
        load_encoder: returns the encoder; may take its time.

    Raises:
        IndexMismatch, IndexDamaged, IndexBusy, ModelUnavailable, WriterUnavailable: as they say; visitors have been told the same.
    """
    folder, index = options.folder, options.index
    try:
        with on_stop(_end_at_once):
            encoder = load_encoder()
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
    """End the process itself at Ctrl-C or SIGTERM, while libraries are being imported.

    An exception raised inside their C++ code aborts the process or is swallowed, and the signal with it. Nothing is lost:
    the index withstands an end at any moment.
    """
    os.write(2, b"stopped\n")  # as run_command says it; print() may be in use below this very call
    os._exit(1)


def _wait_for_articles(corpus: Corpus, assistant: Assistant) -> None:
    """Wait for the first sync, if it is long until one of its articles is in: an empty index answers nothing."""
    corpus.wait(_FIRST_SYNC_S)
    while _is_running(corpus):
        with assistant.index.snapshot() as snapshot:
            if snapshot.size():
                return


def _is_running(corpus: Corpus) -> bool:
    """Tell, after a moment, whether a job is under way. A wait without end could not be interrupted on Windows."""
    job = corpus.wait(_LOOK_S)
    return job is not None and job.running


def _examples(assistant: Assistant) -> list[str]:
    try:
        return example_questions(assistant, _EXAMPLES)
    except ArticlesError as error:  # the answers are there; examples are only a help
        logger.warning("no example questions: %s", error)
        return []
