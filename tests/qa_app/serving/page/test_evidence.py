from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from qa_app.assistant import Assistant
from qa_app.pipeline import answer
from qa_app.records.feedback import Feedback
from qa_app.records.receipts import receipt
from qa_app.records.verification import Place, Verified, verify
from qa_app.rendering.html import render
from qa_app.serving.page.evidence import Card, evidence_html, searching_html
from qa_app.types import Answer, Citation
from tests.qa_app.values_made import answered
from tests.rendered_html import ODD_TEXT, rendered

QUESTION = "what rainwater system does Arkadag use?"


def _panel(assistant: Assistant, found: Answer) -> str:
    with assistant.index.snapshot() as snapshot:
        return evidence_html(found, "abc", verify(receipt(found, assistant, snapshot), snapshot), None, snapshot)


def test_a_card_shows_number_title_date_file_and_the_sentence_in_its_passage(assistant: Assistant) -> None:
    found = answer(assistant, QUESTION)
    html = _panel(assistant, found)
    assert 'id="cite-abc-1"' in html and "Arkadag delegation visits Kazan" in html and "2024-05-17" in html
    assert "uses <strong>a rainwater collection system</strong>, which allows" in html
    marked = html[html.index("<mark>") + len("<mark>") : html.index("</mark> In the future")]
    assert marked.replace("<strong>", "").replace("</strong>", "") == found.citations[0].quote
    uncited = {p.chunk.start for p in found.passages} - {c.passage_start for c in found.citations}
    assert f"Read but not cited ({len(uncited)})" in html


def test_an_abstention_shows_the_closest_passages_with_scores_and_the_threshold(assistant: Assistant) -> None:
    found = answer(assistant, "Who won the 2022 World Cup?")
    html = _panel(assistant, found)
    assert (
        html.count('class="card passage"') == len(found.passages) > 1
        and "an answer needs" in html
        and "meaning" in html
    )


def test_a_quote_that_no_longer_stands_is_withheld_when_shown(assistant: Assistant) -> None:
    found = answer(assistant, QUESTION)
    changed = replace(found.citations[0], quote=found.citations[0].quote.replace("city", "town"))
    html = _panel(assistant, replace(found, citations=(changed,)))
    assert "has changed since" in html and changed.quote not in html.split("Read but not cited")[0]
    gone = replace(changed, document="gone.txt")
    assert "was removed since" in _panel(assistant, replace(found, citations=(gone,)))


def test_a_quote_that_moved_is_shown_with_its_new_place(assistant: Assistant) -> None:
    found = answer(assistant, QUESTION)
    (first, *_) = found.citations
    for before in (replace(first, start=first.start + 7, end=first.end + 7), replace(first, document="renamed.txt")):
        html = _panel(assistant, replace(found, citations=(before,)))
        assert f"now in {first.title}, at character {first.start}" in html
        assert f'data-document="{first.document}" data-start="{first.start}"' in html


def test_what_was_searched_for_can_be_changed_and_what_was_said_is_shown(assistant: Assistant) -> None:
    found = replace(answer(assistant, QUESTION), searched_for='the "city"')
    with assistant.index.snapshot() as snapshot:
        made = receipt(found, assistant, snapshot)
        said = Feedback("abc", "wrong evidence", "another <b>place</b>", made.made_at, made)
        html = evidence_html(found, "abc", verify(made, snapshot), said, snapshot)
    assert ">the &#34;city&#34;</textarea>" in html
    assert 'value="wrong evidence" required checked' in html and "another &lt;b&gt;place" in html


def test_words_of_people_and_articles_are_escaped(assistant: Assistant) -> None:
    assert "<script>" not in searching_html("<script>")
    found = replace(answer(assistant, QUESTION), question='<img src=x onerror="y">')
    assert "<img" not in _panel(assistant, found)


@given(ODD_TEXT, ODD_TEXT, st.data())
def test_a_card_shows_the_passage_to_the_character(quote: str, around: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(quote)))
    end = data.draw(st.integers(start, len(quote)))
    citation = Citation(1, "a.txt", "T", None, 7, 7 + len(quote), quote, None, 0, 99, (7 + start, 7 + end))
    place = Place("a.txt", "T", 7, 7 + len(quote), None)
    cards = [Card(Verified(citation, "there", place, False), around, around)]
    reader = rendered(
        render(
            "page/evidence.html",
            answer=answered("q"),
            searched_for="q",
            answer_id="x",
            cards=cards,
            uncited=[],
            said=None,
            verdicts=[],
        )
    )
    assert reader.inside["blockquote"] == around + quote + around
    assert reader.inside["mark"] == quote and reader.inside["strong"] == quote[start:end]
