import pytest

from qa_app.routing.collection_question import CollectionQuestion, collection_question
from qa_app.routing.periods import Period

MAY = Period("2024-05-01", "2024-05-31")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many documents are there?", CollectionQuestion("count")),
        ("what is the number of articles in the collection", CollectionQuestion("count")),
        ("please show me all the files", CollectionQuestion("list")),
        ("which texts are in this folder?", CollectionQuestion("list")),
        ("What is the latest story?", CollectionQuestion("newest")),
        ("show me the two oldest reports", CollectionQuestion("oldest", most=2)),
        ("which article was published first?", CollectionQuestion("oldest")),
        ("When was the harbour article published?", CollectionQuestion("date", about="harbour")),
        ("who wrote the old mill story", CollectionQuestion("author", about="old mill")),
        ("newest article about harbours", CollectionQuestion("newest", about="harbours")),
        ("Which documents mention the harbour?", CollectionQuestion("list", mention="harbour")),
        ("do any of the articles mention “low tide”?", CollectionQuestion("list", mention="low tide")),
        ("Is Reykjavik mentioned anywhere?", CollectionQuestion("list", mention="Reykjavik")),
        ("are there any reports on whales?", CollectionQuestion("list", about="whales")),
        ("how many articles are from the Evening Herald?", CollectionQuestion("count", origin="Evening Herald")),
        ("What was published in May 2024?", CollectionQuestion("list", period=MAY)),
        ("which stories by Dahl were written in May 2024", CollectionQuestion("list", origin="Dahl", period=MAY)),
        ("articles by Dahl from May 2024", CollectionQuestion("list", origin="Dahl", period=MAY)),
        ("texts written since 2023", CollectionQuestion("list", period=Period("2023-01-01", None))),
        ("Who wrote the story about whales?", CollectionQuestion("author", about="whales")),
        ("which newspaper printed the report on whales?", CollectionQuestion("source", about="whales")),
        ("when was the document about whales written?", CollectionQuestion("date", about="whales")),
        ("when was that article published?", CollectionQuestion("date", is_last=True)),
        ("who is the author of “Whales at sea”?", CollectionQuestion("author", about="Whales at sea", is_title=True)),
        ("In which articles does Ida Dahl appear?", CollectionQuestion("list", mention="Ida Dahl")),
        ("in which reports are the whales mentioned", CollectionQuestion("list", mention="whales")),
        ("When did the piece on whales appear?", CollectionQuestion("date", about="whales")),
        ("what is the headline of the article about whales", CollectionQuestion("title", about="whales")),
    ],
)
def test_a_question_about_the_collection(question: str, expected: CollectionQuestion | None) -> None:
    assert collection_question(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "How many stories does the tower have?",
        "Who wrote the constitution?",
        "What does the article say about whales?",
        "Which report says that the harbour closed?",
        "How many articles of the treaty were changed?",
        "When was the first edition of the paper that Dahl founded sold out?",
        "Which of them mention it?",
        "In which story does the detective first appear as a thief?",
        "What is the newest ship?",
        "Who wrote the first report?",
        "When was the ship of the story built?",
        "When was the Second Harbour Report published?",
    ],
)
def test_what_the_articles_may_say_is_left_to_the_search(question: str) -> None:
    assert collection_question(question) is None
