"""Training examples for the reader, drawn at random; deterministic for a given seed."""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.documents.blocks import Span
from embeddings.encoders.packaged import packaged_folder
from qa_app.language.names import names_inside
from qa_app.reading.base import BASES
from qa_app.reading.inputs import (
    MAX_CONTEXT_TOKENS,
    WINDOW_TOKENS,
    Batch,
    Encoded,
    Ids,
    Row,
    token_span,
)
from qa_app.reading.spans import MAX_ANSWER_TOKENS
from training.batches import Example, in_batches, in_micro_batches
from training.config import MixConfig, TrainConfig
from training.loss import Target
from training.prepared import IDS_PER_FOLDER, Passage, Question, read_prepared
from training.structure import KINDS, Asked, Shown
from training.swaps import ArticleTerms
from training.tables import table
from training.word_vectors import WordVectors

# Where a passage's title is shown: it is in the text (as headings are), it is the file's name, or there is none.
_TITLE_PLACES, _TITLE_WEIGHTS = ("context", "title", "nowhere"), (0.5, 0.35, 0.15)
_TABLE_SHARE = 0.25  # of the structured questions; the others are spread evenly over `training.structure.KINDS`
_PAIR_OVERLAP = 0.4  # of the words of two questions, for the answerable one to count as the other's model


@dataclass(frozen=True)
class _Source:
    """A question with everything needed to draw examples from it."""

    question: Question
    tokens: Ids
    gold: dict[int, tuple[Span, ...]]
    """The gold passages with the occurrences of the answer in each; no occurrence for an unanswerable question."""
    negatives: tuple[int, ...]
    """Top-ranked passages that lack the answer, best first."""


@dataclass(frozen=True)
class _Article:
    """What an article lends to made-up questions."""

    terms: ArticleTerms
    names: tuple[str, ...]
    answers: tuple[str, ...]
    """To the questions about it."""


class TrainingSet:
    """The prepared questions, tokenized, from which batches are drawn."""

    def __init__(
        self, train: Path, own_words: Sequence[Path], mix: MixConfig, config: TrainConfig, split: str = "train"
    ) -> None:
        """Read the prepared questions. Those of another half than `split` are left out, and so are their articles.

        Args:
            train: answerable and unanswerable questions about articles.
            own_words: more folders, with questions in other words than the text's.
            mix: shares of each kind.
            config: sizes of batches, and the seed.
            split: the half; another than "train" is for checking a reader while it is trained.
        """
        self._tokenizer = tokenizer = BASES[config.base].tokenizer()
        self._mix = mix
        self._config = config
        self._passages, everything = read_prepared(train, *own_words)
        questions = [q for q in everything if q.split == split and q.gold]
        # Retrieval also returns passages of excluded articles; they must not be used, not even as negatives.
        self._documents = {self._document(question) for question in questions}
        texts = [passage.text for passage in self._passages.values()]
        self._chunk_tokens = dict(zip(self._passages, tokenizer.encode(texts), strict=True))
        self._titles = sorted({"", *(passage.title for passage in self._passages.values())})
        self._title_tokens = {t: e.ids for t, e in zip(self._titles, tokenizer.encode(self._titles), strict=True)}
        self._articles = _articles(self._passages, questions, WordVectors(packaged_folder()))
        encoded = tokenizer.encode([question.question for question in questions])
        sources = [self._source(question, e.ids) for question, e in zip(questions, encoded, strict=True)]
        pools: dict[int, list[_Source]] = defaultdict(list)
        for source in sources:
            if source.gold:
                pools[min(source.gold) // IDS_PER_FOLDER].append(source)
        self._answerable = [source for source in pools[0] if source.question.answers]
        self._unanswerable = [source for source in pools[0] if not source.question.answers]
        self._own_words = [pools[number] for number in range(1, len(own_words) + 1) if pools[number]]
        self._asked_of: dict[int, list[_Source]] = defaultdict(list)
        for source in self._answerable:
            for passage in source.gold:
                self._asked_of[passage].append(source)

    def __len__(self) -> int:
        """Return the number of questions."""
        return len(self._answerable) + len(self._unanswerable) + sum(map(len, self._own_words))

    def batches(self, bucket: int) -> list[list[Example]]:
        """Return the batches of a bucket: examples of similar length together, batches in random order.

        Over the buckets each question of a kind is drawn once before any is drawn again.
        """
        draw = random.Random(f"{self._config.seed}/{bucket}")
        examples = [example for source in self._drawn(bucket) for example in self._examples(source, draw)]
        return in_batches(examples, self._config.batch_questions, draw)

    def micro_batches(self, examples: Sequence[Example]) -> Iterator[tuple[Batch, list[Target]]]:
        """Yield the inputs and targets of a batch in micro-batches; the rows of a question stay together."""
        return in_micro_batches(examples, self._tokenizer, self._config.micro_batch_passages)

    def _drawn(self, bucket: int) -> Iterator[_Source]:
        """Yield a bucket's questions, each kind in its share."""
        size = self._config.batch_questions * self._config.bucket_batches
        unanswerable = round(size * self._mix.unanswerable_share) if self._unanswerable else 0
        roots = [len(pool) ** 0.5 for pool in self._own_words]
        own_words = [round(size * self._mix.own_words_share * root / sum(roots)) for root in roots]
        answerable = size - unanswerable - sum(own_words)
        yield from self._of_pool("answerable", self._answerable, bucket, answerable)
        yield from self._of_pool("unanswerable", self._unanswerable, bucket, unanswerable)
        for number, (pool, count) in enumerate(zip(self._own_words, own_words, strict=True)):
            yield from self._of_pool(f"own words {number}", pool, bucket, count)

    def _of_pool(self, name: str, pool: Sequence[_Source], bucket: int, count: int) -> Iterator[_Source]:
        """Yield the `count` questions of a bucket from a pool, which is shuffled anew when all have been drawn."""
        order: tuple[int, list[int]] | None = None
        for place in range(bucket * count, (bucket + 1) * count):
            round_, position = divmod(place, len(pool))
            if order is None or order[0] != round_:
                shuffled = random.Random(f"{self._config.seed}/{name}/{round_}").sample(range(len(pool)), len(pool))
                order = round_, shuffled
            yield pool[order[1][position]]

    def _document(self, question: Question) -> str:
        return self._passages[question.gold[0]].document

    def _source(self, question: Question, tokens: Ids) -> _Source:
        gold: dict[int, tuple[Span, ...]] = dict.fromkeys(question.gold, ())
        if question.answers:
            gold = {i: spans for i in question.gold if (spans := self._answer_spans(i, question.answers))}
        elif near := [i for i in question.retrieved if i in gold]:
            gold = {near[0]: ()}  # of a long paragraph, the part that looks most like an answer
        words = [answer.lower() for answer in question.answers]
        negatives = [
            i
            for i in question.retrieved
            if i not in question.gold
            and self._passages[i].document in self._documents
            and not any(word in self._passages[i].text.lower() for word in words)
        ]
        return _Source(question, tokens, gold, tuple(negatives))

    def _answer_spans(self, passage: int, answers: Sequence[str]) -> tuple[Span, ...]:
        """Return the whole-word occurrences of the answers in a passage, as token spans."""
        return tuple(_occurrences(self._passages[passage].text, self._chunk_tokens[passage], answers))

    def _examples(self, source: _Source, draw: random.Random) -> list[Example]:
        """Draw the examples for a question; where nothing can be made of it, its own passage alone."""
        near = source.negatives[: self._mix.nearest_negatives]
        companions = [draw.choice(near)] if near and draw.random() < self._mix.companion_share else []
        if not source.question.answers:
            mate = self._mate(source) if draw.random() < self._mix.pair_share else None
            examples = [self._read(source, [*source.gold, *companions][:2], draw)]
            return [*examples, self._read(mate, [next(iter(mate.gold))], draw)] if mate else examples
        gold = draw.choice(list(source.gold))
        kind = draw.random()
        withheld_share = self._mix.own_words_withheld_share if gold >= IDS_PER_FOLDER else self._mix.withheld_share
        if kind < withheld_share and near:
            return [self._read(source, [draw.choice(near)], draw)]
        kind -= withheld_share
        if 0 <= kind < self._mix.structured_share and (examples := self._structured(source, gold, draw)):
            return examples
        kind -= self._mix.structured_share
        if 0 <= kind < self._mix.swapped_share:
            passage = self._passages[gold]
            swapped = self._articles[passage.document].terms.swap(source.question.question, passage.text, draw)
            if swapped:
                first = self._first_token(gold, source.gold[gold], draw)
                rows = (self._row(self._tokenizer.encode([swapped])[0].ids, gold, _title_place(draw), first),)
                return [self._read(source, [gold], draw), Example(rows, None, (), False)]
        return [self._read(source, [gold, *companions], draw)]

    def _read(self, source: _Source, passages: Sequence[int], draw: random.Random) -> Example:
        """Return a question read with some passages of the corpus."""
        place = _title_place(draw)
        unmarked = source.question.question.endswith("?") and draw.random() < self._mix.unmarked_share
        asked = source.tokens[:-1] if unmarked and len(source.tokens) > 1 else source.tokens
        firsts = [self._first_token(i, source.gold.get(i, ()), draw) for i in passages]
        rows = tuple(self._row(asked, i, place, first) for i, first in zip(passages, firsts, strict=True))
        right = next((n for n, i in enumerate(passages) if source.gold.get(i)), None)
        if right is None:
            return Example(rows, None, (), bool(source.question.answers))
        shift = len(rows[right].context) - firsts[right]
        inside = (firsts[right], firsts[right] + len(rows[right].window))
        spans = [span for span in source.gold[passages[right]] if inside[0] <= span[0] and span[1] < inside[1]]
        return Example(rows, right, tuple((first + shift, last + shift) for first, last in spans), True)

    def _first_token(self, passage: int, spans: Sequence[Span], draw: random.Random) -> int:
        """Return where to begin to read a passage: anywhere, if one of the spans is read to its end."""
        size = self._config.window_tokens
        most = max(0, len(self._chunk_tokens[passage].ids) - size)
        first, last = draw.choice(spans) if spans else (most, 0)
        return draw.randint(min(most, max(0, last + 1 - size)), min(most, first))

    def _row(self, question: Ids, passage: int, title_place: str, first: int) -> Row:
        title, nothing = self._title_tokens[self._passages[passage].title], self._title_tokens[""]
        context = title[-MAX_CONTEXT_TOKENS:] if title_place == "context" else nothing
        window = self._chunk_tokens[passage].ids[first : first + self._config.window_tokens]
        return Row(question, title if title_place == "title" else nothing, window, context)

    def _mate(self, source: _Source) -> _Source | None:
        """Return the answerable question of the same passage that has the most words in common with an unanswerable one."""
        own = set(source.tokens.tolist())

        def overlap(other: _Source) -> float:
            theirs = set(other.tokens.tolist())
            return len(own & theirs) / len(own | theirs)

        asked = [other for passage in source.gold for other in self._asked_of[passage]]
        best = max(asked, key=overlap, default=None)
        return best if best is not None and overlap(best) >= _PAIR_OVERLAP else None

    def _structured(self, source: _Source, gold: int, draw: random.Random) -> list[Example]:
        """Show a question in one of the forms of structure that fit it, or ask about a table of its article's names."""
        passage = self._passages[gold]
        article = self._articles[passage.document]
        if draw.random() < _TABLE_SHARE:
            shown = table(article.names, passage.title, draw)
            return [self._shown(shown)] if shown else []
        answer = next(a for a in source.question.answers if _whole_words([a]).search(passage.text))
        asked = Asked(
            source.question.question,
            passage.title,
            passage.text,
            (answer,),
            article.names,
            article.answers,
            self._titles[1:],
        )
        for make in draw.sample(KINDS, len(KINDS)):
            if made := make(asked, draw):
                return [self._shown(one) for one in made]
        return []

    def _shown(self, shown: Shown) -> Example:
        """Tokenize a made-up form; the first input holds the answer."""
        question, *rest = self._tokenizer.encode([shown.question, *shown.contexts, *shown.bodies])
        contexts, bodies = rest[: len(shown.contexts)], rest[len(shown.contexts) :]
        nothing = self._title_tokens[""]
        rows = tuple(
            Row(question.ids, nothing, body.ids[:WINDOW_TOKENS], context.ids[-MAX_CONTEXT_TOKENS:])
            for context, body in zip(contexts, bodies, strict=True)
        )
        if not shown.answers:
            return Example(rows, None, (), False)
        cut = len(contexts[0].ids) - len(rows[0].context)
        in_context = _occurrences(shown.contexts[0], contexts[0], shown.answers)
        in_body = _occurrences(shown.bodies[0], bodies[0], shown.answers)
        shift = len(rows[0].context)
        spans = [(first - cut, last - cut) for first, last in in_context if first >= cut]
        spans += [(first + shift, last + shift) for first, last in in_body if last < WINDOW_TOKENS]
        return Example(rows, 0, tuple(spans), True) if spans else Example(rows, None, (), False)


def _title_place(draw: random.Random) -> str:
    return draw.choices(_TITLE_PLACES, _TITLE_WEIGHTS)[0]


def _whole_words(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in words))


def _occurrences(text: str, tokens: Encoded, answers: Sequence[str]) -> list[Span]:
    """Return the whole-word occurrences of the answers, as token spans short enough to be scored."""
    found = {token_span(tokens.offsets, *match.span()) for match in _whole_words(answers).finditer(text)}
    return sorted(span for span in found if span and span[1] - span[0] < MAX_ANSWER_TOKENS)


def _articles(passages: dict[int, Passage], questions: Sequence[Question], vectors: WordVectors) -> dict[str, _Article]:
    texts: dict[str, list[str]] = defaultdict(list)
    asked: dict[str, list[Question]] = defaultdict(list)
    for passage in passages.values():
        texts[passage.document].append(passage.text)
    for question in questions:
        asked[passages[question.gold[0]].document].append(question)
    return {
        document: _Article(
            ArticleTerms(texts[document], [question.question for question in asked[document]], vectors),
            tuple(sorted({match[0] for text in texts[document] for match in names_inside(text)})),
            tuple(sorted({answer for question in asked[document] for answer in question.answers[:1]})),
        )
        for document in texts
    }
