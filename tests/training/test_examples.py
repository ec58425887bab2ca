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
from training.config import MixConfig, TrainConfig
from training.examples import Example, TrainingSet
from training.prepared import Passage, Question, write_part

TOWNS = towns(64)
TRAIN, FIT, HELD_OUT, MEASURE = TOWNS[:48], TOWNS[48:56], TOWNS[56:60], TOWNS[60:]
HELD_OUT_FILES = [f"{town.name}.txt" for town in HELD_OUT]
CONFIG = TrainConfig(batch_questions=16, micro_batch_passages=8, bucket_batches=4)
EPOCHS = 6
ANSWERS = {
    asked.question: asked.answer
    for town in TOWNS
    for asked in [*about_history(town), *about_nature(town), unanswerable(town)]
}
Made = Callable[[MixConfig], TrainingSet]


def write_towns(folder: Path, members: Sequence[tuple[Town, str]], with_unanswerable: bool) -> Path:
    """Write towns, each with its half (fit or measure), as prepared data."""
    passages: list[Passage] = []
    for town, _ in members:
        for text in (history(town), nature(town)):
            passages.append(Passage(len(passages) + 1, f"{town.name}.txt", town.name, 0, text))
    questions = []
    draw = random.Random(0)
    for number, (town, split) in enumerate(members):
        about: list[tuple[int, Asked]] = [(1, asked) for asked in about_history(town)]
        about += [(2, asked) for asked in about_nature(town)]
        about += [(1, unanswerable(town))] if with_unanswerable else []
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
    return write_towns(tmp_path_factory.mktemp("train"), [(town, "train") for town in TRAIN], with_unanswerable=False)


@pytest.fixture(scope="module")
def made(train_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return a factory for training sets of the same towns."""
    halves = [(town, "fit") for town in FIT + HELD_OUT] + [(town, "measure") for town in MEASURE]
    dev = write_towns(tmp_path_factory.mktemp("dev"), halves, with_unanswerable=True)
    return lambda mix: TrainingSet(train_folder, dev, HELD_OUT_FILES, mix, CONFIG)


@pytest.fixture(scope="module")
def mixed(made: Made) -> TrainingSet:
    return made(MixConfig(fit_share=0.2))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(packaged_folder() / "tokenizer.json"))


def drawn(training_set: TrainingSet, epochs: int = EPOCHS) -> list[Example]:
    return [example for epoch in range(epochs) for batch in training_set.batches(epoch) for example in batch]


def texts_of(training_set: TrainingSet, example: Example) -> list[str]:
    return [training_set._passages[i].text for i in example.passages]


def asked_in(tokenizer: Tokenizer, examples: Sequence[Example]) -> Counter[str]:
    """Count how often each question was drawn, keyed in lower case without white space; generated ones left out."""
    known = {squeezed(question) for question in ANSWERS}
    found = Counter(squeezed(tokenizer.decode(example.question.tolist())) for example in examples)
    return Counter({question: count for question, count in found.items() if question in known})


def squeezed(text: str) -> str:
    return "".join(text.lower().split())


def squeezed_questions(members: Sequence[Town]) -> set[str]:
    return {
        squeezed(asked.question)
        for town in members
        for asked in [*about_history(town), *about_nature(town), unanswerable(town)]
    }


def test_an_epoch_without_fit_questions_reads_every_training_question_once(made: Made, tokenizer: Tokenizer) -> None:
    training_set = made(MixConfig(withheld_share=0, swapped_share=0, fit_share=0))
    expected = squeezed_questions(TRAIN) - {squeezed(unanswerable(town).question) for town in TRAIN}
    assert asked_in(tokenizer, drawn(training_set, epochs=1)) == Counter(expected)


def test_an_epoch_with_fit_questions_reads_them_all_and_others_in_the_configured_share(
    mixed: TrainingSet, tokenizer: Tokenizer
) -> None:
    for epoch in range(2):
        counts = asked_in(tokenizer, [example for batch in mixed.batches(epoch) for example in batch])
        fit = {question: count for question, count in counts.items() if question in squeezed_questions(FIT)}
        assert fit == dict.fromkeys(squeezed_questions(FIT), 1)
        assert len(fit) == 32
        assert sum(question in squeezed_questions(TRAIN) for question in counts) == 32 * 4


def test_questions_and_passages_of_the_measure_half_and_held_out_articles_are_never_drawn(
    mixed: TrainingSet, tokenizer: Tokenizer
) -> None:
    examples = drawn(mixed)
    assert not set(asked_in(tokenizer, examples)) & squeezed_questions([*MEASURE, *HELD_OUT])
    kept = {town.name for town in [*MEASURE, *HELD_OUT]}
    assert not any(mixed._passages[i].title in kept for example in examples for i in example.passages)
    assert len(mixed) == 48 * 3 + 8 * 4


def test_an_answered_example_has_its_gold_passage_and_the_answer_is_in_no_other(
    mixed: TrainingSet, tokenizer: Tokenizer
) -> None:
    answers = {squeezed(question): answer for question, answer in ANSWERS.items()}
    for example in drawn(mixed):
        if example.gold is None:
            continue
        assert example.spans
        assert example.judges_relevance
        answer = answers[squeezed(tokenizer.decode(example.question.tolist()))]
        assert answer is not None
        assert [answer in text for text in texts_of(mixed, example)] == [i == example.gold for i in example.passages]


def test_an_example_without_an_answer_has_no_span(mixed: TrainingSet, tokenizer: Tokenizer) -> None:
    """Such a question was written to be unanswerable, was generated, or is read without its own passage."""
    answers = {squeezed(question): answer for question, answer in ANSWERS.items()}
    kinds: Counter[str] = Counter()
    for example in drawn(mixed):
        if example.gold is not None:
            continue
        assert example.spans == ()
        question = squeezed(tokenizer.decode(example.question.tolist()))
        if example.judges_relevance:
            kinds["withheld"] += 1
            (text,) = texts_of(mixed, example)
            assert str(answers[question]) not in text
        elif question in answers:
            kinds["unanswerable"] += 1
            assert answers[question] is None
        else:
            kinds["made"] += 1
            assert len(example.passages) == 1
    assert min(kinds["withheld"], kinds["unanswerable"], kinds["made"]) > 20


def test_a_generated_question_is_read_with_its_originals_passage(made: Made) -> None:
    training_set = made(MixConfig(withheld_share=0, swapped_share=1, companion_share=0, fit_share=0))
    passages: dict[bool, Counter[tuple[int, ...]]] = {True: Counter(), False: Counter()}
    for example in drawn(training_set, epochs=1):
        passages[example.gold is None][example.passages] += 1
    assert passages[True] == passages[False]
    assert sum(passages[True].values()) == 48 * 3


def test_questions_are_generated_from_training_questions_only(made: Made, tokenizer: Tokenizer) -> None:
    training_set = made(MixConfig(withheld_share=0, swapped_share=1, companion_share=0, fit_share=0.5))
    trained_on = {town.name for town in TRAIN}
    known = {squeezed(question) for question in ANSWERS}
    for example in drawn(training_set):
        if squeezed(tokenizer.decode(example.question.tolist())) not in known:
            assert {training_set._passages[i].title for i in example.passages} <= trained_on


@pytest.mark.parametrize(
    "mix",
    [
        MixConfig(),
        MixConfig(withheld_share=0.3, swapped_share=0.1, companion_share=0.8),
        MixConfig(withheld_share=0.0, swapped_share=0.5, companion_share=0.1),
    ],
)
def test_shares_match_the_configuration(made: Made, mix: MixConfig) -> None:
    examples = drawn(made(mix))
    questions = 48 * 3 * EPOCHS
    withheld = sum(e.gold is None and e.judges_relevance for e in examples)
    swapped = sum(e.gold is None and not e.judges_relevance for e in examples)
    accompanied = sum(len(e.passages) == 2 for e in examples)
    others = questions - withheld - swapped
    assert len(examples) == questions + swapped
    assert withheld / questions == pytest.approx(mix.withheld_share, abs=0.04)
    assert swapped / questions == pytest.approx(mix.swapped_share, abs=0.04)
    assert accompanied / others == pytest.approx(mix.companion_share, abs=0.06)


def test_a_hard_negative_is_one_of_the_nearest_that_lack_the_answer(made: Made) -> None:
    mix = MixConfig(withheld_share=0, swapped_share=0, companion_share=1, nearest_negatives=2)
    training_set = made(mix)
    companions: dict[tuple[int, ...], set[int]] = {}
    for example in drawn(training_set):
        assert example.gold is not None
        others = set(example.passages) - {example.gold}
        companions.setdefault(tuple(example.question), set()).update(others)
    assert {len(found) for found in companions.values()} == {1, 2}


def test_the_same_seed_draws_the_same_and_another_epoch_or_seed_does_not(
    train_folder: Path, tokenizer: Tokenizer
) -> None:
    def described(seed: int, epoch: int) -> list[list[object]]:
        training_set = TrainingSet(train_folder, None, [], MixConfig(), replace(CONFIG, seed=seed))
        return [
            [(e.question.tolist(), e.passages, e.gold, e.spans, e.judges_relevance) for e in batch]
            for batch in training_set.batches(epoch)
        ]

    first = described(0, 0)
    assert described(0, 0) == first
    assert described(0, 1) != first
    assert described(1, 0) != first


def test_batches_have_the_configured_size_and_lose_no_question(mixed: TrainingSet) -> None:
    batches = mixed.batches(0)
    sizes = Counter(len(batch) for batch in batches)
    assert max(sizes) == CONFIG.batch_questions
    # A bucket's last batch may be short; with four batches per bucket only the last bucket has one.
    assert sum(count for size, count in sizes.items() if size < CONFIG.batch_questions) <= 1


def test_micro_batches_keep_the_passages_of_a_question_together_and_lose_none(mixed: TrainingSet) -> None:
    for batch in mixed.batches(0):
        seen: Counter[tuple[tuple[int, ...], int]] = Counter()
        for inputs, targets in mixed.micro_batches(batch):
            rows = [row for target in targets for row in target.passages]
            assert rows == list(range(len(inputs.tokens)))
            assert len(rows) <= CONFIG.micro_batch_passages
            for target in targets:
                questions = {tuple(question_of(inputs.tokens[row].tolist())) for row in target.passages}
                assert len(questions) == 1
                assert target.gold is None or target.gold in target.passages
                seen[questions.pop(), len(target.passages)] += 1
        assert seen == Counter((tuple(example.question.tolist()), len(example.passages)) for example in batch)


def question_of(tokens: list[int]) -> list[int]:
    return tokens[1 : tokens.index(102)]


def test_target_spans_are_the_words_of_the_answer(mixed: TrainingSet, tokenizer: Tokenizer) -> None:
    answers = {squeezed(question): answer for question, answer in ANSWERS.items()}
    seen = 0
    for batch in mixed.batches(0):
        for inputs, targets in mixed.micro_batches(batch):
            for target in targets:
                for first, last in target.spans:
                    assert target.gold is not None
                    tokens = inputs.tokens[target.gold].tolist()
                    answer = answers[squeezed(tokenizer.decode(question_of(tokens)))]
                    assert tokenizer.decode(tokens[first : last + 1]) == str(answer).lower()
                    assert inputs.answerable[target.gold, first : last + 1].all()
                    seen += 1
                assert bool(target.spans) == (target.gold is not None)
    assert seen > 80


def one_question(folder: Path, text: str, answers: tuple[str, ...], title: str = "Town") -> TrainingSet:
    part = folder / "parts" / "00"
    part.mkdir(parents=True)
    write_part(
        part,
        [Passage(1, "a.txt", title, 0, text)],
        [Question("q", "What stands there?", "train", answers, (1,), (1,))],
    )
    return TrainingSet(folder, None, [], MixConfig(swapped_share=0), CONFIG)


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


def test_a_question_has_no_answer_if_it_lies_beyond_the_part_that_is_read(tmp_path: Path) -> None:
    text = "old " * WINDOW_TOKENS + "mill stands there."
    training_set = one_question(tmp_path, text, ("mill",))
    ((inputs, (target,)),) = training_set.micro_batches(training_set.batches(0)[0])
    assert target.gold is None
    assert target.spans == ()
    assert not target.judges_relevance
    assert inputs.answerable.sum() == WINDOW_TOKENS


def test_with_a_long_title_the_last_word_read_can_be_the_answer(tmp_path: Path, tokenizer: Tokenizer) -> None:
    text = "old " * (WINDOW_TOKENS - 1) + "mill stands there."
    title = "Town " * (2 * MAX_TITLE_TOKENS)
    assert spans_in(one_question(tmp_path, text, ("mill",), title), tokenizer) == ["mill"]


def test_a_question_with_an_answer_too_long_to_score_is_left_out(tmp_path: Path) -> None:
    answer = " ".join(["old"] * (MAX_ANSWER_TOKENS + 1))
    assert len(one_question(tmp_path, f"The {answer} mill.", (answer,))) == 0
