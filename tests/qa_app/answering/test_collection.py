import pytest

from qa_app.assistant import Assistant
from qa_app.pipeline import answer
from qa_app.types import Exchange, UnfinishedSync
from tests.qa_app.answering.conftest import ARTICLES


def test_how_many_and_which(town: Assistant) -> None:
    count = answer(town, "How many articles do you have?")
    assert (count.kind, count.text, count.short_answer) == ("collection", "The collection has 3 articles.", "3")
    assert count.filter == "all articles: 3 of 3 articles" and not count.citations and not count.abstained
    every = answer(town, "list all the articles")
    assert [article.document for article in every.articles] == ["harbour.txt", "mill.md", "whales.txt"]
    assert "• Whales return to the bay (2023-01-31, by Ida Dahl)" in every.text


def test_the_newest_and_the_oldest(town: Assistant) -> None:
    assert answer(town, "Which article is the newest?").short_answer == "The old mill turns again"
    assert answer(town, "What is the oldest document?").short_answer == "Whales return to the bay"
    two = answer(town, "show me the two newest articles")
    assert [article.document for article in two.articles] == ["mill.md", "harbour.txt"]


def test_limits_by_date_and_origin(town: Assistant) -> None:
    may = answer(town, "What was published in May 2024?")
    assert [article.document for article in may.articles] == ["mill.md", "harbour.txt"]
    assert may.filter == "date 2024-05-01 to 2024-05-31: 2 of 3 articles"
    herald = answer(town, "How many articles come from the Evening Herald?")
    assert (herald.short_answer, herald.filter) == ("1", "source Evening Herald: 1 of 3 articles")


def test_which_mention_a_word(town: Assistant) -> None:
    found = answer(town, "Which articles mention whales?")
    assert [article.document for article in found.articles] == ["whales.txt"]
    none = answer(town, "Do the articles mention Tokyo?")
    assert none.text.startswith("No article holds the word “Tokyo”.") and not none.abstained
    like = answer(town, "Which articles mention the harbor?")
    assert "No article holds the word “harbor”." in like.text and "“harbour”" in like.text


@pytest.mark.parametrize(
    ("question", "value", "quoted"),
    [
        ("When was the article about whales published?", "2023-01-31", "date: 2023-01-31"),
        ("Who wrote the article about whales?", "Ida Dahl", "author: Ida Dahl"),
        ("Who published the article about the harbour?", "Evening Herald", "source: Evening Herald"),
        ("What is the date of the story about the mill?", "2024-05-12", "*12 May 2024, Valley Letter*"),
        ("What is the title of the article about rye?", "The old mill turns again", "# The old mill turns again"),
    ],
)
def test_the_words_that_state_a_date_or_origin_are_quoted(
    town: Assistant, question: str, value: str, quoted: str
) -> None:
    found = answer(town, question)
    assert (found.kind, found.short_answer) == ("collection", value)
    [citation] = found.citations
    assert citation.quote == quoted == ARTICLES[citation.document][citation.start : citation.end]
    assert found.text.splitlines()[0].endswith("[1]")


def test_that_article_is_the_one_cited_last(town: Assistant) -> None:
    earlier = [Exchange("How long is the new pier?", "How long is the new pier?", "140 metres")]
    assert answer(town, "When was that article published?", earlier).short_answer == "2024-05-02"


def test_what_no_article_fits_is_searched_for_in_the_articles(town: Assistant) -> None:
    found = answer(town, "What was published in 1974?")
    assert found.kind != "collection"
    assert answer(town, "Who wrote “The wheel of Time”?").kind != "collection"


def test_an_overview(town: Assistant) -> None:
    found = answer(town, "What is in this collection?")
    assert found.kind == "collection" and "3 articles, dated 2023-01-31 to 2024-05-12" in found.text


def test_while_articles_are_being_read_it_says_so(town: Assistant) -> None:
    found = answer(town, "How many articles do you have?", unfinished=UnfinishedSync(3, 10))
    assert found.notice == "The articles are still being read; this is of those read so far."
