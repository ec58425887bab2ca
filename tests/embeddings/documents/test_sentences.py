from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.sentences import line_spans, paragraph_spans, sentence_spans, trim
from tests.embeddings.helpers import uncovered
from tests.embeddings.odd_text import odd_texts


def sentences(text: str, max_chars: int = 1000) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text, 0, len(text), max_chars)]


def paragraphs(text: str) -> list[str]:
    return [text[start:end] for start, end in paragraph_spans(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["Room No. 5 is open.", "Go in."],
        ["The U.S. Army went.", "It left."],
        ["He lives in the U.S. with his wife.", "She works."],
        ["Mr. Smith met Mrs. Jones and Dr. Brown.", "They talked."],
        ["J. R. R. Tolkien wrote it.", "So did C. S. Lewis."],
        ["It cost 3.5 million.", "It fell 0.2 percent."],
        ["Prices rose by $1.25 on Monday.", "They fell on Tuesday."],
        ["“Is it so?”", "“It is!”"],
        ["Москва стала больше.", "А. С. Пушкин жил там."],
        ["今日は。", "元気ですか？"],
        ["هذا بيت.", "كيف حالك؟"],
    ],
    ids=lambda expected: expected[0],
)
def test_sentences_break_where_a_reader_would(expected: list[str]) -> None:
    joint = "" if "。" in expected[0] else " "
    assert sentences(joint.join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["The load is approx. 40 kg.", "Lift it."],
        ["At approx. Ten Mile Point it sank.", "All lived."],
        ["Use max. 3 bar and min. 2 bar.", "Then stop."],
        ["The motor (max. 40 W) hums.", "It is new."],
        ["Temp. Range and vol. Flow are shown.", "Keep dry."],
        ["See Eq. 4 and Fig. B.", "Both hold."],
        ["See pp. 4-9 and ch. 3.", "Then stop."],
        ["Printed in vol. II of the series.", "It sold well."],
        ["The second ed. Appeared in 1900.", "It sold."],
        ["Under par. 7 the owner pays.", "The tenant does not."],
        ["Under App. C the owner pays.", "The tenant does not."],
        ["It is old (cf. Marsh 1901).", "It leans."],
        ["Cf. Marsh on this point.", "He disagrees."],
        ["Lamb et al. Say otherwise.", "They err."],
        ["Jones v. Smith was heard in May.", "It failed."],
    ],
    ids=lambda expected: expected[0],
)
def test_abbreviations_of_technical_legal_and_scholarly_prose_end_no_sentence(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["1. Close the valve."],
        ["1. Close the valve.", "2. Open the lid.", "3. Rinse it."],
        ["(1) Close the valve.", "(2) Open it."],
        ["§ 5. The tenant pays.", "§ 6. The landlord does not."],
        ["Article 7. Dogs are on a lead.", "Article 8. Cats are not."],
        ["(a) The tenant pays.", "(b) The landlord does not."],
        ["II. The second part is short.", "It ends soon."],
    ],
    ids=lambda expected: expected[0],
)
def test_the_number_of_a_sentence_belongs_to_it(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "words", ["It is in Sec. 12 of the act.", "Bd. 3 is lost.", "Take Rte. 9 to the north.", "In Elm St. 4 dogs bark."]
)
def test_digits_after_a_short_word_with_a_full_stop_begin_no_sentence(words: str) -> None:
    assert sentences(words) == [words]


def test_digits_after_a_long_word_begin_a_sentence() -> None:
    assert sentences("They closed the harbour. 12 boats stayed out.") == [
        "They closed the harbour.",
        "12 boats stayed out.",
    ]


def test_a_transcript_without_punctuation_is_cut_at_conjunctions() -> None:
    clause = "we went along the coast until we found a farmer who took us over in his boat"
    text = " and ".join([clause] * 9)
    pieces = sentences(text)
    assert " ".join(pieces) == text
    assert max(map(len, pieces)) <= 240
    assert all(piece.startswith("and we went") for piece in pieces[1:])


def test_a_long_sentence_with_commas_is_whole() -> None:
    text = ", ".join(["we went along the coast until we found a farmer with a boat"] * 9) + "."
    assert sentences(text) == [text]


def test_offsets_refer_to_the_whole_text_not_to_the_paragraph() -> None:
    text = "👍 skipped.\n\n  Здесь. 👩‍👧 Там.  \n"
    start, end = paragraph_spans(text)[1]
    assert [text[a:b] for a, b in sentence_spans(text, start, end, 1000)] == ["Здесь.", "👩‍👧 Там."]


def test_a_long_sentence_is_cut_at_white_space() -> None:
    text = "word " * 100 + "end."
    parts = sentences(text, max_chars=52)
    assert " ".join(parts) == text
    assert max(map(len, parts)) <= 52


def test_a_long_word_is_cut_anywhere() -> None:
    assert sentences("x" * 25, max_chars=10) == ["x" * 10, "x" * 10, "x" * 5]


def test_a_blank_text_has_no_paragraphs() -> None:
    assert paragraph_spans(" \n\t\n\u00a0\u2028\n ") == []


def test_a_paragraph_ends_at_a_blank_line() -> None:
    assert paragraphs("One two.\n\n\nThree four.\n \t\nFive.") == ["One two.", "Three four.", "Five."]


def test_lines_wrapped_by_an_editor_are_one_paragraph() -> None:
    wrapped = "This line was wrapped by an editor at some seventy\ncharacters, and it goes on here until its end."
    assert paragraphs(f"{wrapped}\nA new one.") == [wrapped, "A new one."]


def test_a_line_that_ends_a_sentence_ends_its_paragraph() -> None:
    one, two = "This line is long enough to have been wrapped, but ended.", "The next begins here."
    assert paragraphs(f"{one}\n{two}") == [one, two]


def test_headings_list_items_and_table_rows_start_a_paragraph() -> None:
    long = "A line without an end that is long enough to be wrapped"
    lines = [long, "# heading", long, "- item", long, "2. item", long, "| a | b |", "> quoted"]
    assert paragraphs("\n".join(lines)) == lines


@given(odd_texts)
def test_lines_are_trimmed_and_not_blank(text: str) -> None:
    lines = line_spans(text)
    assert [text[start:end] for start, end in lines] == [line.strip() for line in text.split("\n") if line.strip()]


@given(odd_texts)
def test_paragraphs_are_exact_trimmed_in_order_and_lose_nothing(text: str) -> None:
    spans = paragraph_spans(text)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert uncovered(text, spans) == ""


@given(odd_texts, st.integers(min_value=0, max_value=40), st.integers(min_value=0, max_value=40))
def test_paragraphs_of_a_span_are_inside_it(text: str, skipped: int, left: int) -> None:
    start, end = min(skipped, len(text)), max(min(skipped, len(text)), len(text) - left)
    spans = paragraph_spans(text, start, end)
    assert all(start <= a < b <= end for a, b in spans)
    assert uncovered(text[start:end], [(a - start, b - start) for a, b in spans]) == ""


@given(odd_texts, st.sampled_from([1, 7, 40, 1000]))
def test_sentences_are_exact_trimmed_in_order_not_too_long_and_lose_nothing(text: str, max_chars: int) -> None:
    for start, end in paragraph_spans(text):
        spans = sentence_spans(text, start, end, max_chars)
        assert all(text[a:b] == text[a:b].strip() != "" for a, b in spans)
        assert all(b - a <= max_chars for a, b in spans)
        assert all(one[1] <= other[0] for one, other in pairwise(spans))
        assert all(start <= a and b <= end for a, b in spans)
        assert uncovered(text[start:end], [(a - start, b - start) for a, b in spans]) == ""


@given(odd_texts, st.data())
def test_trimming_agrees_with_strip(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert text[slice(*trim(text, start, end))] == text[start:end].strip()


def test_an_app_ends_a_sentence() -> None:
    expected = ["Residents report it through a mobile app.", "The city reads it."]
    assert sentences(" ".join(expected)) == expected


# -- long texts


@pytest.mark.parametrize(
    "sentence",
    [
        "这是第{}个句子，它比别的都长一些。",
        "「第{}の文です。」",
        "This is sentence {}, by Dr. Li of Port No. 5.",
        "Is this number {}?",
    ],
)
def test_a_long_paragraph_has_the_sentences_of_a_short_one(sentence: str) -> None:
    mark = "" if sentence[-1] in "。」" else " "
    expected = [sentence.format(number) for number in range(1000, 2000)]
    text = mark.join(expected)
    assert [text[slice(*span)] for span in sentence_spans(text, 0, len(text), 600)] == expected


def test_a_sentence_that_is_longer_than_what_is_looked_at_at_once_is_one() -> None:
    text = f"It begins {'and so, goes on, ' * 1000}and ends. Another one."
    assert [text[slice(*span)][-8:] for span in sentence_spans(text, 0, len(text), 20_000)] == ["nd ends.", "her one."]
