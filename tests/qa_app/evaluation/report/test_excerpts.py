from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from qa_app.evaluation.report.excerpts import Mark, excerpts
from qa_app.evaluation.results import Cited, Place
from tests.qa_app.evaluation.results_made import BUILT, KEEPER, TEXTS, outcome


def test_cited_and_expected_stretches_stand_in_one_text() -> None:
    (one,) = excerpts(outcome(0.9, cited=BUILT, gold=(KEEPER,)), TEXTS.get)
    assert one.parts == (
        ("The harbour was built in 1841.", Mark.CITED),
        (" It has two piers. ", None),
        ("Karin Holm keeps the light.", Mark.EXPECTED),
    )
    assert (one.start, one.end) == (0, 76)


def test_what_is_both_is_marked_as_both() -> None:
    (one,) = excerpts(outcome(0.9, cited=BUILT, gold=(Place("harbour.txt", 25, 29),)), TEXTS.get)
    assert [(words, mark) for words, mark in one.parts if mark is Mark.BOTH] == [("1841", Mark.BOTH)]


def test_far_stretches_come_apart_with_a_little_context_of_whole_words() -> None:
    text = "First here. " + "word " * 400 + "Last here."
    places = (Place("a.txt", 0, 11), Place("a.txt", len(text) - 10, len(text)))
    made = replace(outcome(0.9, gold=places[1:]), citations=(Cited(places[0], "First here.", True),))
    first, last = excerpts(made, {"a.txt": text}.get)
    assert first.parts[-1] == (" …", None) and last.parts[0] == ("… ", None)
    assert all(len("".join(words for words, _ in one.parts)) < 260 for one in (first, last))
    assert "".join(words for words, _ in last.parts[1:]).startswith("word ")


def test_words_that_no_longer_stand_there_are_never_shown_as_cited() -> None:
    changed = outcome(0.9, quote="The harbour was built in 1741.", gold=())
    (one,) = excerpts(changed, TEXTS.get)
    assert one.parts == () and one.missing is not None and "has changed" in one.missing
    (gone,) = excerpts(outcome(0.9), lambda _: None)
    assert gone.missing is not None and "no longer" in gone.missing


@given(
    st.text(max_size=900),
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), max_size=5),
)
def test_excerpts_hold_exactly_the_articles_words(
    text: str, cited: list[tuple[int, int]], gold: list[tuple[int, int]]
) -> None:
    citations = tuple(Cited(Place("a.txt", *span), text[slice(*span)], True) for span in cited)
    made = replace(outcome(0.9), citations=citations, gold=tuple(Place("a.txt", *span) for span in gold))
    for one in excerpts(made, {"a.txt": text}.get):
        for words, mark in one.parts:
            assert all(piece in text for piece in words.split(" … "))
            assert mark is None or words
    marked = sum(
        len(words) for one in excerpts(made, {"a.txt": text}.get) for words, mark in one.parts if mark is not None
    )
    stands = {i for s, e in (*cited, *gold) if s < e <= len(text) for i in range(s, e)}
    assert marked <= len(stands)
    if len(stands) <= 600:
        assert marked == len(stands)
