"""Made-up forms of a passage keep the answer where they say, and hold none where they say so."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.structure import KINDS, Asked, Shown, denial, headline, labelled, section

TEXT = (
    "The bridge crosses the Alva. It was built in 1931 by Erik Borg, who lived beside it. "
    "Every spring the river floods the lower road, and the bus takes the hill."
)
ASKED = Asked(
    question="When was the bridge built?",
    title="Moss Bridge",
    text=TEXT,
    answers=("1931",),
    names=("Anna Dahl", "Ingrid Ek", "Olof Strand", "Halden"),
    others=("1894", "about 40 people"),
    titles=("Kirstad", "Lunby"),
)


def made(make: object, asked: Asked, draws: int = 40) -> list[list[Shown]]:
    assert callable(make)
    return [make(asked, random.Random(seed)) for seed in range(draws)]


def test_a_headline_is_the_answering_sentence_and_the_passage_no_longer_holds_it() -> None:
    for (shown,) in made(headline, ASKED):
        assert shown.contexts[0].endswith("It was built in 1931 by Erik Borg, who lived beside it")
        assert shown.bodies == (TEXT.replace("It was built in 1931 by Erik Borg, who lived beside it. ", ""),)
        assert shown.answers == ("1931",)


def test_a_long_sentence_or_an_only_one_is_no_headline() -> None:
    assert headline(Asked("When?", "T", "It was 1931.", ("1931",), (), (), ()), random.Random(0)) == []
    long = "It was built " + "by many people, " * 20 + "in 1931. It stands."
    assert headline(Asked("When?", "T", long, ("1931",), (), (), ()), random.Random(0)) == []


def test_a_section_answers_under_its_own_heading_and_not_under_anothers() -> None:
    asked = Asked("Who designed Moss Bridge?", "Moss Bridge", TEXT, ("Erik Borg",), (), (), ("Kirstad",))
    right, wrong = section(asked, random.Random(0))
    assert (right.contexts, right.answers) == (("Moss Bridge",), ("Erik Borg",))
    assert (wrong.contexts, wrong.answers) == (("Kirstad",), ())
    assert right.bodies == wrong.bodies == (TEXT,)


@pytest.mark.parametrize("text", [TEXT.replace("The bridge", "Moss Bridge"), TEXT])
def test_a_section_is_made_only_where_the_heading_alone_names_what_is_asked(text: str) -> None:
    question = "Who designed it?" if text == TEXT else "Who designed Moss Bridge?"
    assert section(Asked(question, "Moss Bridge", text, ("Erik Borg",), (), (), ("Kirstad",)), random.Random(0)) == []


def test_of_two_like_sentences_the_labelled_one_answers_and_a_third_label_has_no_answer() -> None:
    found = [shown for shown in made(labelled, ASKED) if shown]
    assert len(found) > 20
    for right, none in found:
        assert right.answers == ("1931",)
        assert none.answers == ()
        assert right.bodies == none.bodies
        assert "1931" in right.bodies[0]
        assert "1894" in right.bodies[1]  # an answer of the same shape takes its place
        assert right.question != none.question
        both = [f"{context} {body}" for context, body in zip(right.contexts, right.bodies, strict=True)]
        label = next(name for name in (*ASKED.names, *_dates(both)) if name in right.question)
        assert label in both[0]
        assert label not in both[1]


def _dates(texts: list[str]) -> list[str]:
    return [" ".join(text.split()[i : i + 3]) for text in texts for i in range(len(text.split()))]


def test_a_denied_sentence_does_not_answer() -> None:
    for original, denied in made(denial, ASKED):
        assert original.bodies == (TEXT,)
        assert original.answers == ("1931",)
        assert denied.answers == ()
        assert denied.bodies[0] in {
            TEXT.replace("It was built", f"It was {word} built") for word in ("not", "never", "not in fact")
        }


@pytest.mark.parametrize(
    "sentence",
    [
        "It was not built until 1931.",
        "It was built only in 1931.",
        "No bridge was there before 1931.",
        "In 1931 it was built.",
    ],
)
def test_a_sentence_that_a_not_would_not_deny_is_left_alone(sentence: str) -> None:
    assert denial(Asked("When?", "T", f"It stands. {sentence}", ("1931",), (), (), ()), random.Random(0)) == []


@given(text=st.text(max_size=200), answer=st.text(min_size=1, max_size=10), seed=st.integers(0, 50))
def test_odd_texts_give_a_form_that_holds_its_answer_or_none(text: str, answer: str, seed: int) -> None:
    asked = Asked("What is T?", "T", f"{text} {answer} {text}", (answer,), ("A B", "C D", "E F"), ("x", "1"), ("U",))
    for make in KINDS:
        for shown in make(asked, random.Random(seed)):
            assert len(shown.contexts) == len(shown.bodies)
            assert all(one in shown.contexts[0] or one in shown.bodies[0] for one in shown.answers)
