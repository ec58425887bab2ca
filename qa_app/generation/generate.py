"""The stage between reading and citing: a writer writes the answer, and each sentence is checked as it arrives."""

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from embeddings.index import Snapshot
from qa_app.answer_matching import normalised
from qa_app.citations import cite
from qa_app.generation.limits import BEAT_S, within
from qa_app.generation.prompts import messages
from qa_app.generation.writer import NOT_FOUND, WriterFailed, Writing
from qa_app.grounding.checker import Checker
from qa_app.grounding.splitting import Splitter, Written
from qa_app.question_kinds import wants_sentences
from qa_app.selection import ABSTENTION
from qa_app.types import Candidate, Citation, Generating, Passage, Sentence, Token

_INSTEAD = "The articles' own words are shown instead."
_CUT_OFF = "The part written by then is shown."


@dataclass(frozen=True)
class Generated:
    """The result of asking a writer."""

    text: str
    """The joined tokens; empty if no sentence is supported, and then nothing was shown."""
    cited: tuple[tuple[Candidate, Citation], ...]
    """The articles' sentences that support the text, numbered; empty if the text is."""
    sentences: tuple[Sentence, ...]
    """The writer's sentences, in order, without hidden ones."""
    notice: str | None
    """Why there is no text, or only a part, in one line."""


def generate(
    writing: Writing,
    question: str,
    passages: Sequence[Passage],
    checker: Checker,
    snapshot: Snapshot,
    marked: float,
) -> Generator[Generating | Token, None, Generated]:
    """Ask the writer, yield its sentences as they pass the check, and return the result.

    Unsupported sentences are held back until one is supported; if none ever is, nothing is shown.

    Args:
        writing: the writer and how to use it.
        question: the query that was searched.
        passages: the passages for the writer, best first.
        checker: checks sentences against these passages.
        snapshot: the state of the corpus that the passages come from.
        marked: see `qa_app.citations.cite`.
    """
    name = writing.writer.name
    draft = _Draft(checker, snapshot, marked, wants_sentences(question), writing.hide_unsupported)
    splitter = Splitter()
    failed: WriterFailed | None = None
    yield Generating(name)
    with closing(within(writing.writer, messages(question, passages), writing.limits)) as pieces:
        last_event = time.monotonic()
        try:
            for piece in pieces:
                for written in splitter.feed(piece):
                    yield from draft.add(written)
                # Also within a long sentence, so that the caller can show progress, or stop.
                if time.monotonic() - last_event >= BEAT_S:
                    yield Generating(name)
                    last_event = time.monotonic()
        except WriterFailed as error:
            failed = error
    for written in splitter.finish(cut_off=failed is not None):
        yield from draft.add(written)
    shown = tuple(one for one in draft.sentences if one.supported or not writing.hide_unsupported)
    return Generated(draft.text, tuple(draft.cited), shown, _notice(name, draft, failed))


class _Draft:
    """The answer as it grows."""

    def __init__(
        self, checker: Checker, snapshot: Snapshot, marked: float, whole_sentences: bool, hide_unsupported: bool
    ) -> None:
        self._checker = checker
        self._snapshot = snapshot
        self._marked = marked
        self._whole_sentences = whole_sentences
        self._hide_unsupported = hide_unsupported
        self._held: list[tuple[str, bool]] = []
        self._seen = {normalised(ABSTENTION)}  # we abstain, not the writer
        self.refused = False
        self.text = ""
        self.cited: list[tuple[Candidate, Citation]] = []
        self.sentences: list[Sentence] = []

    def add(self, written: Written) -> Iterator[Token]:
        """Check a sentence and yield what can now be shown; a repeated sentence is skipped."""
        words = normalised(written.text)
        self.refused = self.refused or words == normalised(ABSTENTION)
        if words in self._seen:
            return
        self._seen.add(words)
        sentence = self._checked(written)
        self.sentences.append(sentence)
        marks = "".join(f"[{n}]" for n in sentence.citations) or NOT_FOUND
        if sentence.supported or not self._hide_unsupported:
            self._held.append((f"{sentence.text} {marks}", written.begins_paragraph))
        if self.cited:
            for piece, begins_paragraph in self._held:
                gap = "" if not self.text else "\n\n" if begins_paragraph else " "
                self.text += gap + piece
                yield Token(gap + piece)
            self._held.clear()

    def _checked(self, written: Written) -> Sentence:
        verdict = self._checker.check(written)
        sources = [replace(one, short=None) if self._whole_sentences else one for one in verdict.sources]
        places = {(one.passage.chunk.address, one.start, one.end) for one in sources}
        # Cited together with all earlier ones, so that each keeps its number.
        cited = cite([*(candidate for candidate, _ in self.cited), *sources], self._snapshot, self._marked)
        numbers = {c.n for _, c in cited if (c.address, c.start, c.end) in places}
        if not numbers:
            return Sentence(written.text, (), False, verdict.reason or "The quote is not in the article.")
        self.cited = cited
        return Sentence(written.text, tuple(sorted(numbers)), True)


def _notice(name: str, draft: _Draft, failed: WriterFailed | None) -> str | None:
    if draft.cited:
        return f"{failed} {_CUT_OFF}" if failed else None
    if failed:
        return f"{failed} {_INSTEAD}"
    if draft.sentences:
        return f"Nothing that the writer {name} wrote was found in the articles. {_INSTEAD}"
    if draft.refused:
        return f"The writer {name} found no answer in the passages. {_INSTEAD}"
    return f"The writer {name} wrote nothing. {_INSTEAD}"
