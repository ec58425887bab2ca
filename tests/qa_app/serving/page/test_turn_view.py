from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.assistant import Assistant, open_assistant
from qa_app.pipeline import answer
from qa_app.records.receipts import receipt
from qa_app.records.verification import Place, Verified
from qa_app.rendering.html import render
from qa_app.serving.page.turn_view import Around, Item, TurnView, answer_html, made_view, sureness
from qa_app.types import Answer, Citation, Sentence
from tests.qa_app.values_made import answered
from tests.rendered_html import ODD_TEXT, rendered

QUESTION = "what rainwater system does Arkadag use?"


def _view(assistant: Assistant, found: Answer) -> TurnView:
    with assistant.index.snapshot() as snapshot:
        return made_view("abc", receipt(found, assistant, snapshot), snapshot)


def _html(assistant: Assistant, found: Answer) -> str:
    return answer_html(_view(assistant, found))


def test_a_fact_leads_with_its_words_and_the_quote_they_stand_in(assistant: Assistant) -> None:
    found = answer(assistant, QUESTION)
    view, html = _view(assistant, found), _html(assistant, found)
    assert view.short == "a rainwater collection system" and view.best and view.parts == ()
    assert "uses <strong>a rainwater collection system</strong>, which allows" in html
    assert "Arkadag delegation visits Kazan · 17 May 2024" in html and 'class="cite" data-n="1"' in html
    assert "1 more quote" not in html or view.more


def test_a_number_pointed_at_shows_the_quote_in_its_context(assistant: Assistant) -> None:
    found = answer(assistant, QUESTION)
    (around, *_) = _view(assistant, found).around
    with assistant.index.snapshot() as snapshot:
        document = snapshot.document(found.citations[0].document)
    assert document and around.after.strip(" …") in document.text[found.citations[0].end :]
    assert f'data-start="{found.citations[0].start}"' in _html(assistant, found)


def test_quotes_of_one_passage_share_a_card(assistant: Assistant) -> None:
    found = answer(assistant, "Why is the city smart?")
    view = _view(assistant, found)
    cards = [item for part in view.parts for item in part.items]
    assert len({(c.document, c.passage_start) for c in found.citations}) == len(cards) < len(found.citations)
    assert sum(len(card.quotes) for card in cards) == len(found.citations)


def test_an_abstention_shows_the_closest_passages_and_why(assistant: Assistant) -> None:
    html = _html(assistant, answer(assistant, "Who won the 2022 World Cup?"))
    assert "The articles don&#39;t say." in html and html.count('class="passage"') == 3
    assert "it\nneeds 10 %" in html and "No article holds" in html and "sure" not in html.split("</p>")[0]


def test_titles_that_an_answer_names_open_their_articles(assistant: Assistant) -> None:
    html = _html(assistant, answer(assistant, "list all articles"))
    assert "The collection has 2 articles:" in html and "all articles: 2 of 2 articles" in html
    assert html.count('class="open link" data-document=') == 2


def test_the_parts_of_an_answer_have_headings_and_quotes_of_their_own(assistant: Assistant) -> None:
    found = answer(assistant, f"{QUESTION.capitalize()} How many articles do you have?")
    first, second = _view(assistant, found).parts
    assert first.heading == QUESTION.capitalize() and first.items[0].quotes
    assert (
        second.heading == "How many articles do you have?" and second.items[0].words == "The collection has 2 articles."
    )


def test_what_a_writer_worded_has_its_numbers_and_marks(assistant: Assistant) -> None:
    found = answer(assistant, QUESTION)
    sentences = (Sentence("It *collects* rain.", (1,), True), Sentence("It is blue.", (), False, "nowhere"))
    html = _html(assistant, replace(found, writer="small", sentences=sentences))
    assert "It *collects* rain. <button" in html and "It is blue." in html and "(not found in the articles)" in html
    assert "worded by small" in html and "rainwater collection system" in html


@pytest.mark.parametrize(
    ("confidence", "doubtful", "word"), [(0.9, False, "Sure"), (0.3, False, "Likely"), (0.05, True, "Unsure")]
)
def test_how_sure_an_answer_is_stands_in_a_word(
    assistant: Assistant, confidence: float, doubtful: bool, word: str
) -> None:
    found = replace(answer(assistant, QUESTION), confidence=confidence, doubtful=doubtful)
    said = sureness(found)
    assert said and said.word == word and f"{confidence:.0%}" in said.meaning
    assert sureness(replace(found, kind="summary")) is None


def test_a_quote_that_no_longer_stands_is_withheld_when_shown(assistant: Assistant) -> None:
    found = answer(assistant, QUESTION)
    changed = replace(found.citations[0], quote=found.citations[0].quote.replace("city", "town"))
    html = _html(assistant, replace(found, citations=(changed,)))
    assert "has changed since" in html and changed.quote not in html and "<template" not in html
    assert "was removed since" in _html(assistant, replace(found, citations=(replace(changed, document="gone.txt"),)))


def test_a_quote_that_moved_opens_at_its_new_place(assistant: Assistant) -> None:
    found = answer(assistant, QUESTION)
    (first, *_) = found.citations
    for before in (replace(first, start=first.start + 7, end=first.end + 7), replace(first, document="renamed.txt")):
        html = _html(assistant, replace(found, citations=(before,)))
        assert f"now in {first.title}" in html
        assert f'data-document="{first.document}" data-folder="" data-start="{first.start}"' in html


def test_what_was_searched_for_is_shown_only_if_it_is_not_the_question(assistant: Assistant) -> None:
    found = answer(assistant, QUESTION)
    assert "asked as" not in _html(assistant, found)
    assert "the &#34;city&#34;" in _html(assistant, replace(found, searched_for='the "city"'))


def test_an_answer_is_copied_with_its_sources(assistant: Assistant) -> None:
    copied = _view(assistant, answer(assistant, QUESTION)).copied
    assert copied.startswith(f"{QUESTION}\n\na rainwater collection system\n\n“The Chairman")
    assert "[1] Arkadag delegation visits Kazan, 17 May 2024, Arkadag_delegation_visits_Kazan.txt" in copied


@given(ODD_TEXT, ODD_TEXT, st.data())
def test_a_quote_is_shown_to_the_character(quote: str, around: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(quote)))
    end = data.draw(st.integers(start, len(quote)))
    citation = Citation(1, "a.txt", "T", None, 7, 7 + len(quote), quote, None, 0, 99, (7 + start, 7 + end))
    verified = Verified(citation, "there", Place("a.txt", "T", 7, 7 + len(quote), None), False)
    view = TurnView("x", "q", answered("q"), best=Item((verified,)), around=(Around(verified, around, around),))
    reader = rendered(render("page/answer.html", turn=view))
    assert quote in reader.inside["blockquote"]
    assert reader.inside["mark"] == quote and f"{around}{quote}{around}" in reader.inside["template"]
    assert reader.inside["strong"] == quote[start:end] * 2


def test_a_quote_in_its_context_keeps_its_distance_from_the_words_around_it(
    tmp_path: Path, encoder: SentenceEncoder
) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "pier.md").write_text(
        "# Pier\n\nThe harbour is old.\n\nThe new pier is 240 metres long. It cost little."
    )
    sync(tmp_path / "articles", tmp_path / "index", encoder)
    pier = open_assistant(tmp_path / "index", encoder=encoder)
    (around, *_) = _view(pier, answer(pier, "How long is the new pier?")).around
    assert around.before.endswith("old.\n") and around.after.startswith(" It cost")


def test_articles_that_differ_are_named_once_with_their_dates_in_words(
    tmp_path: Path, encoder: SentenceEncoder
) -> None:
    (tmp_path / "articles").mkdir()
    for day, cost in (("2019-05-02", 12), ("2023-02-11", 19)):
        text = f"---\ntitle: Bridge in {day[:4]}\ndate: {day}\n---\n\nThe Vinga Bridge cost {cost} million kronor."
        (tmp_path / "articles" / f"{day}.md").write_text(text)
    sync(tmp_path / "articles", tmp_path / "index", encoder)
    bridge = open_assistant(tmp_path / "index", encoder=encoder)
    found = answer(bridge, "How much did the Vinga Bridge cost?")
    assert found.kind == "differs"
    assert [part.heading for part in _view(bridge, found).parts] == [
        "Bridge in 2023, 11 February 2023",
        "Bridge in 2019, 2 May 2019",
    ]
    assert "<figcaption>Bridge in 2023" not in _html(bridge, found)
