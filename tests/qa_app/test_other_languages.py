"""With the encoder for other languages comes a reader that reads some of them: real models, real index."""

from collections.abc import Iterator

import pytest

from embeddings.encoders.packaged import MULTILINGUAL_ENCODER
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.assistant import Assistant, open_assistant, reader_words
from qa_app.pipeline import answer
from tests.embeddings.helpers import write

ARTICLES = {
    "dam.txt": "Плотина на реке была построена весной 1911 года. Её длина составляет двести метров, а высота двадцать.",
    "mill.txt": "Değirmen kasabanın kuzeyinde duruyor. Değirmeni 1874 yılında Selim Aydın adlı bir tüccar yaptırdı.",
    "school.txt": "The school of Garm was founded by Anna Lind in 1932. It has four classrooms and a library.",
    "bridge.txt": "Көпір өзеннің үстінен 1954 жылы салынды. Оның ұзындығы жетпіс метр.",
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("languages")
    for name, text in ARTICLES.items():
        write(folder / "articles", name, text)
    sync(folder / "articles", folder / "index", SentenceEncoder(MULTILINGUAL_ENCODER))
    yield open_assistant(folder / "index")


@pytest.mark.parametrize(
    ("question", "document", "words"),
    [
        ("В каком году построили плотину?", "dam.txt", "1911"),
        ("Değirmeni kim yaptırdı?", "mill.txt", "Selim Aydın"),
        ("Who founded the school of Garm?", "school.txt", "Anna Lind"),
        ("Кто основал школу в Гарме?", "school.txt", "Anna Lind"),
    ],
)
def test_a_question_is_answered_in_words_in_the_languages_that_the_reader_knows(
    assistant: Assistant, question: str, document: str, words: str
) -> None:
    found = answer(assistant, question)
    assert not found.abstained
    first = found.citations[0]
    assert (first.document, first.quote) == (document, ARTICLES[document][first.start : first.end])
    assert found.short_answer and words in found.short_answer


def test_what_the_articles_do_not_say_is_not_said_in_another_language(assistant: Assistant) -> None:
    found = answer(assistant, "Сколько стоит билет на самолёт до Токио?")
    assert found.abstained or found.doubtful


def test_a_language_that_it_was_not_measured_in_is_quoted_whole(assistant: Assistant) -> None:
    found = answer(assistant, "Көпір қай жылы салынды?")
    assert (found.citations[0].document, found.short_answer, found.doubtful) == ("bridge.txt", None, True)
    assert found.notice and "The reader knows English, Russian and Turkish, and this is Kazakh" in found.notice


def test_each_encoder_has_its_readers_label(assistant: Assistant) -> None:
    assert assistant.reader.languages == {"en", "ru", "tr"}
    assert reader_words(MULTILINGUAL_ENCODER) != reader_words("all-MiniLM-L6-v2") == reader_words("some-other-model")
