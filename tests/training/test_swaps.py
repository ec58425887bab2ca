import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.encoders.packaged import packaged_folder
from tests.embeddings.odd_text import odd_texts
from training.swaps import ArticleTerms
from training.word_vectors import WordVectors

PASSAGES = [
    "The bridge over the Orsa was opened in 1894 by Anna Lindqvist, who had planned its largest arch for 12 years.",
    "After the flood of 1931, Erik Dahlberg rebuilt the northern tower with 3,500 blocks from Halden and Fredrikstad.",
    "In 1977 the town of Moss sold the tunnel to Karlstad for 48 coins, and Gustav Holm wrote a famous song about it.",
    "Later Anna Bergman, Anna Lindström and the songwriter Fredrik Holmgren saw the bridges and tunnels near Mosserud.",
]
QUESTIONS = [
    "When was the bridge over the Orsa opened by Anna Lindqvist?",
    "How many blocks did Erik Dahlberg use for the northern tower after 1931?",
    "Which town sold the tunnel to Karlstad in 1977?",
    "Who planned the largest arch of the bridge during 12 years?",
    "Which famous song about the tunnel is by Gustav Holm?",
    "Which architect painted the castle near Bergen in 1850?",
    "Which songs about bridges, tunnels and towers did Anna Bergman hear near Mosserud from Fredrik Holmgren?",
]


@pytest.fixture(scope="module")
def vectors() -> WordVectors:
    return WordVectors(packaged_folder())


@pytest.fixture(scope="module")
def terms(vectors: WordVectors) -> ArticleTerms:
    return ArticleTerms(PASSAGES, QUESTIONS, vectors)


def differing(question: str, made: str) -> tuple[list[str], list[str]]:
    """Return the differing words of both, after removing the common words at both ends."""
    old, new = (re.findall(r"\w[\w'’.,-]*\w|\w", text) for text in (question, made))
    while old and new and old[0] == new[0]:
        old, new = old[1:], new[1:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return old, new


def made_from(terms: ArticleTerms, question: str, passage: str, draws: int = 150) -> set[str]:
    made = (terms.swap(question, passage, random.Random(seed)) for seed in range(draws))
    return {text for text in made if text is not None}


CASES = [(question, passage) for question in QUESTIONS for passage in PASSAGES]


@pytest.mark.parametrize(("question", "passage"), CASES)
def test_a_generated_question_differs_in_one_piece_only(terms: ArticleTerms, question: str, passage: str) -> None:
    found = made_from(terms, question, passage)
    assert found
    for made in found:
        old, new = differing(question, made)
        assert 1 <= len(old) <= 2, made  # the longest names here have two words
        assert 1 <= len(new) <= 2, made
        assert made.endswith("?")


@pytest.mark.parametrize(("question", "passage"), CASES)
def test_a_replacement_shares_no_prefix_with_the_original(terms: ArticleTerms, question: str, passage: str) -> None:
    for made in made_from(terms, question, passage):
        old, new = differing(question, made)
        beginnings = [{word if word[0].isdigit() else word.lower()[:3] for word in words} for words in (old, new)]
        assert not beginnings[0] & beginnings[1], made


def test_numbers_are_replaced_by_numbers_names_by_names_and_years_by_years(terms: ArticleTerms) -> None:
    for question, passage in CASES:
        for made in made_from(terms, question, passage):
            old, new = differing(question, made)
            assert old[0][0].isdigit() == new[0][0].isdigit(), made
            if old[0][0].isdigit():
                assert bool(re.fullmatch(r"1\d{3}", old[0])) == bool(re.fullmatch(r"1\d{3}", new[0])), made
            elif old[0][0].isupper():
                assert new[0][0].isupper(), made


def test_every_kind_of_piece_is_replaced(terms: ArticleTerms) -> None:
    made = {text for question, passage in CASES for text in made_from(terms, question, passage)}
    for pattern in (
        r"by Erik Dahlberg\?",  # a name
        r"after (?:1894|1977|1850)\?",  # a year
        r"during (?:3,500|48) years",  # a number
        r"the smallest arch",  # an opposite
        r"the southern tower",
        r"before 1931",
    ):
        assert any(re.search(pattern, text) for text in made), pattern


def test_key_words_are_replaced_only_if_the_passage_mentions_them(terms: ArticleTerms) -> None:
    question = "Which architect painted the castle near Bergen in 1850?"
    unspoken = made_from(terms, question, PASSAGES[0])
    assert all({"architect", "painted", "castle"} <= set(re.findall(r"\w+", made)) for made in unspoken)
    spoken = made_from(terms, question, "The architect painted it.")
    assert any("architect" not in made for made in spoken)


def test_most_replacements_are_not_in_the_passage_and_some_are(terms: ArticleTerms) -> None:
    question, passage = "What did the owner of the tunnel write about in 1977?", " ".join(PASSAGES[:2])
    years = [
        match[0]
        for seed in range(400)
        if (made := terms.swap(question, passage, random.Random(seed)))
        and (match := re.search(r"\b1[89]\d\d\b", made))
        and match[0] != "1977"
    ]
    inside = sum(year in passage for year in years) / len(years)
    assert 0.05 < inside < 0.5


def test_the_same_seed_makes_the_same_question(vectors: WordVectors) -> None:
    one = ArticleTerms(PASSAGES, QUESTIONS, vectors)
    other = ArticleTerms(PASSAGES[::-1], QUESTIONS[::-1], vectors)
    for seed in range(50):
        question, passage = CASES[seed % len(CASES)]
        made = one.swap(question, passage, random.Random(seed))
        assert made == other.swap(question, passage, random.Random(seed))


@pytest.mark.parametrize("question", ["Why?", "", "Name it.", "Who flew it?", "The one who wasn't there is who?"])
def test_no_question_is_generated_if_nothing_can_be_replaced(terms: ArticleTerms, question: str) -> None:
    assert made_from(terms, question, PASSAGES[0]) == set()


def test_an_article_without_names_numbers_or_key_words_still_gives_opposites(vectors: WordVectors) -> None:
    bare = ArticleTerms([], [], vectors)
    assert made_from(bare, "Where is the largest house of Moss?", "") == {"Where is the smallest house of Moss?"}


@given(question=odd_texts, passage=odd_texts, seed=st.integers(0, 100))
def test_odd_texts_are_changed_or_left_alone_without_an_error(
    vectors: WordVectors, question: str, passage: str, seed: int
) -> None:
    terms = ArticleTerms([passage], [question], vectors)
    assert terms.swap(question, passage, random.Random(seed)) != question
