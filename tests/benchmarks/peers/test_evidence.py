import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.peers.evidence import (
    Articles,
    Judgement,
    found_reading,
    found_within,
    judge,
    mean_reciprocal_rank,
)
from benchmarks.peers.systems.serving import Found
from benchmarks.squad import SquadQuestion

RIVERS = "The Alva is cold.\n\nThe Orsa  is warm in May. In May all swim."
HILLS = "May is green."


def question(*spans: tuple[int, int], document: str = "rivers.txt") -> SquadQuestion:
    return SquadQuestion("q", "When is the Orsa warm?", "measure", document, (19, 64), ("May",), spans)


def found(*texts: str, document: str = "rivers.txt") -> list[Found]:
    return [{"document": document, "text": text} for text in texts]


@pytest.fixture
def articles() -> Articles:
    return Articles({"rivers.txt": RIVERS, "hills.txt": HILLS})


MAY = (RIVERS.index("May"), RIVERS.index("May") + 3)


def test_a_passage_is_located_by_its_text(articles: Articles) -> None:
    assert articles.places("rivers.txt", "The Alva is cold.") == ((0, 17),)


def test_changed_white_space_does_not_matter(articles: Articles) -> None:
    start = RIVERS.index("The Orsa")
    assert articles.places("rivers.txt", " The Orsa is\nwarm ") == ((start, RIVERS.index(" in May")),)


def test_a_repeated_passage_is_located_at_every_occurrence(articles: Articles) -> None:
    assert articles.places("rivers.txt", "May") == (MAY, (RIVERS.rindex("May"), RIVERS.rindex("May") + 3))
    assert Articles({"a": "aaa"}).places("a", "aa") == ((0, 2), (1, 3))


@pytest.mark.parametrize("text", ["", " \n", "The Alva is hot.", "may is green."])
def test_text_that_is_not_in_the_article_is_not_located(articles: Articles, text: str) -> None:
    assert articles.places("rivers.txt", text) == ()
    assert articles.places("no such file", "May") == ()


def test_evidence_counts_only_where_it_was_marked(articles: Articles) -> None:
    marked = question(MAY)
    assert judge(marked, found("The Orsa  is warm in May."), articles).rank == 1
    assert judge(marked, found("In May all swim."), articles).rank is None  # the same word in another sentence
    assert judge(marked, found(HILLS, document="hills.txt"), articles).rank is None
    assert judge(marked, found("The Orsa  is warm in Ma"), articles).rank is None  # truncates the answer
    assert judge(marked, found("May"), articles).rank == 1  # ambiguous: one occurrence is the marked one


def test_rank_is_that_of_the_first_passage_with_the_evidence_counting_unlocated_ones(articles: Articles) -> None:
    passages = found("The Alva is cold.", "invented", "The Orsa is warm in May.", "The Orsa  is warm in May. In May")
    assert judge(question(MAY), passages, articles) == Judgement(
        rank=3,
        # 17 + 8 characters of the first two passages; the answer ends at character 24 of the third's occurrence.
        read=17 + 8 + 24,
        passages=4,
        characters=17 + 8 + 24 + 32,
        unlocated=1,
    )


def test_reading_ends_at_the_nearest_gold_answer(articles: Articles) -> None:
    second = (RIVERS.rindex("May"), RIVERS.rindex("May") + 3)
    assert judge(question(second, MAY), found(RIVERS), articles).read == MAY[1]


def test_no_passages_means_no_evidence(articles: Articles) -> None:
    assert judge(question(MAY), [], articles) == Judgement(None, None, 0, 0, 0)


def test_figures_of_four_questions_match_a_calculation_by_hand() -> None:
    judgements = [
        Judgement(1, 2999, 10, 0, 0),
        Judgement(3, 3000, 10, 0, 0),
        Judgement(10, 3001, 10, 0, 0),
        Judgement(None, None, 10, 0, 0),
    ]
    assert [found_within(judgements, k) for k in (1, 2, 3, 9, 10)] == [0.25, 0.25, 0.5, 0.5, 0.75]
    assert found_reading(judgements, 3000) == 0.5
    assert mean_reciprocal_rank(judgements) == pytest.approx((1 + 1 / 3 + 1 / 10) / 4)


@given(st.text(alphabet="ab \n", min_size=1, max_size=40), st.data())
def test_any_substring_of_an_article_is_located_where_it_was_taken(article: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(article) - 1))
    end = data.draw(st.integers(start + 1, len(article)))
    text = article[start:end]
    places = Articles({"a": article}).places("a", text)
    if text.strip():
        assert (start, end) in places
    assert all(article[a:b] == text for a, b in places)
