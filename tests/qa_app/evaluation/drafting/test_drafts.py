import json
from collections import Counter
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.document import Document
from embeddings.documents.read_document import read_documents
from qa_app.evaluation.drafting.drafts import Draft, draft_line, draft_questions
from qa_app.evaluation.question_files import parse_question
from tests.documents_made import made_document

CITIES = ("Kazan", "Gothenburg", "Samarkand", "Trieste", "Valparaiso")


def _article(path: str, text: str) -> Document:
    return made_document(text, path)


def _corpus() -> list[Document]:
    return [
        _article(
            f"{city}.txt",
            f"{city} Museum was opened on 3 May 19{i}0. Its halls were paid for by the Northern {city} Bank, and people came.\n\n"
            f"In 18{i}1, {city} University was moved to another place. It is said to be run by Karin {city}son, a historian.",
        )
        for i, city in enumerate(CITIES, start=1)
    ]


def _texts(documents: list[Document]) -> dict[str, str]:
    return {document.path: document.text for document in documents}


def _check(drafts: list[Draft], texts: dict[str, str]) -> None:
    for number, draft in enumerate(drafts, start=1):
        question = parse_question(json.dumps(draft_line(draft, number)), number, "drafts")
        assert question.unanswerable == draft.unanswerable
        for gold in question.evidence:
            assert texts[gold.document][gold.start : gold.end] == gold.quote
        assert draft.unanswerable or question.evidence
        assert all(any(answer in words for _, words in draft.evidence) for answer in draft.answers)


def test_facts_names_and_a_quarter_unanswerable() -> None:
    documents = _corpus()
    drafts = draft_questions(documents, 16)
    _check(drafts, _texts(documents))
    assert len(drafts) == 16 and sum(draft.unanswerable for draft in drafts) == 4
    assert [draft.unanswerable for draft in drafts[:4]] == [False, False, False, True]
    assert (drafts[0].question, drafts[0].answers) == ("When was Kazan Museum opened?", ("3 May 1910",))
    assert "What does the article “Kazan” say about the Northern Kazan Bank?" in {
        d.question for d in draft_questions(documents, 40)
    }


def test_the_articles_come_in_turn() -> None:
    drafts = [d for d in draft_questions(_corpus(), 14) if not d.unanswerable]
    counts = Counter(place.document for draft in drafts for place, _ in draft.evidence)
    assert len(counts) == len(CITIES) and max(counts.values()) - min(counts.values()) <= 1


def test_an_invented_name_is_not_in_any_article() -> None:
    documents = [*_corpus(), _article("k.txt", "The hill of Karsholt was seen from afar.")]
    invented = [draft for draft in draft_questions(documents, 40) if draft.unanswerable]
    assert invented
    for draft in invented:
        name = draft.note.split(" is an invented name")[0]
        assert name in draft.question and name != "Karsholt"
        assert not any(name in document.text for document in documents)


def test_the_same_corpus_gives_the_same_drafts_and_no_question_twice() -> None:
    drafts = draft_questions(_corpus(), 100)
    assert drafts == draft_questions(_corpus(), 100)
    assert len({draft.question for draft in drafts}) == len(drafts)


def test_a_question_that_two_sentences_answer_differently_is_left_out() -> None:
    text = "Kazan Museum was opened in 1841. Crowds came to see it in those days. Kazan Museum was opened in 1951."
    assert not any(draft.answers for draft in draft_questions([_article("a.txt", text)], 10))


def test_the_seeds_give_drafts_whose_evidence_is_exact(seeds: Path) -> None:
    documents = [read_documents(seeds, file.name, 10**6).documents[0] for file in sorted(seeds.iterdir())]
    drafts = draft_questions(documents, 20)
    _check(drafts, _texts(documents))
    assert len(drafts) >= 8
    assert {place.document for d in drafts for place, _ in d.evidence} == {document.path for document in documents}
    assert not any("Follow us" in words for d in drafts for _, words in d.evidence)


def test_no_articles_no_drafts() -> None:
    assert draft_questions([], 10) == [] and draft_questions([_article("a.txt", "…")], 10) == []


@given(
    st.lists(
        st.sampled_from(
            [
                "Kazan Museum was opened in 1841.",
                "by the Port Bank,",
                "🙂",
                "\n",
                "\n\n",
                "In 1990,",
                "É",
                " ",
                "Ж. ",
                "said\u2028so.",
            ]
        ),
        max_size=30,
    )
)
def test_offsets_are_exact_whatever_the_text(pieces: list[str]) -> None:
    documents = [_article("a.txt", " ".join(pieces)), _article("b.txt", "".join(pieces))]
    _check(draft_questions(documents, 10), _texts(documents))
