"""The values passed between the stages of an answer: frozen dataclasses with derived properties only."""

from dataclasses import dataclass
from typing import Literal

from embeddings.documents.document import Address
from embeddings.scope import EVERYTHING, Scope
from embeddings.storage.rows import StoredChunk

AnswerKind = Literal["fact", "several", "list", "summary", "yes_no", "differs", "collection", "chat", "abstention"]
"""What an answer is: one fact; several facts, or the answers to several questions; the items of a list; a summary; yes or no;
articles that disagree; about the collection itself, from the index's tables; about the conversation; none."""


@dataclass(frozen=True)
class Copy:
    """Where a near-copy of a passage stands: [start, end) in characters of the document's canonical text."""

    document: str
    title: str
    start: int
    end: int
    folder: str | None = None
    """As in `Citation`."""

    @property
    def address(self) -> Address:
        return Address(self.document, self.folder)


@dataclass(frozen=True)
class Passage:
    """A retrieved chunk with its scores."""

    chunk: StoredChunk
    dense: float
    """Cosine similarity of question and chunk, -1..1."""
    lexical: float | None
    """FTS5's BM25, above 0 and without upper bound; None when the word search did not return the chunk."""
    fused: float
    """The score that ranks the passages, 0..1; see `qa_app.retrieval.fuse`."""
    reader: float | None = None
    """Probability, 0..1, that the passage's best sentence answers; None before it is read."""
    copies: tuple[Copy, ...] = ()
    """Near-copies in other documents, found by the same search; not read."""

    def words(self, start: int, end: int) -> str:
        """Return the words at [start, end) of the document's canonical text, which must be in the passage or read with it."""
        return self.chunk.words(start, end)


@dataclass(frozen=True)
class Candidate:
    """A sentence of a passage that may answer the question, or part of it."""

    passage: Passage
    start: int
    end: int
    """The sentence: characters of the document's canonical text, [start, end)."""
    short: tuple[int, int] | None
    """The short answer, [start, end) of the same text: inside the sentence, or in what is read with it, such as the name of
    its speaker; None when no short answer fits."""
    score: float
    """Probability, 0..1, that the sentence answers the question."""
    words_score: float = 0.0
    """Probability, 0..1, that the short answer is exactly right."""

    @property
    def is_metadata(self) -> bool:
        """Whether it is the line that states the document's date or author."""
        unit = self.passage.chunk.unit_at(self.start)
        return unit is not None and unit.is_metadata

    @property
    def sentence(self) -> str:
        """The sentence's words."""
        return self.passage.words(self.start, self.end)

    @property
    def short_answer(self) -> str | None:
        """The short answer's words as they are read; None when no short answer fits."""
        return self.passage.chunk.shown_alone(*self.short) if self.short else None


@dataclass(frozen=True)
class Quoted:
    """A further stretch of a citation's document that its quote needs to be understood, such as a table's header."""

    kind: str
    """"heading", "question", "table header", "speaker", …: see `embeddings.documents.blocks.Kind`."""
    start: int
    end: int
    """Characters of the document's canonical text, [start, end)."""
    quote: str
    """`quote == document.text[start:end]`, checked as a citation's is."""


@dataclass(frozen=True)
class Citation:
    """A numbered quote. `quote == document.text[start:end]`, checked when it is made and each time it is shown."""

    n: int
    """From 1, in the order of the answer's text."""
    document: str
    """Path relative to its folder."""
    title: str
    date: str | None
    start: int
    end: int
    """Characters of the document's canonical text, [start, end)."""
    quote: str
    page: int | None
    """From 1; None for formats without pages."""
    passage_start: int
    passage_end: int
    """The passage that it was read in, [start, end) of the same text."""
    short: tuple[int, int] | None = None
    """The short answer, [start, end) of the same text, in the quote or in its context; None when none fits or is sure enough
    to be marked."""
    context: tuple[Quoted, ...] = ()
    """What says what the quote is about, from the outermost."""
    copies: tuple[str, ...] = ()
    """Other documents that hold a near-copy of the passage, each written as an `Address` is."""
    shown: str = ""
    """The quote as it is read: in one line, without markup. Empty in receipts of older programs."""
    folder: str | None = None
    """Name of the document's folder, in an index that has several."""

    @property
    def address(self) -> Address:
        return Address(self.document, self.folder)

    @property
    def readable(self) -> str:
        """The quote as it is read."""
        return self.shown or self.quote

    @property
    def numbered(self) -> str:
        """The quote as it is read, with its number, as it stands in an answer's text."""
        return f"{self.readable} [{self.n}]"

    @property
    def short_in_quote(self) -> tuple[int, int] | None:
        """The short answer as characters [start, end) of the quote; None when it is not there, or none fits."""
        if self.short is None or not self.start <= self.short[0] < self.short[1] <= self.end:
            return None
        return self.short[0] - self.start, self.short[1] - self.start


@dataclass(frozen=True)
class Turn:
    """One message of a conversation."""

    role: str
    """"user", "assistant" or "system"."""
    content: str


@dataclass(frozen=True)
class Exchange:
    """An earlier question of the conversation and its answer, for rewriting follow-ups."""

    question: str
    searched_for: str
    """The query that was searched; the question itself if that is unknown."""
    answer: str
    """The answer as shown, including `[n]`; empty when there was none."""
    short_answer: str | None = None
    titles: tuple[str, ...] = ()
    """Titles of the cited articles, in the order of the answer; empty if unknown."""


@dataclass(frozen=True)
class Sentence:
    """A sentence by a writer, with the result of its check."""

    text: str
    """Without its markers."""
    citations: tuple[int, ...]
    """Numbers of the citations that support it, ascending; empty if it is unsupported."""
    supported: bool
    """Whether the articles say this; False is shown as "not found in the articles"."""
    reason: str | None = None
    """Why it is not supported, in words for the user; None if it is."""


@dataclass(frozen=True)
class Section:
    """A part of an answer under its own heading: one of several questions, a side of a comparison, an article's items."""

    heading: str
    text: str
    """Like the answer's."""
    citations: tuple[int, ...]
    """Numbers of the answer's citations that belong to it, ascending; empty if this part has no answer."""


@dataclass(frozen=True)
class ListedArticle:
    """An article that an answer names without quoting it."""

    document: str
    """Path relative to its folder."""
    title: str
    date: str | None
    source: str | None
    author: str | None = None
    folder: str | None = None
    """As in `Citation`."""

    @property
    def origin(self) -> str | None:
        """Its source; without one, its author."""
        return self.source or (f"by {self.author}" if self.author else None)

    @property
    def address(self) -> Address:
        return Address(self.document, self.folder)


@dataclass(frozen=True, kw_only=True)
class AnswerBase:
    """The fields that an answer and its receipt share: everything but the evidence."""

    question: str
    searched_for: str
    """The query that was searched."""
    kind: AnswerKind = "fact"
    text: str
    """Quoted or written sentences, each followed by its `[n]`, or the abstention; for the kinds collection and chat, the
    program's own words."""
    short_answer: str | None
    """The best candidate's short answer, however unsure; None when no short answer fits. Its citation marks it if it is sure
    enough."""
    abstained: bool
    confidence: float
    """Probability, 0..1, that the best candidate's sentence answers; 1 where nothing was read, as in counting articles."""
    threshold: float
    """Confidence, 0..1, below which the answer is an abstention."""
    doubtful: bool
    """Whether the answer is so unsure that it is shown with a warning; False for an abstention."""
    timings_ms: dict[str, float]
    """Milliseconds of each stage, and "total"."""
    build: str
    """The build of the index that was searched; embedding everything again makes a new one."""
    generation: int
    """The state of that build; each change of the corpus increases it by one."""
    writer: str | None = None
    """Name of the language model that wrote the answer; None for the articles' own words."""
    sentences: tuple[Sentence, ...] = ()
    """The writer's sentences, in order; empty without a writer."""
    notice: str | None = None
    """In one line: why the chosen writer did not write the answer, or not all of it; where an abstention's words were left out; the
    languages searched, if not English alone."""
    scope: Scope = EVERYTHING
    """What the search was limited to."""
    searched_documents: int | None = None
    """Number of documents within the scope; None without one."""
    sections: tuple[Section, ...] = ()
    """The parts of the answer, if it has some, in order; their texts make up `text`."""
    articles: tuple[ListedArticle, ...] = ()
    """The articles that it names: all or, of many, the first."""
    filter: str | None = None
    """What a question about the collection was taken for, and how many articles it fits."""


@dataclass(frozen=True, kw_only=True)
class Answer(AnswerBase):
    """The complete answer to a question."""

    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    """The passages that were read, best first."""


@dataclass(frozen=True)
class UnfinishedSync:
    """Files are still being read into the index: that it lacks an answer does not mean that the articles do."""

    files_done: int
    files_total: int | None
    """None before they are counted."""


@dataclass(frozen=True)
class Searching:
    """The search has started."""

    searched_for: str


@dataclass(frozen=True)
class Evidence:
    """The passages were found; reading starts."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Generating:
    """A writer is at work; repeated about every second while nothing can be shown."""

    writer: str


@dataclass(frozen=True)
class Token:
    """The next piece of the answer's text."""

    text: str


@dataclass(frozen=True)
class Done:
    """The answer is complete; always the last event of an answer that did not fail."""

    answer: Answer


@dataclass(frozen=True)
class Failed:
    """Something went wrong, so there is no answer; always the last event."""

    what: str
    next_step: str


Event = Searching | Evidence | Generating | Token | Done | Failed
