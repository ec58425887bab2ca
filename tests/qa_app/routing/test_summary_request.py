import pytest

from qa_app.routing.periods import Period
from qa_app.routing.summary_request import SummaryRequest, summary_request


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Summarize the article about whales.", SummaryRequest("whales")),
        ("can you summarise Whales at sea in two sentences?", SummaryRequest("Whales at sea", 2)),
        ("give me the five key points of the report on whales", SummaryRequest("whales", 5)),
        ("A short summary of the whale story", SummaryRequest("the whale story", is_short=True)),
        ("What is the article about whales about?", SummaryRequest("whales")),
        ("summarize it", SummaryRequest("", is_last=True)),
        ("tl;dr of that article", SummaryRequest("", is_last=True, is_short=True)),
        ("Summarize all articles", SummaryRequest("", of_many=True)),
        ("Give me the key points of the whale trip as bullet points", SummaryRequest("the whale trip")),
        ("compare the two articles", SummaryRequest("", of_many=True)),
        ("What are the differences between these articles?", SummaryRequest("", of_many=True)),
        ("What's new with the whales?", SummaryRequest("the whales", is_news=True)),
        ("the latest news on whales", SummaryRequest("whales", is_news=True)),
        ("What happened in May 2024?", SummaryRequest("", of_many=True, period=Period("2024-05-01", "2024-05-31"))),
        ("sum up the articles about whales", SummaryRequest("whales", of_many=True)),
        (
            "Summarize the articles from 2024",
            SummaryRequest("", of_many=True, period=Period("2024-01-01", "2024-12-31")),
        ),
    ],
)
def test_what_is_to_be_summarised(message: str, expected: SummaryRequest) -> None:
    assert summary_request(message) == expected


@pytest.mark.parametrize(
    "message", ["What is the summary judgment?", "What does the summit of the hill look like?", "What is it?"]
)
def test_other_questions(message: str) -> None:
    assert summary_request(message) is None
