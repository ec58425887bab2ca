from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.errors import ArticlesError
from embeddings.storage import lexical
from embeddings.storage.database import Database, Fault
from embeddings.storage.lexical import expressions, indexed_words, match_expression, query_words
from embeddings.storage.migrations import MIGRATIONS
from embeddings.storage.sqlite_database import SqliteDatabase

WORDS = ["The Café Çətin stands in Fizuli", "Дождевая вода и её сбор", 'He said: NEAR the well, "AND" not OR it']
IN_LANGUAGES = {
    "ru": "Республи́ка получила самолёты Ту-154",
    "tr": "Isparta'nın üniversiteleri ve ırmakları",
    "kk": "Облыстың орталығы Көкшетау қаласында",
    "de": "Die Bahnhöfe der Länder",
}


def fail(fault: Fault, details: str) -> ArticlesError:
    return ArticlesError(details, fault.value)


@pytest.fixture(scope="module")
def table() -> Iterator[Database]:
    database = SqliteDatabase(None, MIGRATIONS, fail)
    database.execute_many("INSERT INTO chunk_words (rowid, title, text) VALUES (?, '', ?)", enumerate(WORDS))
    yield database
    database.close()


def found(table: Database, query: str) -> list[int]:
    words = query_words(query)
    if not words:
        return []
    find = "SELECT rowid FROM chunk_words WHERE chunk_words MATCH ? ORDER BY rowid"
    return [row[0] for row in table.rows(find, (match_expression(words),))]


@pytest.mark.parametrize("query", ["", "   ", '"', "*", "-", "(", "?!…", "____", "^:+{}", "\0", "👍"])
def test_a_query_without_words_has_no_expression(table: Database, query: str) -> None:
    assert query_words(query) == [] and expressions(table, [], 10**6) == []


def test_every_word_is_quoted_once() -> None:
    assert (
        match_expression(query_words("What's NEAR(the, What) -well* AND"))
        == '"what" OR "s" OR "near" OR "the" OR "well" OR "and"'
    )


@pytest.mark.parametrize("query", ['"NEAR(', "near*", "NEAR(well, 2)", "and", "title:well", '"unclosed well'])
def test_fts5_syntax_in_a_query_is_plain_text(table: Database, query: str) -> None:
    assert found(table, query) == [2]


@pytest.mark.parametrize("query", ["cafe", "CAFÉ", "çətin?", "stand"])
def test_case_accents_and_endings_do_not_matter(table: Database, query: str) -> None:
    assert found(table, query) == [0]


def test_words_of_other_scripts_are_found(table: Database) -> None:
    assert found(table, "вода?") == [1]


def test_a_query_with_combining_accents_finds_the_word(table: Database) -> None:
    table.execute("INSERT INTO chunk_words (rowid, title, text) VALUES (9, '', 'The résumés lay there')")
    try:
        assert found(table, "re\u0301sume\u0301s") == [9]
    finally:
        table.execute("DELETE FROM chunk_words WHERE rowid = 9")


@given(st.text(max_size=60))
def test_any_query_can_be_searched_without_an_error(table: Database, query: str) -> None:
    found(table, query)


@given(st.sampled_from(WORDS), st.text(st.sampled_from('"*()-^:+ {}'), max_size=5))
def test_a_chunk_is_found_by_its_own_words_whatever_surrounds_them(table: Database, words: str, around: str) -> None:
    assert WORDS.index(words) in found(table, around + words.replace(" ", around + " ") + around)


@pytest.fixture(scope="module")
def languages() -> Iterator[Database]:
    database = SqliteDatabase(None, MIGRATIONS, fail)
    texts = [*((None, text) for text in WORDS), *IN_LANGUAGES.items()]
    database.execute_many(
        "INSERT INTO chunk_words (rowid, title, text) VALUES (?, '', ?)",
        ((i, indexed_words(text, language)) for i, (language, text) in enumerate(texts)),
    )
    yield database
    database.close()


@pytest.mark.parametrize(
    ("query", "number"),
    [("республикой", 3), ("самолет", 3), ("ISPARTA", 4), ("isparta", 4), ("üniversitesinde", 4), ("irmaklar", 4),
     ("облыстарда", 5), ("Bahnhof", 6), ("Ländern", 6), ("standing", 0), ("дождевая", 1)],
)  # fmt: skip
def test_an_inflected_word_is_found_in_its_language(languages: Database, query: str, number: int) -> None:
    find = "SELECT rowid FROM chunk_words WHERE chunk_words MATCH ?"
    words = query_words(query, [*IN_LANGUAGES, "en"])
    assert [row[0] for row in languages.rows(find, (match_expression(words),))] == [number]


@pytest.mark.parametrize("language", ["en", None])
def test_english_is_indexed_as_it_is(language: str | None) -> None:
    text = "The Universities' studies, quoted  as written."
    assert indexed_words(text, language) == text
    assert query_words("Which universities studied?", ["en"]) == ["which", "universities", "studied"]


def test_words_that_fts5_stems_alike_are_asked_once() -> None:
    """French makes "languag" of "languages", and so does Porter of both."""
    assert query_words("two languages", ["fr"]) == ["two", "languages"]


_RARE, _MIDDLE, _COMMON = 5, 80, 800


@pytest.fixture(scope="module")
def large() -> Iterator[Database]:
    """Chunks that all contain "text"; one in 400 has "rare", one in 25 "middle", two in five "common"."""
    database = SqliteDatabase(None, MIGRATIONS, fail)
    chunks = 2000
    database.execute("INSERT INTO folders (name, path, include, exclude) VALUES ('articles', '/articles', '[]', '[]')")
    database.execute(
        """INSERT INTO documents (id, folder_id, path, file, file_sha256, file_stamp, versions, title, text, blocks, page_starts,
            boilerplate, notes, indexed_at) VALUES (1, 1, '', '', '', '', '', '', '', '', '', '', '', '')"""
    )
    database.execute("INSERT INTO vectors VALUES (x'00', x'00')")
    database.execute_many(
        "INSERT INTO chunks (id, document_id, start, \"end\", key, generation) VALUES (?, 1, 0, 1, x'00', 1)",
        ((3 * number + 9,) for number in range(chunks)),
    )
    database.execute_many(
        "INSERT INTO chunk_words (rowid, title, text) VALUES (?, '', ?)",
        (
            (3 * n + 9, f"a text {'rare' * (n % 400 == 7)} {'middle' * (n % 25 == 7)} {'common' * (n % 5 > 2)}")
            for n in range(chunks)
        ),
    )
    yield database
    database.close()


@pytest.mark.parametrize(
    ("scored", "required", "preferred", "words", "found"),
    [
        # All informative words are used, the rarest first; "text" is in every chunk.
        (_RARE + _MIDDLE + _COMMON, 1, 1, "common rare text middle", ['"rare" OR "middle" OR "common"']),
        (0, 1, 1, "text", ['"text"']),
        # With a limit of one chunk less, the rarest are required and the next ones preferred.
        (884, _RARE, 10_000, "common rare middle", ['("rare") AND ("middle" OR "common")', '"rare"']),
        (
            884,
            _RARE + _MIDDLE,
            10_000,
            "common rare middle",
            ['("rare" OR "middle") AND ("common")', '"rare" OR "middle"'],
        ),
        (884, _RARE, _MIDDLE, "common rare middle text", ['("rare") AND ("middle")', '"rare"']),
        (884, _RARE, _MIDDLE - 1, "common rare middle", ['"rare"']),
        (0, 1, 10_000, "middle common", ['("middle") AND ("common")', '"middle"']),
        (0, 1, 10_000, "common", ['"common"']),
    ],
)
def test_a_large_corpus_is_searched_for_the_rarest_words(
    large: Database,
    monkeypatch: pytest.MonkeyPatch,
    scored: int,
    required: int,
    preferred: int,
    words: str,
    found: list[str],
) -> None:
    monkeypatch.setattr(lexical, "_MAX_SCORED", scored)
    monkeypatch.setattr(lexical, "_MAX_REQUIRED", required)
    monkeypatch.setattr(lexical, "_MAX_PREFERRED", preferred)
    assert expressions(large, words.split(), 2000) == found


def test_word_frequencies_are_estimated_from_a_sample(large: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexical, "_SAMPLE_IDS", 400)
    monkeypatch.setattr(lexical, "_MAX_SCORED", 150)
    monkeypatch.setattr(lexical, "_MAX_REQUIRED", 100)
    assert expressions(large, ["common", "middle", "rare"], 2000) == [
        '("rare" OR "middle") AND ("common")',
        '"rare" OR "middle"',
    ]


def test_words_in_no_chunk_take_the_place_of_no_other(large: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexical, "_MAX_SCORED", 100)
    monkeypatch.setattr(lexical, "_MAX_REQUIRED", _RARE)
    assert expressions(large, ["absent", "rare", "lacking", "common"], 2000) == ['("rare") AND ("common")', '"rare"']
    assert expressions(large, ["absent", "lacking"], 2000) == []


def test_a_small_corpus_is_searched_for_all_words(large: Database) -> None:
    assert expressions(large, ["a", "text"], 500) == ['"a" OR "text"']
