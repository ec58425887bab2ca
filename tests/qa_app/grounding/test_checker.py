"""Check sentences against small passages, with the real reader and encoder."""

import pytest

from embeddings.encoders.sentence_encoder import SentenceEncoder
from qa_app.grounding.checker import Checker, Verdict
from qa_app.grounding.splitting import Written
from qa_app.reading.span_reader import SpanReader, open_reader
from qa_app.types import Passage
from tests.qa_app.values_made import passage

_QUESTION = "Who built the tower in Lund?"
_PASSAGES = [
    passage("The harbour of Malmo was closed in 1950. Nobody has used it since.", document="harbour.txt", chunk_id=1),
    passage(
        "The tower in Lund is 90 metres high. It was built in 1911 by Anna Berg, a baker from Malmo. "
        "Her brother Karl paid 1,200 crowns. The mayor did not attend the opening.",
        document="tower.txt",
        chunk_id=2,
    ),
]


@pytest.fixture(scope="module")
def reader() -> SpanReader:
    return open_reader()


@pytest.fixture(scope="module")
def checker(reader: SpanReader, encoder: SentenceEncoder) -> Checker:
    return Checker(_QUESTION, _PASSAGES, reader.read(_QUESTION, _PASSAGES), reader, encoder)


def _quotes(verdict: Verdict) -> list[str]:
    return [one.sentence for one in verdict.sources]


@pytest.mark.parametrize("cited", [(2,), (), (1, 2), (2, 7)])
@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("It was built in 1911 by Anna Berg, a baker from Malmo.", "It was built in 1911 by Anna Berg"),
        ("The tower in Lund was built by Anna Berg in 1911.", "It was built in 1911 by Anna Berg"),
        ("Her brother Karl paid twelve hundred crowns.", "Her brother Karl paid 1,200 crowns."),
        ("The mayor did not attend the opening.", "The mayor did not attend the opening."),
    ],
)
def test_what_a_passage_says_is_supported_by_its_sentence(
    checker: Checker, text: str, quote: str, cited: tuple[int, ...]
) -> None:
    verdict = checker.check(Written(text, cited, False))
    assert verdict.reason is None
    assert any(quote in one for one in _quotes(verdict))


@pytest.mark.parametrize(
    ("text", "cited", "reason"),
    [
        ("The tower in Lund was built by Clara Holm in 1911.", (2,), "“Clara”, “Holm”"),
        ("It was built in 1912 by Anna Berg, a baker from Malmo.", (2,), "“1912”"),
        ("Her brother Karl paid 2,100 crowns.", (2,), "“2,100”"),
        ("The mayor attended the opening.", (2,), "contradicts"),
        ("It was not built in 1911 by Anna Berg.", (2,), "contradicts"),
        ("It was built in 1911 by Anna Berg, a baker from Malmo.", (1,), "Not in the cited passage"),
        ("It was built in 1911 by Anna Berg.", (5,), "There is no passage 5"),
        ("Here are the facts that we know.", (2,), "not supported by the cited passage"),
        ("Yes.", (2,), "nothing that can be checked"),
    ],
)
def test_an_unsupported_sentence_is_rejected_with_a_reason(
    checker: Checker, text: str, cited: tuple[int, ...], reason: str
) -> None:
    verdict = checker.check(Written(text, cited, False))
    assert verdict.sources == () and reason in (verdict.reason or "")


def test_two_sentences_of_a_passage_may_support_one(checker: Checker) -> None:
    verdict = checker.check(Written("Anna Berg built it in 1911 and her brother Karl paid 1,200 crowns.", (2,), False))
    assert len(_quotes(verdict)) == 2


def test_without_a_passage_nothing_is_supported(reader: SpanReader, encoder: SentenceEncoder) -> None:
    nothing: list[Passage] = []
    assert Checker(_QUESTION, nothing, [], reader, encoder).check(Written("It rains.", (), False)).sources == ()
