from dataclasses import replace

from qa_app.config import AnswerConfig
from qa_app.selection import select
from tests.qa_app.values_made import candidate

CONFIG = AnswerConfig(
    threshold=0.1,
    support_most=1,
    support_share=0.5,
    several_most=3,
    several_share=0.25,
    sure=0.5,
    unsure_most=2,
    unsure_share=0.5,
)
FACT, LIST, WHY = "who built it?", "which projects are planned?", "is it open?"


def test_below_the_threshold_nothing_answers() -> None:
    assert select(FACT, [candidate(0.0999)], CONFIG) == []
    assert select(LIST, [candidate(0.0999)], CONFIG) == []


def test_at_the_threshold_the_best_answers() -> None:
    assert select(FACT, [candidate(0.1)], CONFIG) == [candidate(0.1)]


def test_nothing_read_is_an_abstention() -> None:
    assert select(FACT, [], CONFIG) == []


def test_a_sure_fact_is_one_sentence() -> None:
    assert select(FACT, [candidate(0.6), candidate(0.59, start=5)], CONFIG) == [candidate(0.6)]


def test_an_unsure_fact_brings_its_rivals_only() -> None:
    candidates = [candidate(0.4, start=10), candidate(0.2, start=5), candidate(0.2, start=0), candidate(0.19, start=3)]
    assert select(FACT, candidates, CONFIG) == [candidate(0.2, start=5), candidate(0.4, start=10)]


def test_a_list_brings_several_in_the_order_of_the_article() -> None:
    candidates = [candidate(0.8, start=10), candidate(0.3, start=0), candidate(0.21, start=5), candidate(0.19, start=3)]
    assert [s.start for s in select(LIST, candidates, CONFIG)] == [0, 5, 10]


def test_articles_are_ordered_by_their_best_sentence() -> None:
    text = "Four. Five."
    best, last = candidate(0.8, document="b.txt", text=text, start=6), candidate(0.6, document="b.txt", text=text)
    candidates = [best, candidate(0.7), last]
    chosen = select(LIST, candidates, replace(CONFIG, several_most=5))
    assert [(s.passage.chunk.document, s.start) for s in chosen] == [("b.txt", 0), ("b.txt", 6), ("a.txt", 0)]


def test_a_sentence_with_the_same_short_answer_supports_the_best() -> None:
    best = candidate(0.9, short=(0, 3))
    same = candidate(0.45, document="b.txt", text="one! It is.", end=11, short=(0, 4))
    candidates = [best, candidate(0.6, start=5, short=(5, 8)), same, replace(same, score=0.44, end=8)]
    assert select(FACT, candidates, CONFIG) == [best, same]


def test_an_unlikely_sentence_with_the_same_short_answer_does_not() -> None:
    best = candidate(0.9, short=(0, 3))
    assert select(FACT, [best, candidate(0.44, document="b.txt", text="One it is.", end=10, short=(0, 3))], CONFIG) == [
        best
    ]


def test_a_supporting_sentence_that_is_also_a_rival_is_shown_once() -> None:
    best, same = candidate(0.4, short=(0, 3)), candidate(0.3, document="b.txt", text="One it is.", end=10, short=(0, 3))
    assert select(FACT, [best, same], CONFIG) == [best, same]


def test_equal_sentences_answer_once_and_the_best_stays_first() -> None:
    best = candidate(0.4, short=(0, 3))
    other, copy = candidate(0.3, start=5), candidate(0.25, document="b.txt", short=(0, 3))
    assert select(LIST, [best, other, copy], CONFIG) == [best, other]
    assert select(FACT, [candidate(0.6), other, copy], CONFIG) == [candidate(0.6)]


def test_a_question_that_needs_whole_sentences_has_no_short_answer() -> None:
    assert select(WHY, [candidate(0.9, short=(0, 3))], CONFIG) == [candidate(0.9)]


def test_many_unlikely_sentences_do_not_add_up_to_an_answer() -> None:
    config = replace(CONFIG, threshold=0.25, several_least=0.2)
    unlikely = [candidate(0.19, start=0), candidate(0.18, start=5), candidate(0.17, start=9)]
    assert select(LIST, unlikely, config) == []
    assert len(select(LIST, [candidate(0.21, start=3), *unlikely[:2]], config)) == 3
