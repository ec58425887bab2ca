"""The values that pass between the stages of an answer: frozen, with no behaviour but what follows from their fields."""

from dataclasses import dataclass

from embeddings.storage.rows import StoredChunk


@dataclass(frozen=True)
class Passage:
    """A chunk that was found, with the scores that brought it."""

    chunk: StoredChunk
    dense: float
    """Cosine of question and chunk, -1..1."""
    lexical: float | None
    """FTS5's BM25, above 0 and without upper bound; None when the word search did not bring the chunk."""
    fused: float
    """What the passages are ranked by, 0..1; see `qa_app.retrieval.fuse`."""
    reader: float | None = None
    """Probability, 0..1, that the passage's best words are right, as the confidence is; None before it was read."""

    def words(self, start: int, end: int) -> str:
        """Return the words at [start, end) of the document's canonical text, which must lie in the passage."""
        return self.chunk.text[start - self.chunk.start : end - self.chunk.start]


@dataclass(frozen=True)
class Candidate:
    """Words of a passage that a reader takes for an answer, or for a part of one."""

    passage: Passage
    start: int
    end: int
    """The sentence: characters of the document's canonical text, [start, end)."""
    short: tuple[int, int] | None
    """The answer's words alone, [start, end) of the same text and inside the sentence; None when no few words answer."""
    score: float
    """Probability, 0..1, that these words are right."""

    @property
    def sentence(self) -> str:
        """The sentence's words."""
        return self.passage.words(self.start, self.end)

    @property
    def short_answer(self) -> str | None:
        """The answer's words alone; None when no few words answer."""
        return self.passage.words(*self.short) if self.short else None


@dataclass(frozen=True)
class Citation:
    """A numbered quote. `quote == document.text[start:end]`, checked when it is made and each time it is shown."""

    n: int
    """Counts from 1, in the order of the answer's text."""
    document: str
    """Path relative to the corpus folder."""
    title: str
    date: str | None
    start: int
    end: int
    """Characters of the document's canonical text, [start, end)."""
    quote: str
    page: int | None
    """Counts from 1; None for formats without pages."""
    passage_start: int
    passage_end: int
    """The passage it was read in, [start, end) of the same text."""
    short: tuple[int, int] | None = None
    """The words in the quote that answer, [start, end) of the same text; None when no few words do."""

    @property
    def short_in_quote(self) -> tuple[int, int] | None:
        """The words that answer, as characters [start, end) of the quote; None when no few words do."""
        return (self.short[0] - self.start, self.short[1] - self.start) if self.short else None

    @property
    def short_answer(self) -> str | None:
        """The words of the quote that answer; None when no few words do."""
        return self.quote[slice(*self.short_in_quote)] if self.short_in_quote else None


@dataclass(frozen=True)
class Turn:
    """One message of a conversation."""

    role: str
    """"user", "assistant" or "system"."""
    content: str


@dataclass(frozen=True)
class Exchange:
    """A question of the conversation so far with what was answered, as a follow-up refers to it."""

    question: str
    searched_for: str
    """The question as it was searched; the question itself where that is not known."""
    answer: str
    """The words that were shown, `[n]` included; empty when there was no answer."""
    short_answer: str | None = None
    titles: tuple[str, ...] = ()
    """Of the articles that were cited, in the order of the answer; empty where they are not known."""


@dataclass(frozen=True)
class Sentence:
    """A sentence that a writer worded, and what the check says of it."""

    text: str
    """Without its markers."""
    citations: tuple[int, ...]
    """Numbers of the citations that support it, ascending; empty for one without support."""
    supported: bool
    """The articles say this; False is shown as "not found in the articles"."""
    reason: str | None = None
    """Why it is not supported, for a person; None for one that is."""


@dataclass(frozen=True, kw_only=True)
class AnswerBase:
    """The fields that an answer and its receipt share: all but the evidence."""

    question: str
    searched_for: str
    """The question as it was searched."""
    text: str
    """Quoted sentences, each followed by its `[n]`, or the words of an abstention."""
    short_answer: str | None
    """The answer's words alone, as they stand in the first citation of the best candidate; None when no few words do."""
    abstained: bool
    confidence: float
    """Probability, 0..1, that the best candidate's words are right."""
    threshold: float
    """Below this confidence the answer is an abstention, 0..1."""
    doubtful: bool
    """An answer, but so unsure that it is said; False for an abstention."""
    timings_ms: dict[str, float]
    """Milliseconds of each stage, and "total"."""
    build: str
    """The build of the index that was searched; another after a re-embedding."""
    generation: int
    """The state of that build; each change of the corpus counts one up."""
    writer: str | None = None
    """Name of the language model that worded the answer; None for the articles' own words."""
    sentences: tuple[Sentence, ...] = ()
    """What the writer worded, in order; empty without a writer."""
    notice: str | None = None
    """Why a writer that was asked for did not word the answer, or not to its end, in one line."""


@dataclass(frozen=True, kw_only=True)
class Answer(AnswerBase):
    """What a person gets for a question."""

    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    """What was read, best first."""


@dataclass(frozen=True)
class Searching:
    """The search has begun."""

    searched_for: str


@dataclass(frozen=True)
class Evidence:
    """The passages were found; reading begins."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Generating:
    """A writer words the answer; comes again about every second while nothing of it can be shown."""

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
    """Something went wrong, which is no answer; always the last event."""

    what: str
    next_step: str


Event = Searching | Evidence | Generating | Token | Done | Failed
