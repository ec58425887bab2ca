"""Letters that only look alike: Python takes ſ for an s, İ and ı for an i, and K for a k when case does not count."""

from hypothesis import given
from hypothesis import strategies as st

from qa_app.answering.relative_dates import days_meant
from qa_app.grounding.numbers import numbers
from qa_app.rewriting import rewrite
from qa_app.routing.route import route
from qa_app.types import Exchange

_SENTENCES = (
    "Who was she?",
    "And what is his height?",
    "When did it visit this city?",
    "What about those?",
    "Which six articles are of september 2024 or since august 2025?",
    "How many articles were dated between 1 september 2024 and 3 august 2025?",
    "It cost six million and sixteen billion on Thursday, yesterday and six weeks ago.",
    "Summarize it in six sentences.",
)
_LOOK_ALIKES = {"s": "ſ", "i": "İ", "k": "K"}


@given(st.sampled_from(_SENTENCES), st.sets(st.sampled_from(sorted(_LOOK_ALIKES)), min_size=1), st.booleans())
def test_a_look_alike_is_another_letter_and_no_error(sentence: str, letters: set[str], dotless: bool) -> None:
    table = {ord(letter): "ı" if letter == "i" and dotless else _LOOK_ALIKES[letter] for letter in letters}
    words = sentence.translate(table)
    earlier = [Exchange("Who visited İstanbul?", "Who visited İstanbul?", words, None, (words,))]
    assert rewrite(words, earlier)
    route(words, None)
    numbers(words)
    days_meant(words, "2025-03-31")
