"""The benchmark of the formats: its facts differ, and a fact counts as extracted if one block or row holds it."""

from itertools import islice
from pathlib import Path

from benchmarks.format_files.markup import markdown
from benchmarks.format_files.recipes import RECIPES
from benchmarks.format_files.subjects import subjects
from benchmarks.formats import is_in
from embeddings.documents.read_document import read_documents
from embeddings.documents.readers import is_supported

_NEEDED = sum(recipe.articles for recipe in RECIPES)


def test_every_file_is_about_something_else() -> None:
    about = list(islice(subjects(), _NEEDED))
    assert len({each.title for each in about}) == _NEEDED
    assert len({fact.question for each in about for fact in each.facts}) == 4 * _NEEDED


def test_every_format_has_a_file() -> None:
    assert all(is_supported(f"file{recipe.suffix}") for recipe in RECIPES)
    assert len(RECIPES) >= 40


def test_a_fact_is_in_the_article_that_says_it(tmp_path: Path) -> None:
    one, other = islice(subjects(), 2)
    (tmp_path / "one.md").write_text(markdown(one), encoding="utf-8")
    documents = read_documents(tmp_path, "one.md", 100_000).documents
    assert all(is_in(fact, documents) for fact in one.facts)
    assert not any(is_in(fact, documents) for fact in other.facts)


def test_a_row_whose_cells_are_blocks_of_their_own_is_not_in_the_article(tmp_path: Path) -> None:
    subject = next(subjects())
    cells = "\n\n".join(cell for row in subject.rows for cell in row)
    (tmp_path / "one.txt").write_text(f"Prices at the tower.\n\n{cells}\n", encoding="utf-8")
    assert not is_in(subject.table, read_documents(tmp_path, "one.txt", 100_000).documents)
