"""Words of documents and people come out of every template as words."""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError, nodes
from markupsafe import Markup

from embeddings.documents.boilerplate import Boilerplate
from embeddings.folders import Folder
from embeddings.invisible import INVISIBLE
from embeddings.storage.rows import DocumentEntry, Failure
from qa_app.accounts import Person, Role
from qa_app.evaluation.metrics.mistakes import Kind
from qa_app.evaluation.report.charts import Chart, Dot, Marker
from qa_app.evaluation.report.excerpts import Excerpt, Mark, OutcomeInContext
from qa_app.evaluation.report.html_report import report_html
from qa_app.evaluation.results import Cited, Place, Result
from qa_app.generation.opening import WriterConfig
from qa_app.records.conversations import Entry
from qa_app.records.receipts import Quote
from qa_app.records.saved_quotes import SavedQuote
from qa_app.records.verification import Place as PlaceNow
from qa_app.records.verification import Verified
from qa_app.rendering.html import ENVIRONMENT, render
from qa_app.serving.page.article import Marks, article_html
from qa_app.serving.page.conversations_list import listing_html as conversations_html
from qa_app.serving.page.library import listing_html
from qa_app.serving.page.saved import Shown
from qa_app.serving.page.turn_view import Around, Item, Part, Sureness, TurnView, answer_html, turn_html
from qa_app.serving.page.wording import wording_html
from qa_app.types import Citation, ListedArticle, Passage
from tests.documents_made import made_chunk, made_document
from tests.qa_app.evaluation.results_made import outcome, result
from tests.qa_app.values_made import answered
from tests.rendered_html import NASTY, ODD_TEXT, rendered


def _result(words: str) -> Result:
    place = Place(words, 0, len(words))
    made = replace(
        outcome(0.9, contains=False, question=words, answers=(words,), quote=words, gold=()),
        id=words,
        short_answer=words,
        citations=(Cited(place, words, True),),
    )
    whole = result([made])
    texts = {f.name: words for f in fields(whole.circumstances) if f.type == "str" or f.type is str}
    circumstances = replace(whole.circumstances, **texts)  # type: ignore[arg-type]
    return replace(whole, circumstances=circumstances, measures=(replace(whole.measures[0], name=words),))


def _report(words: str) -> str:
    return report_html(_result(words), {words: words}.get)


def _quality(words: str) -> str:
    made = _result(words)
    chart = Chart(
        "name", words, words, words, words, dots=(Dot(0.5, 0.5, 4, "dot", words),), markers=(Marker(1, words),)
    )
    shown = OutcomeInContext(
        made.outcomes[0],
        (Excerpt(words, 0, 9, ((words, None), (words, Mark.BOTH))), Excerpt(words, 0, 0, (), words)),
    )
    return render(
        "page/quality.html",
        result=made,
        in_words=words,
        differences=[words, words],
        measure_again=words,
        charts=[chart],
        mistakes=[(Kind.WRONG, shown)],
        make_questions=words,
        measure=words,
    )


def _commands(template: str) -> Callable[[str], str]:
    return lambda words: render(template, make_questions=words, measure=words)


def _turns(words: str) -> list[TurnView]:
    def citation(n: int) -> Citation:
        short = (5, 5 + len(words)) if n > 1 else None
        return Citation(n, words, words, words, 5, 5 + len(words), words, n, 0, 99, short, folder=words)

    moved = PlaceNow(words, words, 7, 7 + len(words), 2)
    passage = Passage(made_chunk(words, document=words, title=words, date=words), 0.5, None, 0.5)
    answer = replace(answered(words, passage), filter=words)
    quotes = (
        Verified(citation(1), "there", moved, True),
        Verified(citation(2), "moved", moved, True),
        Verified(citation(3), "gone", None, True),
    )
    items = (
        Item(quotes=quotes),
        Item(articles=(ListedArticle(words, words, words, words, words),)),
        Item(words=words, numbers=(1,), unsupported=words),
    )
    shown = TurnView(
        words, words, answer, changed=words, note=words, asked_as=words, sureness=Sureness(words, words), short=words,
        best=items[0], more=items[:1], parts=(Part(words, items),), around=(Around(quotes[1], words, words),),
        copied=words, verdict=words, feedback_note=words, verdicts=("right", words),
    )  # fmt: skip
    return [shown, replace(shown, answer=replace(answer, abstained=True)), TurnView(words, words, failure=words)]


def _answers(words: str) -> str:
    return "".join(map(answer_html, _turns(words)))


def _article(words: str) -> str:
    reason = Boilerplate(0, len(words), words)
    document = made_document(
        words * 3, words, title=words, date=words, source=words, author=words, boilerplate=(reason,)
    )
    passage = Passage(made_chunk(words, document=words, title=words, date=words), 0.5, None, 0.5)
    marks = Marks(((1, len(words), 2 * len(words)),), (passage,))
    shown = article_html(document, marks, first_page=0, labels=[words])
    return shown + article_html(document, marks, no_pages=words)


def _articles(words: str) -> str:
    entry = DocumentEntry(words, words, words, words, 9, 1, 1, words, words, (words,), (words,))
    shown = listing_html([entry, replace(entry, date=None, source=None)], 9)
    return shown + listing_html([], 0, words=words)


def _library(words: str) -> str:
    folders = [Folder(words, Path("a"), away_since="2026-01-02T03:04:05+00:00"), Folder("b", Path("b"))]
    failures = [Failure(words, words, words, "")]
    return render(
        "page/library.html", folders=folders, labels={words: 1}, failures=failures, offered=words, removable=True
    )


def _start(words: str) -> str:
    entry = DocumentEntry(words, words, words, words, 9, 1, 1, words, words)
    return render("page/start.html", count=9, titles=[(entry, words)], examples=[words], reading=words, changeable=True)


def _conversations(words: str) -> str:
    return conversations_html([Entry(words, words, "2026-01-02T03:04:05+00:00", 1)]) + conversations_html([], words)


def _frame(words: str) -> str:
    return "".join(
        render(
            "page/app.html",
            title=words,
            changes=may,
            admin=may,
            wording=words,
            read_only=words,
            turn=None,
            has_account=may,
        )
        for may in (True, False)
    )


def _saved(words: str) -> str:
    citation = Citation(1, words, words, words, 5, 5 + len(words), words, 2, 0, 99, (5, 5 + len(words)), folder=words)
    saved = SavedQuote(words, words, Quote(citation, None), words, "2026-01-02T03:04:05+00:00")
    now = PlaceNow(words, words, 7, 7 + len(words), 2)
    shown = [
        Shown(saved, Verified(citation, "there", now, False)),
        Shown(saved, Verified(citation, "gone", None, True)),
    ]
    return render("page/saved.html", quotes=shown) + render("page/saved.html", quotes=[])


def _wording(words: str) -> str:
    return wording_html(WriterConfig(words, words)) + render(
        "page/wording.html", writer=None, limit=1.0, key_variable=words
    )


def _notice(words: str) -> str:
    kinds = ("hint", "waiting", "said", "failed")
    return "".join(render("page/notice.html", kind=kind, words=words, written=words) for kind in kinds)


def _account(words: str) -> str:
    person = Person(words, words, Role.READER)
    return render("account/account.html", person=person, failed=words, done=words) + render(
        "account/log_in.html", failed=words, name=words, by_openid=True
    )


FILLED: dict[str, Callable[[str], str]] = {
    "account/account.html": _account,
    "account/frame.html": _account,
    "account/log_in.html": _account,
    "page/answer.html": _answers,
    "page/app.html": _frame,
    "page/article.html": _article,
    "page/articles.html": _articles,
    "page/conversations.html": _conversations,
    "page/how_to_measure.html": _commands("page/how_to_measure.html"),
    "page/library.html": _library,
    "page/notice.html": _notice,
    "page/quality.html": _quality,
    "page/quality_missing.html": _commands("page/quality_missing.html"),
    "page/saved.html": _saved,
    "page/start.html": _start,
    "page/turn.html": lambda words: "".join(map(turn_html, _turns(words))),
    "page/turn_parts.html": _answers,
    "page/wording.html": _wording,
    "report/charts.html": _quality,
    "report/parts.html": _quality,
    "report/report.html": _report,
}
"""Each template with given words wherever it takes words; one that others import is filled by one of those."""


def test_every_template_is_tried_here() -> None:
    assert set(FILLED) == set(ENVIRONMENT.list_templates())


@pytest.mark.parametrize("name", sorted(set(FILLED)))
@settings(max_examples=25, deadline=None)
@given(words=NASTY | ODD_TEXT.filter(bool) | st.just("invoice \u202efdp.exe\u200b"))
def test_words_come_out_as_words(name: str, words: str) -> None:
    html, plain = FILLED[name](words), rendered(FILLED[name]("plain"))
    reader = rendered(html)
    assert words in reader.text
    assert reader.inside["bdi"] == "".join(INVISIBLE.findall(reader.text))
    unwrapped = rendered(re.sub('<bdi class="invisible" data-code="[^"]+">(.)</bdi>', r"\1", html))
    assert (unwrapped.tags, unwrapped.attributes) == (plain.tags, plain.attributes)


def test_an_invisible_character_is_shown_and_turns_nothing_round() -> None:
    label = "pay \u202e4321"
    html = article_html(made_document("A text."), Marks(()), labels=(label,), changeable=True)
    assert '<span class="label">pay <bdi class="invisible" data-code="U+202E">\u202e</bdi>4321' in html
    assert f'data-label="{label}" aria-label="Take the label pay U+202E4321 away"' in html


@pytest.mark.parametrize("name", ENVIRONMENT.list_templates())
def test_no_template_switches_escaping_off(name: str) -> None:
    assert ENVIRONMENT.autoescape is True and ENVIRONMENT.loader is not None
    parsed = ENVIRONMENT.parse(ENVIRONMENT.loader.get_source(ENVIRONMENT, name)[0])
    assert not list(parsed.find_all(nodes.ScopedEvalContextModifier))
    assert "safe" not in {each.name for each in parsed.find_all(nodes.Filter)}


def test_only_the_reports_style_goes_in_as_it_is() -> None:
    root = Path(__file__).resolve().parents[3] / "qa_app"
    users = [file.name for file in root.rglob("*.py") if f"import {Markup.__name__}" in file.read_text("utf-8")]
    assert users == ["html_report.py"]


def test_a_name_that_a_template_was_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="words"):
        render("page/notice.html", kind="said")
