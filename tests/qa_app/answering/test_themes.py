"""Articles are grouped by what they are about, and each group has words that tell it from the others."""

from pathlib import Path

import numpy as np
import pytest

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.answering.themes import themes
from qa_app.assistant import Assistant, open_assistant
from qa_app.pipeline import answer
from tests.embeddings.helpers import write

SUBJECTS = {
    "bees": "The beekeeper {n} opened the hive and took honey from the combs; the bees had found lindens in bloom.",
    "trains": "The night train {n} left the station late, and its locomotive pulled nine cars along the railway line.",
    "bread": "The baker {n} kneads dough with sourdough and rye flour and bakes forty loaves of bread before dawn.",
}
ARTICLES = {f"{subject}-{n}": text.format(n=n) for subject, text in SUBJECTS.items() for n in ("Ada", "Bo", "Cy", "Di")}


def test_each_subject_is_a_theme_with_words_of_its_own(encoder: SentenceEncoder) -> None:
    found = themes(encoder.encode_documents(list(ARTICLES.values())), list(ARTICLES.values()))
    names = list(ARTICLES)
    groups = [{names[row].partition("-")[0] for row in theme.rows} for theme in found]
    assert sorted(map(sorted, groups)) == [["bees"], ["bread"], ["trains"]]
    assert all(len(theme.rows) == 4 and len(theme.words) == 3 for theme in found)
    for theme in found:
        subject = names[theme.rows[0]].partition("-")[0]
        assert all(word in SUBJECTS[subject].lower() for word in theme.words)


def test_articles_that_are_all_alike_have_no_themes(encoder: SentenceEncoder) -> None:
    vector = encoder.encode_documents(["The bees are back."])
    assert themes(np.repeat(vector, 12, axis=0), ["The bees are back."] * 12) == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, encoder: SentenceEncoder) -> Assistant:
    place: Path = tmp_path_factory.mktemp("themes")
    for name, text in ARTICLES.items():
        write(place / "files", f"{name}.txt", text)
    sync(place / "files", place / "index", encoder)
    return open_assistant(place / "index", encoder=encoder)


def test_a_summary_of_the_whole_folder_is_by_theme(folder: Assistant) -> None:
    found = answer(folder, "Summarize all articles.")
    assert found.kind == "summary" and len(found.sections) == 3
    assert all(section.heading.endswith(": 4 articles") and len(section.citations) == 3 for section in found.sections)
    assert found.notice == "Of 12 articles, 9: the most typical of each theme."
    assert "\n\n".join(section.text for section in found.sections) == found.text


def test_a_summary_of_few_sentences_takes_the_largest_themes(folder: Assistant) -> None:
    found = answer(folder, "Summarize all articles in two sentences.")
    assert [len(section.citations) for section in found.sections] == [1, 1]


def test_the_topics_of_a_folder_are_its_themes_and_its_articles(folder: Assistant) -> None:
    found = answer(folder, "What topics do the articles cover?")
    assert found.kind == "collection" and found.text.count(": 4 articles") == 3
    assert len(found.articles) > 1
