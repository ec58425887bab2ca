import pytest

from qa_app.routing.making_request import is_making_request


@pytest.mark.parametrize(
    "message",
    [
        "Write a song about whales",
        "please draw me a whale",
        "Could you compose us an anthem for the harbour?",
        "can you help me write a letter to the mayor?",
        "I'd like you to translate this paragraph into Danish",
        "translate the article: it is long",
        "rewrite it in rhyme.",
        "Design two flags",
    ],
)
def test_requests_to_make_something(message: str) -> None:
    assert is_making_request(message)


@pytest.mark.parametrize(
    "message",
    [
        "Who composed the anthem?",
        "Design of the flag",
        "paint colours",
        "make sure that the valve is closed",
        "Make a short list of the boats",
        "Write an overview of the articles",
        "Can you paint a boat in the rain?",
        "Could she draw a whale?",
        "Write down what the captain said",
        "Translate the sign: what does it mean?",
        "The crew can write a letter",
    ],
)
def test_questions_and_what_quotes_can_answer(message: str) -> None:
    assert not is_making_request(message)
