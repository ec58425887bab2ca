"""Examples are drawn in the configured shares, from training questions alone, with the answer where it says."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from embeddings.encoders.packaged import packaged_folder
from qa_app.reading.inputs import MAX_TITLE_TOKENS, WINDOW_TOKENS
from qa_app.reading.spans import MAX_ANSWER_TOKENS
from tests.training.towns import Asked, Town, about_history, about_nature, history, nature, towns, unanswerable
from training.batches import Example
from training.config import MixConfig, TrainConfig
from training.examples import TrainingSet
from training.prepared import Passage, Question, write_part

TOWNS = towns(64)
TRAIN, OWN_WORDS, MEASURE = TOWNS[:48], TOWNS[48:56], TOWNS[56:]
CONFIG = TrainConfig(batch_questions=16, micro_batch_passages=8, bucket_batches=6)
SIZE = 16 * 6
BUCKETS = 8
ANSWERS = {
    asked.question: asked.answer
    for town in TOWNS
    for asked in [*about_history(town), *about_nature(town), unanswerable(town)]
}
PLAIN = MixConfig(
    unanswerable_share=0,
    own_words_share=0,
    withheld_share=0,
    own_words_withheld_share=0,
    swapped_share=0,
    structured_share=0,
    companion_share=0,
    unmarked_share=0,
)
Made = Callable[[MixConfig], TrainingSet]


def write_towns(folder: Path, members: Sequence[tuple[Town, str]]) -> Path:
    """Write towns, each with its half (train or measure), as prepared data."""
    passages: list[Passage] = []
    for town, _ in members:
        for text in (history(town), nature(town)):
            passages.append(Passage(len(passages) + 1, f"{town.name}.txt", town.name, 0, text))
    questions = []
    draw = random.Random(0)
    for number, (town, split) in enumerate(members):
        about: list[tuple[int, Asked]] = [(1, asked) for asked in [*about_history(town), unanswerable(town)]]
        about += [(2, asked) for asked in about_nature(town)]
        for place, asked in about:
            answers = () if asked.answer is None else (asked.answer,)
            near = tuple(draw.sample(range(1, len(passages) + 1), 12))
            questions.append(Question(asked.question, asked.question, split, answers, (2 * number + place,), near))
    part = folder / "parts" / "00"
    part.mkdir(parents=True)
    write_part(part, passages, questions)
    return folder


@pytest.fixture(scope="module")
def train_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    halves = [(town, "train") for town in TRAIN] + [(town, "measure") for town in MEASURE]
    return write_towns(tmp_path_factory.mktemp("train"), halves)


@pytest.fixture(scope="module")
def made(train_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return a factory for training sets of the same towns."""
    own = write_towns(tmp_path_factory.mktemp("own"), [(town, "train") for town in OWN_WORDS])
    return lambda mix: TrainingSet(train_folder, [own], mix, CONFIG)


@pytest.fixture(scope="module")
def mixed(made: Made) -> TrainingSet:
    return made(MixConfig())


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(packaged_folder() / "tokenizer.json"))


def drawn(training_set: TrainingSet, buckets: int = BUCKETS) -> list[Example]:
    return [example for bucket in range(buckets) for batch in training_set.batches(bucket) for example in batch]


def question_of(tokenizer: Tokenizer, example: Example) -> str:
    (words,) = {squeezed(tokenizer.decode(row.question.tolist())) for row in example.rows}
    return f"{words.removesuffix('?')}?"  # some lose theirs


def texts_of(tokenizer: Tokenizer, example: Example) -> list[str]:
    return [tokenizer.decode(row.window.tolist()) for row in example.rows]


def asked_in(tokenizer: Tokenizer, examples: Sequence[Example]) -> Counter[str]:
    """Count how often each question was drawn, in lower case without white space; generated ones left out."""
    known = {squeezed(question) for question in ANSWERS}
    found = Counter(question_of(tokenizer, example) for example in examples)
    return Counter({question: count for question, count in found.items() if question in known})


def squeezed(text: str) -> str:
    return "".join(text.lower().split())


def squeezed_questions(members: Sequence[Town], answerable: bool) -> set[str]:
    return {
        squeezed(asked.question)
        for town in members
        for asked in ([*about_history(town), *about_nature(town)] if answerable else [unanswerable(town)])
    }


def test_each_question_is_drawn_once_before_any_is_drawn_again(made: Made, tokenizer: Tokenizer) -> None:
    training_set = made(PLAIN)
    everything = squeezed_questions(TRAIN, answerable=True)
    counts = asked_in(tokenizer, drawn(training_set, buckets=3))  # 288 draws from 144 questions
    assert counts == Counter(dict.fromkeys(everything, 2))


def test_each_kind_is_drawn_in_its_share(made: Made, tokenizer: Tokenizer) -> None:
    mix = replace(PLAIN, unanswerable_share=0.25, own_words_share=0.25, pair_share=0)
    counts = asked_in(tokenizer, drawn(made(mix)))
    own = squeezed_questions(OWN_WORDS, True) | squeezed_questions(OWN_WORDS, False)
    assert sum(counts[q] for q in squeezed_questions(TRAIN, False)) == BUCKETS * SIZE / 4
    assert sum(counts[q] for q in own) == BUCKETS * SIZE / 4
    assert sum(counts[q] for q in squeezed_questions(TRAIN, True)) == BUCKETS * SIZE / 2


def test_questions_in_other_words_have_their_own_share_of_withheld_passages(made: Made, tokenizer: Tokenizer) -> None:
    own = squeezed_questions(OWN_WORDS, True)
    withheld: Counter[bool] = Counter()
    for example in drawn(made(replace(PLAIN, own_words_share=0.25, own_words_withheld_share=1))):
        if example.gold is None and example.judges_relevance:
            withheld[question_of(tokenizer, example) in own] += 1
    assert withheld[True] > 0
    assert withheld[False] == 0


def test_questions_and_passages_of_another_half_are_never_drawn(mixed: TrainingSet, tokenizer: Tokenizer) -> None:
    examples = drawn(mixed)
    measured = squeezed_questions(MEASURE, True) | squeezed_questions(MEASURE, False)
    assert not set(asked_in(tokenizer, examples)) & measured
    kept = {tokenizer.decode(tokenizer.encode(nature(town)).ids) for town in MEASURE}
    kept |= {tokenizer.decode(tokenizer.encode(history(town)).ids) for town in MEASURE}
    assert not {text for example in examples for text in texts_of(tokenizer, example)} & kept
    assert len(mixed) == (48 + 8) * 4


def test_an_answered_example_has_its_gold_passage_and_the_answer_is_in_no_other(
    made: Made, tokenizer: Tokenizer
) -> None:
    answers = {squeezed(question): answer for question, answer in ANSWERS.items()}
    seen = 0
    for example in drawn(made(MixConfig(structured_share=0))):
        if example.gold is None:
            continue
        seen += 1
        assert example.spans
        assert example.judges_relevance
        answer = str(answers[question_of(tokenizer, example)]).lower()
        texts = texts_of(tokenizer, example)
        assert [answer in text for text in texts] == [i == example.gold for i in range(len(texts))]
    assert seen > 100


def test_an_example_without_an_answer_has_no_span(made: Made, tokenizer: Tokenizer) -> None:
    """Such a question was written to be unanswerable, was generated, or is read without its own passage."""
    answers = {squeezed(question): answer for question, answer in ANSWERS.items()}
    kinds: Counter[str] = Counter()
    for example in drawn(made(MixConfig(structured_share=0, swapped_share=0.2, withheld_share=0.2))):
        if example.gold is not None:
            continue
        assert example.spans == ()
        question = question_of(tokenizer, example)
        if example.judges_relevance:
            kinds["withheld"] += 1
            (text,) = texts_of(tokenizer, example)
            assert str(answers[question]).lower() not in text
        elif question in answers:
            kinds["unanswerable"] += 1
            assert answers[question] is None
        else:
            kinds["made"] += 1
            assert len(example.rows) == 1
    assert min(kinds["withheld"], kinds["unanswerable"], kinds["made"]) > 20


def test_a_generated_question_is_read_with_its_originals_passage(made: Made, tokenizer: Tokenizer) -> None:
    passages: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for example in drawn(made(replace(PLAIN, swapped_share=1)), buckets=3):
        passages[example.gold is None][texts_of(tokenizer, example)[0]] += 1
    assert passages[True] == passages[False]
    assert sum(passages[True].values()) == 3 * SIZE


def test_an_unanswerable_question_can_bring_the_answerable_one_that_it_was_made_from(
    made: Made, tokenizer: Tokenizer
) -> None:
    """Here no two questions share four words of ten, but for "Who founded …?" and "Who painted the church of …?"."""
    examples = drawn(made(replace(PLAIN, unanswerable_share=1, pair_share=1)), buckets=1)
    counts = asked_in(tokenizer, examples)
    for question in squeezed_questions(TRAIN, answerable=False):
        mate = question.replace("paintedthechurchof", "founded")
        assert counts[mate] in (0, counts[question])
    assert sum(example.gold is not None for example in examples) > 0


@pytest.mark.parametrize(
    "mix",
    [
        replace(PLAIN, withheld_share=0.1, swapped_share=0.25, companion_share=0.35),
        replace(PLAIN, withheld_share=0.3, swapped_share=0.1, companion_share=0.8),
    ],
)
def test_shares_match_the_configuration(made: Made, mix: MixConfig) -> None:
    examples = drawn(made(mix))
    questions = BUCKETS * SIZE
    withheld = sum(e.gold is None and e.judges_relevance for e in examples)
    swapped = sum(e.gold is None and not e.judges_relevance for e in examples)
    accompanied = sum(len(e.rows) == 2 for e in examples)
    others = questions - withheld - swapped
    assert len(examples) == questions + swapped
    assert withheld / questions == pytest.approx(mix.withheld_share, abs=0.04)
    assert swapped / questions == pytest.approx(mix.swapped_share, abs=0.04)
    assert accompanied / others == pytest.approx(mix.companion_share, abs=0.06)


def test_a_hard_negative_is_one_of_the_nearest_that_lack_the_answer(made: Made, tokenizer: Tokenizer) -> None:
    companions: dict[str, set[str]] = {}
    for example in drawn(made(replace(PLAIN, companion_share=1, nearest_negatives=2)), buckets=15):
        texts = texts_of(tokenizer, example)
        found = companions.setdefault(question_of(tokenizer, example), set())
        found.update(text for i, text in enumerate(texts) if i != example.gold)
    assert {len(found) for found in companions.values()} <= {1, 2}
    assert max(len(found) for found in companions.values()) == 2


def test_the_same_seed_draws_the_same_and_another_bucket_or_seed_does_not(train_folder: Path) -> None:
    def described(seed: int, bucket: int) -> list[list[object]]:
        training_set = TrainingSet(train_folder, [], MixConfig(), replace(CONFIG, seed=seed))
        return [
            [([(r.question.tolist(), r.window.tolist()) for r in e.rows], e.gold, e.spans) for e in batch]
            for batch in training_set.batches(bucket)
        ]

    first = described(0, 0)
    assert described(0, 0) == first
    assert described(0, 1) != first
    assert described(1, 0) != first


def test_batches_have_the_configured_size_and_all_but_one_are_full(mixed: TrainingSet) -> None:
    sizes = Counter(len(batch) for batch in mixed.batches(0))
    assert max(sizes) == CONFIG.batch_questions
    assert sum(count for size, count in sizes.items() if size < CONFIG.batch_questions) <= 1


def test_micro_batches_keep_the_rows_of_a_question_together_and_lose_none(mixed: TrainingSet) -> None:
    for batch in mixed.batches(0):
        seen: Counter[tuple[tuple[int, ...], int]] = Counter()
        for inputs, targets in mixed.micro_batches(batch):
            rows = [row for target in targets for row in target.passages]
            assert rows == list(range(len(inputs.tokens)))
            assert len(rows) <= CONFIG.micro_batch_passages
            for target in targets:
                questions = {tuple(question_tokens(inputs.tokens[row].tolist())) for row in target.passages}
                assert len(questions) == 1
                assert target.gold is None or target.gold in target.passages
                seen[questions.pop(), len(target.passages)] += 1
        assert seen == Counter((tuple(e.rows[0].question.tolist()), len(e.rows)) for e in batch)


def test_questions_lose_their_mark_in_the_configured_share(made: Made) -> None:
    mark = 1029  # "?"
    examples = drawn(made(replace(PLAIN, unmarked_share=0.25)))
    unmarked = [example for example in examples if example.rows[0].question[-1] != mark]
    assert 0.2 < len(unmarked) / len(examples) < 0.3


def question_tokens(tokens: list[int]) -> list[int]:
    return tokens[1 : tokens.index(102)]


@pytest.mark.parametrize("structured_share", [0.0, 1.0])
def test_target_spans_are_the_words_of_the_answer(made: Made, tokenizer: Tokenizer, structured_share: float) -> None:
    """However the passage is shown: the answers of all towns are known; those of tables are not, and left out."""
    known = {str(answer).lower() for answer in ANSWERS.values()}
    training_set = made(MixConfig(unanswerable_share=0, withheld_share=0, structured_share=structured_share))
    seen: Counter[bool] = Counter()
    for batch in training_set.batches(0):
        for inputs, targets in training_set.micro_batches(batch):
            for target in targets:
                for first, last in target.spans:
                    assert target.gold is not None
                    tokens = inputs.tokens[target.gold].tolist()
                    assert inputs.answerable[target.gold, first : last + 1].all()
                    seen[tokenizer.decode(tokens[first : last + 1]) in known] += 1
                assert bool(target.spans) == (target.gold is not None)
    assert seen[True] > 60
    assert seen[False] < 0.5 * seen[True] * structured_share + 1


def test_a_title_is_shown_as_part_of_the_text_as_the_files_name_or_not_at_all(made: Made, tokenizer: Tokenizer) -> None:
    places: Counter[tuple[bool, bool]] = Counter()
    for example in drawn(made(PLAIN), buckets=3):
        for row in example.rows:
            places[bool(len(row.title)), bool(len(row.context))] += 1
    assert set(places) == {(True, False), (False, True), (False, False)}
    assert min(places.values()) > 20


def one_question(folder: Path, text: str, answers: tuple[str, ...], title: str = "Town") -> TrainingSet:
    part = folder / "parts" / "00"
    part.mkdir(parents=True)
    write_part(
        part,
        [Passage(1, "a.txt", title, 0, text)],
        [Question("q", "What stands there?", "train", answers, (1,), (1,))],
    )
    return TrainingSet(folder, [], PLAIN, replace(CONFIG, batch_questions=1, bucket_batches=1))


def spans_in(training_set: TrainingSet, tokenizer: Tokenizer) -> list[str]:
    (batch,) = training_set.batches(0)
    ((inputs, (target,)),) = training_set.micro_batches(batch)
    if target.gold is None:
        return []
    return [tokenizer.decode(inputs.tokens[target.gold, first : last + 1].tolist()) for first, last in target.spans]


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        ("A mill stands here, and a second mill there.", ("mill",), ["mill", "mill"]),
        ("A mill stands by a windmill; millers own it.", ("mill",), ["mill"]),
        ("An old mill, or a mill, stands.", ("old mill", "mill"), ["old mill", "mill"]),
        ("The sign says $5 (five).", ("$5",), ["$ 5"]),
        ("The sign says C++ here.", ("C++",), ["c + +"]),
        ("A cafe\u0301 stands.", ("cafe\u0301",), ["cafe"]),
        ("On the left is Cañón City.", ("Cañón City",), ["canon city"]),
    ],
)
def test_an_answer_is_marked_wherever_it_occurs_as_whole_words(
    tmp_path: Path, tokenizer: Tokenizer, text: str, answers: tuple[str, ...], expected: list[str]
) -> None:
    assert spans_in(one_question(tmp_path, text, answers), tokenizer) == expected


def test_of_a_long_passage_the_part_with_the_answer_is_read(tmp_path: Path, tokenizer: Tokenizer) -> None:
    text = "old " * WINDOW_TOKENS + "mill stands there. " + "new " * WINDOW_TOKENS
    assert spans_in(one_question(tmp_path, text, ("mill",)), tokenizer) == ["mill"]


def test_with_a_long_title_the_last_word_read_can_be_the_answer(tmp_path: Path, tokenizer: Tokenizer) -> None:
    text = "old " * (WINDOW_TOKENS - 1) + "mill stands there."
    title = "Town " * (2 * MAX_TITLE_TOKENS)
    assert spans_in(one_question(tmp_path, text, ("mill",), title), tokenizer) == ["mill"]


def test_a_question_with_an_answer_too_long_to_score_is_left_out(tmp_path: Path) -> None:
    answer = " ".join(["old"] * (MAX_ANSWER_TOKENS + 1))
    assert len(one_question(tmp_path, f"The {answer} mill.", (answer,))) == 0
