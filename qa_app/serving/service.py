"""What is served: the assistant, the corpus and the conversations, all of them or as far as one person may use them."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial

from embeddings.errors import ArticlesError
from qa_app.accounts import Accounts, Person, Role
from qa_app.assistant import Assistant
from qa_app.records.conversations import Conversations
from qa_app.serving.access import without_places
from qa_app.serving.asking import asking
from qa_app.serving.corpus_service import Corpus
from qa_app.serving.foreground import Foreground
from qa_app.serving.metrics import Metrics

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
    foreground: Foreground = field(default_factory=Foreground)
    """Who answers a question tells it, so that work in the background waits."""

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
            foreground=self.foreground,
        )

    def told(self, error: ArticlesError) -> ArticlesError:
        """Return the error to show to the person: without local paths unless they may be named."""
        return error if self.private else without_places(error)


class OwnService(Future[Service]):
    """The promise of the service; its result is that of the person who asks, so that no caller can forget whose it is."""

    def result(self, timeout: float | None = None) -> Service:
        service = super().result(timeout)
        return service if service.accounts is None else service.of(asking())
