"""What the Quality panel shows, over a real index."""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from qa_app.assistant import Assistant, encoder_words, reader_words
from qa_app.evaluation.results import Place, Result, last_result_file, write_result
from qa_app.records.conversations import Conversations
from qa_app.serving.corpus_service import Corpus
from qa_app.serving.page.quality_panel import quality_html
from qa_app.serving.service import Service
from tests.qa_app.evaluation.results_made import outcome, result

DOCUMENT = "Arkadag_delegation_visits_Kazan.txt"


@pytest.fixture
def service(assistant: Assistant) -> Iterator[Service]:
    yield Service(assistant, cast("Corpus", SimpleNamespace()), Conversations(None))
    last_result_file(assistant.index.path).unlink(missing_ok=True)


def _present(service: Service) -> Result:
    """Return a result of the index as it is now."""
    index = service.assistant.index
    with index.snapshot() as snapshot:
        document = snapshot.document(DOCUMENT)
        generation = snapshot.generation
    assert document is not None
    quote = "Last year, Arkadag and Kazan became twin cities."
    start = document.text.index(quote)
    place = Place(DOCUMENT, start, start + len(quote))
    made = result(
        [
            replace(
                outcome(0.9, contains=False, gold=()),
                citations=(replace(outcome(0.9).citations[0], place=place, quote=quote),),
            ),
            outcome(0.4, gold=()),
            outcome(0.01, unanswerable=True),
        ],
        threshold=service.assistant.config.answer.threshold,
        build=snapshot.build_name,
        generation=generation,
    )
    encoder = encoder_words(index.encoder.identity)
    return replace(
        made,
        circumstances=replace(made.circumstances, encoder=encoder, reader=reader_words(index.encoder.identity.name)),
    )


def test_without_a_result_it_says_how_to_make_one(service: Service) -> None:
    html = quality_html(service)
    assert "Nothing was measured" in html and "draft-questions" in html
    assert "qa_app make-questions --index" in html and "qa_app eval questions.jsonl --index" in html


def test_a_result_is_shown_in_words_figures_curves_and_mistakes(service: Service) -> None:
    write_result(_present(service), last_result_file(service.assistant.index.path))
    html = quality_html(service)
    assert "Of 2 questions that the articles answer, the assistant answered 1" in html
    assert "the assistant left 1 unanswered (100%)" in html
    assert html.count("<svg") == 3 and "50.0% to 100.0%" in html
    assert "became twin cities.</mark>" in html and f'data-document="{DOCUMENT}"' in html
    assert "Out of date" not in html


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"generation": 999}, "the articles have changed"),
        ({"build": "0999"}, "the articles were re-embedded"),
        ({"encoder": "another ffffffff"}, "the encoder was changed"),
        ({"reader": "ffffffff ffffffff"}, "the reader was changed"),
        ({"threshold": 0.75}, "answers now need a confidence of 0.1, not 0.75"),
    ],
)
def test_a_result_of_something_else_is_out_of_date(service: Service, changed: dict[str, object], words: str) -> None:
    present = _present(service)
    circumstances = replace(present.circumstances, **changed)  # type: ignore[arg-type]
    write_result(replace(present, circumstances=circumstances), last_result_file(service.assistant.index.path))
    html = quality_html(service)
    assert "Out of date." in html and words in html


@pytest.mark.parametrize("content", ["{broken", "[]", '{"format": 1}', ""])
def test_a_broken_file_is_said_and_how_to_make_another(service: Service, content: str) -> None:
    last_result_file(service.assistant.index.path).write_text(content)
    html = quality_html(service)
    assert 'role="alert"' in html and "quality.json cannot be read" in html and "make-questions" in html


def test_names_of_files_are_quoted_for_the_shell_and_escaped(service: Service) -> None:
    present = _present(service)
    circumstances = replace(present.circumstances, questions_file="my <b> questions.jsonl", generation=999)
    write_result(replace(present, circumstances=circumstances), last_result_file(service.assistant.index.path))
    html = quality_html(service)
    assert "<b>" not in html and "&#39;my &lt;b&gt; questions.jsonl&#39;" in html
