"""Check whether the passages support a sentence that a language model wrote, and find the sentences that do."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

import numpy as np

from embeddings.documents.units import Part, Unit
from embeddings.encoders.encoder import Encoder
from qa_app.answer_matching import are_of_one_sort, f1
from qa_app.grounding.facts import Fact, Source, facts, names_in, wholes
from qa_app.grounding.splitting import Written
from qa_app.grounding.words import content, denied, words
from qa_app.reading.reader import Reader
from qa_app.types import Candidate, Passage

# At most this many sentences of the articles support a written sentence.
_MOST_SENTENCES = 2
# A pronoun may refer to a name in this many sentences before its own.
_CONTEXT_SENTENCES = 2
_PRONOUNS = frozenset("he she it they him her them his hers its their theirs this these".split())
# At most this many names and numbers are asked for.
_ASKED_FACTS = 3


@dataclass(frozen=True)
class Features:
    """A written sentence compared with its source; each 0..1 except the cosine."""

    cosine: float
    """Between the sentence and the nearest source sentence, -1..1."""
    covered: float
    """Share of its content words that are in the source or the article's title."""
    conflict: float
    """The reader's score for its answer to the question in the written sentence, times 1 - F1 of that answer against
    the answer in the source."""
    cloze: float
    """The same for questions about the sentence's names and numbers, each replaced by "what"; the highest of them."""


@dataclass(frozen=True)
class Verdict:
    """The result of checking a written sentence."""

    sources: tuple[Candidate, ...]
    """The articles' sentences that support it, best first; empty if it is not supported."""
    reason: str | None
    """Why it is not supported, for the user; None if it is supported."""
    features: Features | None = None
    """None if the sentence was rejected before its features were computed."""


class Checker:
    """Checks the sentences of one answer against its passages."""

    def __init__(
        self,
        question: str,
        passages: Sequence[Passage],
        candidates: Sequence[Candidate],
        reader: Reader,
        encoder: Encoder,
    ) -> None:
        """Prepare the passages that the writer was given.

        Args:
            question: as it was searched for.
            passages: in the order of their numbers, which start at 1.
            candidates: the reader's sentences from the passages; sentences outside them are ignored.
            reader: the reader that made the candidates.
            encoder: any encoder.
        """
        self._question = question
        self._passages = passages
        self._reader = reader
        self._encoder = encoder
        self._sentences = sorted(
            (one for one in candidates if any(_lies_in(one, passage) for passage in passages)),
            key=lambda one: (one.passage.chunk.address, one.start),
        )
        self._texts = [one.sentence for one in self._sentences]
        self._words = [words(text) for text in self._texts]
        self._stems = [content(found) for found in self._words]
        self._vectors = encoder.encode_documents(self._texts) if self._texts else None  # (sentences, dimension)
        self._asked = Source.of([question])
        self._names = names_in([question, *(p.chunk.readable for p in passages), *(p.chunk.title for p in passages)])

    def check(self, written: Written) -> Verdict:
        """Return whether the cited passages support the sentence; if it cites none, whether any passage does."""
        cited = [n for n in written.cited if 1 <= n <= len(self._passages)]
        if written.cited and not cited:
            return Verdict((), f"There is no passage {written.cited[0]}.")
        passages = [self._passages[n - 1] for n in cited] or self._passages
        pool = [i for i, one in enumerate(self._sentences) if any(_lies_in(one, passage) for passage in passages)]
        spoken = words(written.text)
        if not pool or not content(spoken):
            return Verdict((), "It says nothing that can be checked.")
        return self._weighed(written.text, pool, passages, place="cited passage" if cited else "passages")

    def _weighed(self, text: str, pool: Sequence[int], passages: Sequence[Passage], place: str) -> Verdict:
        said, stems = facts(text, self._names), content(words(text))
        assert self._vectors is not None  # there is a pool
        floor = self._encoder.cosine_floor
        cosines = (self._vectors @ self._encoder.encode_documents([text])[0] - floor) / (1 - floor)  # (sentences,)
        best = max(pool, key=lambda i: float(cosines[i]) + self._covered(stems, [i]))
        chosen = [best]
        while len(chosen) < _MOST_SENTENCES and (missing := self._missing(said, chosen, passages)):
            further = [i for i in pool if i not in chosen and self._brings(i, missing, stems, chosen)]
            if not further:
                break
            chosen.append(max(further, key=lambda i: float(cosines[i])))
        missing = self._missing(said, chosen, passages)
        if missing:
            what = ", ".join(f"“{fact.text}”" for fact in missing)
            return Verdict((), f"Not in the {place}: {what}.")
        if self._contradicted(text, chosen):
            return Verdict((), f"It contradicts the {place}.")
        features = Features(
            max(float(cosines[i]) for i in chosen),
            self._covered(stems, chosen),
            self._conflict(text, chosen),
            self._cloze(text, said, chosen),
        )
        if probability(features) < THRESHOLD:
            return Verdict((), f"It is not supported by the {place}.", features)
        return Verdict(tuple(self._sentences[i] for i in chosen), None, features)

    def _missing(self, said: Sequence[Fact], chosen: Sequence[int], passages: Sequence[Passage]) -> list[Fact]:
        """Return the facts that are not in the chosen sentences.

        If a chosen sentence has a pronoun, a name may also be shortly before it or in the article's title. A fact that
        the question names may be anywhere in the passages and their titles.
        """
        own = Source.of(self._texts[i] for i in chosen)
        before = Source.of(text for i in chosen for text in self._context(i))
        around = Source.of([*(p.chunk.readable for p in passages), *(p.chunk.title for p in passages)])
        return [
            fact
            for fact in said
            if not own.holds(fact)
            and not (fact.plain is not None and before.holds(fact))
            and not (self._asked.holds(fact) and around.holds(fact))
        ]

    def _context(self, i: int) -> list[str]:
        """Return where a sentence's pronoun may be resolved: its article's title and the sentences right before it."""
        if not any(word.plain in _PRONOUNS for word in self._words[i]):
            return []
        chunk = self._sentences[i].passage.chunk
        first = max(0, i - _CONTEXT_SENTENCES)
        before = (
            text
            for text, one in zip(self._texts[first:i], self._sentences[first:i], strict=True)
            if one.passage.chunk.address == chunk.address and one.start >= chunk.start
        )
        return [chunk.title, *before]

    def _brings(self, i: int, missing: Sequence[Fact], stems: Sequence[str], chosen: Sequence[int]) -> bool:
        """Return whether a sentence has a missing fact and also a new content word of the claim: a mere mention is no support."""
        source = Source.of([self._texts[i]])
        if not any(source.holds(fact) for fact in missing):
            return False
        named = {one for fact in missing for one in content(words(fact.text))}
        known = {one for k in chosen for one in self._stems[k]}
        return bool(set(stems) & set(self._stems[i]) - known - named)

    def _covered(self, stems: Sequence[str], chosen: Sequence[int]) -> float:
        known = {one for i in chosen for one in self._stems[i]}
        known |= {one for i in chosen for one in content(words(self._sentences[i].passage.chunk.title))}
        return sum(one in known for one in stems) / len(stems)

    def _cloze(self, text: str, said: Sequence[Fact], chosen: Sequence[int]) -> float:
        source = self._sentences[chosen[0]].passage
        asked = [fact for fact in said if not self._asked.holds(fact)]
        conflicts = [0.0]
        for start, end in wholes(text, asked)[:_ASKED_FACTS]:
            read = self._reader.read(f"{text[:start]}what{text[end:].rstrip(' .')}?", [source])
            found = read[0].short_answer if read else None
            # "It was built in what?" may be answered by a place as well as by a year, which contradicts neither.
            if found is not None and are_of_one_sort(found, text[start:end]):
                conflicts.append(read[0].words_score * (1 - f1(text[start:end], [found])))
        return max(conflicts)

    def _contradicted(self, text: str, chosen: Sequence[int]) -> bool:
        own = denied(words(text))
        source = denied([word for i in chosen for word in self._words[i]])
        return any(source.get(one, state) != state for one, state in own.items())

    def _conflict(self, text: str, chosen: Sequence[int]) -> float:
        """Ask the reader the question about the written sentence, and compare with its answer in the source."""
        source = max((self._sentences[i] for i in chosen), key=lambda one: one.score)
        units = (Unit(0, len(text), (Part(text, (0, len(text))),)),)
        chunk = replace(source.passage.chunk, start=0, end=len(text), text=text, units=units, context=())
        read = self._reader.read(self._question, [replace(source.passage, chunk=chunk)])
        if not read or read[0].short_answer is None or source.short_answer is None:
            return 0.0
        return read[0].words_score * (1 - f1(read[0].short_answer, [source.short_answer]))


# Fitted on the fit split of SQuAD by `python -m benchmarks.writer_check OUT --fit`; docs/results/writer_check.md has the figures.
WEIGHTS = Features(cosine=2.66, covered=3.17, conflict=-2.78, cloze=-2.09)
BIAS = -3.46
THRESHOLD = 0.4


def probability(features: Features) -> float:
    """Return the probability, 0..1, that the source supports the sentence, names and numbers aside: a logistic regression."""
    return float(1 / (1 + np.exp(-(BIAS + np.dot(astuple(WEIGHTS), astuple(features))))))


def _lies_in(candidate: Candidate, passage: Passage) -> bool:
    chunk = passage.chunk
    return (
        candidate.passage.chunk.address == chunk.address and chunk.start <= candidate.start < candidate.end <= chunk.end
    )
