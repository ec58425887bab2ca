import numpy as np
import pytest

from embeddings.encoder import SentenceEncoder
from qa_app.assistant import Assistant
from qa_app.retrieval import retrieve
from qa_app.sentence_reader import SentenceReader, sentences_of
from tests.qa_app.values import passage

TEXT = (
    "The bridge opened in 1932. It is painted grey. Maria Nowak designed the lamps. Some 160,000 cars cross it daily."
)


@pytest.fixture(scope="module")
def reader(encoder: SentenceEncoder) -> SentenceReader:
    return SentenceReader(encoder)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("When was the bridge inaugurated?", "opened in 1932"),
        ("What colour does the bridge have?", "painted grey"),
        ("Who made the lights?", "Maria Nowak"),
        ("How many vehicles use the bridge every day?", "160,000"),
    ],
)
def test_the_sentence_that_answers_comes_first(reader: SentenceReader, question: str, words: str) -> None:
    best, *_ = reader.read(question, [passage(TEXT)])
    assert words in TEXT[best.start : best.end]


def test_statements_are_whole_sentences_once_each_best_first(reader: SentenceReader) -> None:
    overlapping = passage(TEXT[27:], start=27, chunk_id=2)
    statements = reader.read("Who made the lights?", [passage(TEXT), overlapping])
    assert sorted((s.start, s.end) for s in statements) == sentences_of(passage(TEXT))
    assert [s.score for s in statements] == sorted((s.score for s in statements), reverse=True)
    assert all(0 <= s.score <= 1 and s.short is None for s in statements)


def test_a_question_about_something_else_scores_lower(reader: SentenceReader) -> None:
    about, *_ = reader.read("When was the bridge inaugurated?", [passage(TEXT)])
    other, *_ = reader.read("Who won the 2022 World Cup?", [passage(TEXT)])
    assert other.score < about.score / 10


def test_nothing_read_gives_nothing(reader: SentenceReader) -> None:
    assert reader.read("Who?", []) == []


def test_a_sentence_beyond_the_longest_input_matches_nothing(reader: SentenceReader) -> None:
    text = "word " * 1000 + "end. The bridge opened in 1932."
    statements = reader.read("When did the bridge open?", [passage(text)])
    assert statements[-1].score < 0.001


def test_match_equals_the_slow_definition(assistant: Assistant, encoder: SentenceEncoder) -> None:
    question = "what rainwater system does Arkadag use?"
    with assistant.index.snapshot() as snapshot:
        found, *_ = retrieve(snapshot, question, assistant.config.retrieval)
    asked, read = encoder.encode_tokens([question, f"{found.chunk.title}\n{found.chunk.text}"])
    offset = len(found.chunk.title) + 1 - found.chunk.start
    expected = []
    for start, end in sentences_of(found):
        best = []
        for q in asked.vectors:
            cosines = [
                float(q @ t)
                for t, (a, b) in zip(read.vectors, read.spans, strict=True)
                if b <= len(found.chunk.title) + 1 or (a >= start + offset and b <= end + offset)
            ]
            best.append(max(cosines))
        expected.append(sum(best) / len(best))
    clues = SentenceReader(encoder).clues(question, [found])
    assert np.allclose(clues[:, 0], expected, atol=1e-5)
