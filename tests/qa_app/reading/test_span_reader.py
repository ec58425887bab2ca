import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.documents.blocks import Span
from qa_app.reading.confidence import FEATURES, Calibration
from qa_app.reading.inputs import MAX_QUESTION_TOKENS
from qa_app.reading.model import ReaderModel
from qa_app.reading.span_reader import Reading, features
from qa_app.types import Passage
from tests.embeddings.odd_text import odd_texts
from tests.qa_app.reading.networks import BY_ODDS, reader_of, reader_pointing_at, scattered
from tests.qa_app.values_made import passage

QUESTION = "Where does it lie?"
SCATTERED = reader_of(scattered())


def is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


@given(before=odd_texts, text=odd_texts)
def test_words_are_in_their_sentence_the_sentence_in_the_passage_and_no_mark_is_cut_off(before: str, text: str) -> None:
    document = before + text
    asked = passage(text, start=len(before))
    sentences = [(unit.start, unit.end) for unit in asked.chunk.units]
    for reading in SCATTERED.readings(QUESTION, [asked]):
        (start, end), (first, last) = reading.sentence, reading.words
        assert len(before) <= start <= first < last <= end <= len(document)
        assert reading.sentence in sentences
        assert document[first:last] == asked.words(first, last)
        assert first == start or not is_mark(document[first])
        assert last == end or not is_mark(document[last])


@given(before=odd_texts, text=odd_texts)
def test_the_position_in_the_document_changes_only_the_offsets(before: str, text: str) -> None:
    def moved(span: Span) -> Span:
        return span[0] + len(before), span[1] + len(before)

    at_start = SCATTERED.readings(QUESTION, [passage(text)])
    later = SCATTERED.readings(QUESTION, [passage(text, start=len(before))])
    assert [(moved(r.sentence), moved(r.words), r.odds, r.mass) for r in at_start] == [
        (r.sentence, r.words, r.odds, r.mass) for r in later
    ]


@pytest.mark.parametrize(
    ("text", "pointed", "expected"),
    [
        ("Le cafe\u0301 ferme.", "cafe", "cafe\u0301"),
        ("Le café ferme.", "cafe", "café"),
        ("A letter e\u0301\u0323\u0308, with three marks.", "e", "e\u0301\u0323\u0308"),
        ("Here 👩‍👩‍👧‍👦 lives.", "👩", "👩‍👩‍👧‍👦"),
        ("Good 👍🏽 work.", "👍", "👍🏽"),
        ("Press 1\ufe0f\u20e3 now.", "1\u20e3", "1\ufe0f\u20e3"),
        ("Press #\ufe0f\u20e3 now.", "\u20e3", "#\ufe0f\u20e3"),
        ("Press #\ufe0f\u20e3 now.", "#", "#\ufe0f\u20e3"),
        ("一今\u302e日。", "日", "日"),
        ("It lies here.\r\nIn Rome\r\nit rains.", "rome", "Rome"),
        ("It\u00a0lies\u00a0in\u00a0Rome\u00a0today.", "rome", "Rome"),
        ("今日は東京にいます。", "東京", "東京"),
        ("שלום עולם. הוא גר בחיפה.", "גר", "גר"),
        ("מָה שְׁלוֹמְךָ היום.", "מה", "מָה"),
        ("हिन्दी में लिखा है।", "में", "में"),
        (f"A word {'x' * 200} is long.", "x" * 200, "x" * 200),
        ("A word " + "anti" * 20 + " is long.", "anti" * 20, "anti" * 20),
        ("It is in the U.S. today.", "u.s", "U.S"),
    ],
)
def test_the_words_found_are_those_of_the_text(text: str, pointed: str, expected: str) -> None:
    readings = reader_pointing_at(pointed).readings(QUESTION, [passage(text, start=70)])
    best = max(readings, key=lambda reading: reading.odds)
    assert best.answer == expected


def test_a_letter_after_the_mark_of_another_letter_is_not_included() -> None:
    (reading,) = reader_pointing_at("b").readings(QUESTION, [passage("a\u0301 b\u0301 c")])
    assert reading.answer == "b\u0301"


def filler(words: int) -> str:
    """Return prose of about `words` tokens."""
    return " ".join(f"The {('green', 'blue', 'old')[i % 3]} house stood there." for i in range(words // 6))


@pytest.mark.parametrize("before", [0, 300, 1200])
@pytest.mark.parametrize("after", [0, 300])
def test_an_answer_far_after_the_first_window_is_found_at_its_place(before: int, after: int) -> None:
    document = f"Not of this passage. {filler(before)} It lies in Samarkand today. {filler(after)}"
    start = document.index(".") + 2
    found = reader_pointing_at("Samarkand").read(QUESTION, [passage(document[start:], start=start)])
    assert found[0].short is not None
    assert document[slice(*found[0].short)] == "Samarkand"
    assert document[found[0].start : found[0].end] == "It lies in Samarkand today."
    assert found[0].score > 0.99


@settings(max_examples=30)
@given(st.lists(st.text("abcdefgh 123", min_size=1, max_size=40), min_size=1, max_size=40))
def test_a_passage_read_in_one_window_or_in_several_gives_the_same(sentences: list[str]) -> None:
    asked = passage(". ".join(sentences) + ".")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qa_app.reading.inputs.WINDOW_TOKENS", 100_000)
        whole = SCATTERED.readings(QUESTION, [asked])
        patch.setattr("qa_app.reading.inputs.WINDOW_TOKENS", 64)
        patch.setattr("qa_app.reading.inputs.WINDOW_STRIDE", 32)
        cut = SCATTERED.readings(QUESTION, [asked])
    assert [replace(reading, mass=0.0) for reading in cut] == [replace(reading, mass=0.0) for reading in whole]
    assert [reading.mass for reading in cut] == pytest.approx([reading.mass for reading in whole], abs=1e-5)


def test_the_relevance_of_a_passage_in_several_windows_is_that_of_the_best() -> None:
    text = f"{filler(600)} It lies in Samarkand. {filler(600)}"
    readings = reader_pointing_at("Samarkand").readings(QUESTION, [passage(text), passage("Nothing.", document="b")])
    assert [reading.relevance for reading in readings] == [8.0] * (len(readings) - 1) + [0.0]


def test_no_passages_give_no_candidates() -> None:
    assert SCATTERED.readings(QUESTION, []) == []
    assert SCATTERED.read(QUESTION, []) == []


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u00a0\u2028\t", "\u200b", "\u200d\u200f", "\0", "\u0301"])
def test_a_passage_without_words_gives_no_candidates(text: str) -> None:
    assert SCATTERED.read(QUESTION, [passage(text)]) == []


def test_a_passage_without_words_does_not_change_the_others() -> None:
    full = passage("It lies in Rome.", document="b.txt")
    alone = SCATTERED.readings(QUESTION, [full])
    assert SCATTERED.readings(QUESTION, [passage("\u200b"), full, passage(" ")]) == alone


@pytest.mark.parametrize("text", ["...", "— ! ?", "“”", "(((", "***\n\n---"])
def test_a_passage_of_punctuation_is_read_without_an_error(text: str) -> None:
    for reading in SCATTERED.readings(QUESTION, [passage(text)]):
        assert reading.answer.strip()


@pytest.mark.parametrize("question", ["", " ", "\n", "?", "\u200b", "👩‍👩‍👧‍👦", "e\u0301" * 50])
def test_an_odd_question_is_read_like_any_other(loaded: ReaderModel, question: str) -> None:
    readings = reader_of(loaded).readings(question, [passage("It lies in Rome. The road is long.")])
    assert [reading.answer != "" for reading in readings] == [True, True]
    assert all(np.isfinite([reading.odds, reading.mass, reading.relevance]).all() for reading in readings)


def test_a_passage_whose_title_is_empty_is_read(loaded: ReaderModel) -> None:
    titled = passage("It lies in Rome.")
    untitled = replace(titled, chunk=replace(titled.chunk, title=""))
    (reading,) = reader_of(loaded).readings(QUESTION, [untitled])
    (other,) = reader_of(loaded).readings(QUESTION, [titled])
    assert np.isfinite(reading.odds)
    assert reading.odds != other.odds


def test_only_the_beginning_of_a_question_of_1000_words_is_read(loaded: ReaderModel) -> None:
    reader = reader_of(loaded)
    asked = [passage("It lies in Rome. The road is long.")]
    words = ["where", "does", "it", "lie"] * 250
    assert reader.readings(" ".join(words), asked) == reader.readings(" ".join(words[:MAX_QUESTION_TOKENS]), asked)


PASSAGES = [
    passage("It lies in Rome. The road is long.", document="a.txt"),
    passage("\u200b", document="b.txt"),
    passage(filler(600) + " Cafe\u0301 Samarkand lies there.", document="c.txt", start=40),
    *(passage(f"The house number {number} lies in Oslo.", document=f"{number}.txt") for number in range(9)),
]


def test_reading_is_deterministic(loaded: ReaderModel) -> None:
    assert reader_of(loaded).readings(QUESTION, PASSAGES) == reader_of(loaded).readings(QUESTION, PASSAGES)


def test_readings_are_in_the_order_of_passages_and_sentences(loaded: ReaderModel) -> None:
    readings = reader_of(loaded).readings(QUESTION, PASSAGES)
    places = [(PASSAGES.index(reading.passage), reading.sentence) for reading in readings]
    assert places == sorted(places)
    assert len(places) == len(set(places)) == sum(len(p.chunk.units) for p in PASSAGES) - 1


def test_other_passages_do_not_change_a_passages_readings(loaded: ReaderModel) -> None:
    reader = reader_of(loaded)
    together = reader.readings(QUESTION, PASSAGES)
    for one in PASSAGES:
        alone = reader.readings(QUESTION, [one])
        own = [reading for reading in together if reading.passage == one]
        assert [(r.sentence, r.words) for r in alone] == [(r.sentence, r.words) for r in own]
        numbers = [[r.odds, r.mass, r.relevance] for r in own]
        assert np.array([[r.odds, r.mass, r.relevance] for r in alone]) == pytest.approx(np.array(numbers), abs=1e-4)


def test_several_threads_at_once_get_the_same_answers(loaded: ReaderModel) -> None:
    reader = reader_of(loaded)
    questions = [QUESTION, "What is long?", "Who?", ""] * 2
    expected = [reader.read(question, PASSAGES[-4:]) for question in questions]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda question: reader.read(question, PASSAGES[-4:]), questions)) == expected


def test_candidates_come_best_first_with_the_probability_of_their_words() -> None:
    asked = [passage("The road is long. It lies in Rome."), passage("Nothing is here.", document="b.txt")]
    candidates = reader_pointing_at("Rome").read(QUESTION, asked)
    assert [candidate.passage for candidate in candidates] == [asked[0], asked[0], asked[1]]
    assert [(s.start, s.end, s.short) for s in candidates[:1]] == [(18, 34, (29, 33))]
    assert candidates[0].score == pytest.approx(1 / (1 + np.exp(-16.0)))
    assert [s.score for s in candidates[1:]] == [0.5, 0.5]


def test_a_sentence_in_two_passages_is_one_candidate() -> None:
    document = "The road is long. It lies in Rome. Nobody goes there."
    one = passage(document[:34], chunk_id=1)
    other = passage(document[18:], start=18, chunk_id=2)
    candidates = reader_pointing_at("Rome").read(QUESTION, [one, other])
    assert sorted((s.start, s.end) for s in candidates) == [(0, 17), (18, 34), (35, 53)]


def test_for_a_sentence_in_two_passages_the_likelier_reading_counts() -> None:
    text = "It lies in Rome."
    near, far = passage(text, chunk_id=1, fused=0.9), passage(text, chunk_id=2, fused=0.1)
    reader = reader_of(
        scattered(), Calibration(replace(BY_ODDS, search=1.0), replace(BY_ODDS, search=1.0), BY_ODDS, "")
    )
    for order in ([near, far], [far, near]):
        (candidate,) = reader.read(QUESTION, order)
        assert candidate.passage == near


def reading(
    words: str, odds: float, *, document: str = "a.txt", chunk_id: int = 1, relevance: float = 0.0, search: float = 0.5
) -> Reading:
    """A reading of a passage of one sentence that is all answer."""
    read: Passage = passage(words, document=document, chunk_id=chunk_id, fused=search)
    return Reading(read, (0, len(words)), (0, len(words)), odds, odds, relevance)


def of(name: str, readings: list[Reading]) -> list[float]:
    return [float(value) for value in features(readings)[:, FEATURES.index(name)]]


def test_the_same_words_in_two_articles_support_each_other() -> None:
    readings = [reading("The Hague", 1.0), reading("hague.", 2.0, document="b.txt"), reading("Rome", 0.0, document="c")]
    together = float(np.log(np.exp(1.0) + np.exp(2.0)))
    assert of("odds", readings) == pytest.approx([together, together, 0.0])
    assert of("rivals", readings) == pytest.approx([np.log(2), np.log(2), np.log(1 + np.exp(together))])


def test_the_same_words_in_two_sentences_of_one_article_support_each_other() -> None:
    asked = [passage("It lies in Rome. Rome it is.")]
    readings = reader_pointing_at("Rome").readings(QUESTION, asked)
    assert of("odds", readings) == pytest.approx([16 + np.log(2)] * 2)
    assert of("rivals", readings) == [0.0, 0.0]


def test_a_sentence_in_two_overlapping_passages_counts_once() -> None:
    readings = [reading("Rome", 1.0, chunk_id=1), reading("Rome", 3.0, chunk_id=2), reading("Oslo", 0.0, document="b")]
    assert of("odds", readings) == pytest.approx([3.0, 3.0, 0.0])
    assert of("rivals", readings) == pytest.approx([np.log(2), np.log(2), np.log(1 + np.exp(3.0))])


def test_other_words_of_a_sentence_in_two_passages_do_not_count_against_its_best() -> None:
    text = "Rome or Oslo"
    in_one, in_other = passage(text, chunk_id=1), passage(text, chunk_id=2)
    rome = Reading(in_one, (0, 12), (0, 4), 3.0, 3.0, 0.0)
    oslo = Reading(in_other, (0, 12), (8, 12), 1.0, 1.0, 0.0)
    assert of("odds", [rome, oslo]) == pytest.approx([3.0, 1.0])
    assert of("rivals", [rome, oslo]) == pytest.approx([0.0, np.log(1 + np.exp(3.0))])


def test_relevance_and_search_are_the_passages() -> None:
    readings = [reading("Rome", 1.0, relevance=2.5, search=0.25), reading("Oslo", 0.0, document="b", relevance=-1.0)]
    assert of("relevance", readings) == [2.5, -1.0]
    assert of("search", readings) == [0.25, 0.5]


def test_the_share_is_that_of_the_words_among_all_words_of_their_sentence() -> None:
    words = Reading(passage("Rome or Oslo"), (0, 12), (0, 4), 1.0, 1.5, 0.0)
    assert of("share", [words]) == [-0.5]


def test_the_two_probabilities_are_those_of_their_own_weights() -> None:
    asked = [passage("It lies in Rome.")]
    sentence, words = replace(BY_ODDS, bias=-16.0), replace(BY_ODDS, odds=0.0, bias=1.0)
    reader = reader_pointing_at("Rome")
    reader.calibration = Calibration(sentence, sentence, words, "")
    (candidate,) = reader.read(QUESTION, asked)
    assert candidate.score == pytest.approx(0.5)
    assert candidate.words_score == pytest.approx(1 / (1 + np.exp(-1.0)))


def test_support_raises_the_probability_and_a_rival_lowers_it() -> None:
    weights = replace(BY_ODDS, odds=0.5, rivals=-0.5)
    alone, supported, contested = (
        float(weights.probability(features(readings))[0])
        for readings in (
            [reading("Rome", 1.0)],
            [reading("Rome", 1.0), reading("Rome", 0.0, document="b.txt")],
            [reading("Rome", 1.0), reading("Oslo", 0.0, document="b.txt")],
        )
    )
    assert contested < alone < supported
