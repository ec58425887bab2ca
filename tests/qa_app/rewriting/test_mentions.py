import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.language.nouns import Kind
from qa_app.rewriting.mentions import answered, mentions


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What rainwater system does Arkadag use?", [("the rainwater system", Kind.THING), ("Arkadag", Kind.UNKNOWN)]),
        ("Who was Luther's wife?", [("Luther", Kind.UNKNOWN), ("Luther's wife", Kind.PERSON)]),
        ("What is the Safe City project?", [("the Safe City project", Kind.THING)]),
        ("Which treaty ended the French and Indian War?", [("the treaty", Kind.THING), ("the French and Indian War", Kind.THING)]),
        ("What did Tokayev and Aliyev tour?", [("Tokayev", Kind.UNKNOWN), ("Aliyev", Kind.UNKNOWN)]),
        ("When did the plague reach Europe?", [("the plague", Kind.THING), ("Europe", Kind.UNKNOWN)]),
        ("How do residents report problems?", [("residents", Kind.MANY)]),
        ("Who moved to Colorado Springs in May 1899?", [("Colorado Springs", Kind.PLACE), ("May 1899", Kind.TIME)]),
        ("what is it", []),
        ("Who was the first Doctor Who?", [("Doctor Who", Kind.UNKNOWN)]),
    ],
)  # fmt: skip
def test_names_and_noun_phrases_with_what_they_refer_to(text: str, found: list[tuple[str, Kind]]) -> None:
    assert [(mention.words, mention.kind) for mention in mentions(text)] == found


def test_a_known_name_is_found_in_lower_case() -> None:
    (name,) = mentions("how old is open kazan?", {"Open Kazan"})
    assert (name.words, name.named) == ("Open Kazan", True)


@pytest.mark.parametrize(
    ("question", "words", "kind"),
    [
        ("Who wrote it?", "Ann Lee", Kind.PERSON),
        ("Who built it?", "BI Group", Kind.THING),
        ("Who signed it?", "Tokayev and Aliyev", Kind.MANY),
        ("Where was he born?", "Smiljan", Kind.PLACE),
        ("What system does it use?", "a rainwater collection system", Kind.THING),
        ("How many live there?", "38", Kind.MEASURE),
    ],
)
def test_an_answer_refers_to_what_was_asked_for(question: str, words: str, kind: Kind) -> None:
    found = answered(question, words)
    assert found is not None and (found.words, found.kind) == (words, kind)


@given(st.text(alphabet=st.sampled_from("aA thesofSB'’s.,? 19\"“-"), max_size=80))
def test_a_mention_is_found_at_its_offsets(text: str) -> None:
    for mention in mentions(text):
        assert 0 <= mention.start < mention.end <= len(text)
        last = mention.words.split()[-1].lower()
        assert text.lower()[mention.start : mention.end].endswith(last)
