from qa_app.assistant import Assistant
from qa_app.pipeline import answer
from qa_app.types import Exchange
from tests.qa_app.answering.conftest import ARTICLES


def test_an_article_is_summarised_in_its_own_sentences_in_their_order(town: Assistant) -> None:
    found = answer(town, "Summarize the article about the harbour in two sentences.")
    assert found.kind == "summary" and len(found.citations) == 2
    for citation in found.citations:
        assert citation.quote == ARTICLES["harbour.txt"][citation.start : citation.end]
    assert found.citations[0].start < found.citations[1].start
    assert found.text == "\n\n".join(f"{c.quote} [{c.n}]" for c in found.citations)


def test_the_article_cited_last(town: Assistant) -> None:
    earlier = [Exchange("How many whales were counted?", "How many whales were counted?", "Eleven")]
    found = answer(town, "can you summarize it?", earlier)
    assert {citation.document for citation in found.citations} == {"whales.txt"}


def test_all_articles_get_a_section_each(town: Assistant) -> None:
    found = answer(town, "Give me a summary of all articles.")
    assert {section.heading for section in found.sections} == {
        "The harbour of Lund reopens",
        "Whales return to the bay",
        "The old mill turns again",
    }
    newest = answer(town, "Summarize the articles from 2023")
    assert {citation.document for citation in newest.citations} == {"whales.txt"}


def test_a_summary_of_what_no_article_is_about_is_searched_for(town: Assistant) -> None:
    assert answer(town, "Summarize the article about glaciers.").kind != "summary"


def test_an_article_is_meant_by_its_subject_before_the_noun(town: Assistant) -> None:
    found = answer(town, "Summarize the harbour article.")
    assert found.kind == "summary"
    assert {citation.document for citation in found.citations} == {"harbour.txt"}
