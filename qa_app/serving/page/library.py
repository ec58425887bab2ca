"""The list of articles: finds, limits, labels, adds, removes and re-reads them."""

from concurrent.futures import Future
from pathlib import Path

from gradio.utils import get_upload_folder
from typing_extensions import TypedDict

from embeddings.documents.document import Address
from embeddings.errors import ArticlesError, UnreadableFile
from embeddings.index import Snapshot
from embeddings.labels import set_label
from embeddings.scope import Scope
from embeddings.storage.rows import DocumentEntry
from qa_app.question_language import offer
from qa_app.rendering.html import render
from qa_app.rendering.readable import shortened
from qa_app.serving.corpus_service import Corpus
from qa_app.serving.page.functions import Place, address_of
from qa_app.serving.page.state import reading
from qa_app.serving.service import Service
from qa_app.serving.startup import Opening
from qa_app.serving.waiting import wait_for

STEP = 100
"""Rows of the list that are sent at once."""
_TITLES = 6
_BEGINNING_CHARS = 150


class Wanted(TypedDict):
    """Which rows of the list."""

    words: str
    """In the title or the path."""
    offset: int


class Rows(TypedDict):
    """A page of the list."""

    rows: str
    count: int
    library: str
    """What can be limited to, and what failed."""
    labels: list[str]


class Limits(TypedDict):
    """What the page limits a question to."""

    articles: list[Place]
    folders: list[str]
    labels: list[str]


class Label(TypedDict):
    document: str
    folder: str | None
    label: str
    is_set: bool


class Uploaded(TypedDict):
    """The outcome of an upload."""

    name: str
    taken: bool
    words: str


class NotUploaded(ArticlesError):
    """A path is not that of an uploaded file."""


def scope_of(limits: Limits) -> Scope:
    """Return the scope that the page asks for."""
    places = (str(address_of(place)) for place in limits["articles"])
    return Scope(within=tuple(places), folders=tuple(limits["folders"]), labels=tuple(limits["labels"]))


class Library:
    """The list's functions. Changes wait until the service is open."""

    def __init__(self, opening: Opening, read_only: bool = False) -> None:
        self._opening = opening
        self._service: Future[Service] = opening.service
        self._read_only = read_only

    def rows(self, wanted: Wanted) -> Rows:
        """Return a page of the list, with what it can be limited to."""
        words, offset = wanted["words"].strip(), max(wanted["offset"], 0)
        service = wait_for(self._service)
        with service.assistant.index.snapshot() as snapshot:
            documents, count = snapshot.documents(words, STEP, offset), snapshot.count_documents(words)
            labels = snapshot.store.label_counts()
            encoder = service.assistant.index.encoder.identity.name
            library = render(
                "page/library.html",
                folders=snapshot.folders(),
                labels=labels,
                failures=snapshot.failures(),
                offered=None if self._read_only else offer(encoder, snapshot.languages()),
                removable=not self._read_only,
            )
        rows = listing_html(documents, count, offset, words, removable=not self._read_only)
        return {"rows": rows, "count": count, "library": library, "labels": list(labels)}

    def start(self, _: object) -> str:
        """Return what stands in the middle before the first question."""
        service = wait_for(self._service)
        with service.assistant.index.snapshot() as snapshot:
            titles = [(entry, _beginning(snapshot, entry)) for entry in snapshot.documents("", _TITLES)]
            return render(
                "page/start.html",
                count=snapshot.count_documents(),
                titles=titles,
                examples=self._opening.suggestions.examples(),
                reading=reading(self._service),
                changeable=not self._read_only,
            )

    def in_scope(self, limits: Limits) -> int:
        """Return the number of articles that a question would be limited to."""
        with wait_for(self._service).assistant.index.snapshot() as snapshot:
            return snapshot.store.count_in_scope(scope_of(limits))

    def add(self, upload: str) -> Uploaded:
        """Copy an uploaded file into the folder and read it.

        Raises:
            NotUploaded: the path is not that of an upload.
        """
        file = Path(upload).resolve()
        if not file.is_relative_to(Path(get_upload_folder()).resolve()) or not file.is_file():
            raise NotUploaded("This file was not uploaded.", "Drop it on the page again.")
        (outcome,) = self._corpus().add([file])
        words = outcome.words + (self._follow() if outcome.taken else "")
        return {"name": outcome.name, "taken": outcome.taken, "words": words}

    def remove(self, place: Place) -> str:
        """Move an article to the trash; return a message for the user."""
        address = self._seen(address_of(place))
        trash = self._corpus().remove(address)
        return f"{address} was moved to {trash}.{self._follow()}"

    def label(self, given: Label) -> str:
        """Give an article a label, or take it away; return a message for the user."""
        address = self._seen(Address(given["document"], given["folder"] or None))
        set_label(self._corpus().index, given["label"], [str(address)], is_set=given["is_set"])
        wait_for(self._service).note("labelled" if given["is_set"] else "unlabelled", f"{address} {given['label']}")
        return f"Labelled {given['label'].strip()}." if given["is_set"] else f"{given['label']} was taken away."

    def reembed(self, _: object) -> str:
        """Read everything again beside the index in use; return a message for the user."""
        if not self._corpus().start_reembed():
            return "Another job is running. Try again when it is done."
        return "Everything is read again. Questions are answered meanwhile."

    def stop_job(self, _: object) -> str:
        self._corpus().stop()
        return "Stopping after the current file. What was read is kept."

    def _seen(self, address: Address) -> Address:
        """Return the address of an article that the person may see, or that failed: what is hidden cannot be changed either.

        Raises:
            UnreadableFile: there is none, or it is hidden.
        """
        with wait_for(self._service).assistant.index.snapshot() as snapshot:
            failed = {failure.address for failure in snapshot.failures()}
            if address not in failed and snapshot.document(*address) is None:
                raise UnreadableFile(f"There is no article {address}.", "Choose an article from the list.")
        return address

    def _corpus(self) -> Corpus:
        return wait_for(self._service).corpus

    def _follow(self) -> str:
        """Start a sync; return a note if it has to wait."""
        return "" if self._corpus().start_sync() else " It follows when the running job is done."


def listing_html(
    documents: list[DocumentEntry], count: int, offset: int = 0, words: str = "", removable: bool = True
) -> str:
    """Return the rows of documents, from the one numbered `offset` of `count`."""
    rest = count - offset - len(documents)
    return render(
        "page/articles.html",
        documents=documents,
        rest=rest,
        step=STEP,
        offset=offset,
        words=words,
        removable=removable,
    )


def _beginning(snapshot: Snapshot, entry: DocumentEntry) -> str:
    """Return an article's first words."""
    chunks = snapshot.chunks_of(*entry.address)
    words = " ".join(unit.text for unit in chunks[0].units if not unit.is_metadata) if chunks else ""
    return shortened(" ".join(words.split()), _BEGINNING_CHARS)
