import json

import pytest

from embeddings.documents.readers.format_reader import Extracted, Unreadable
from embeddings.documents.readers.jsonl import JsonReader
from embeddings.errors import UnreadableFile
from tests.embeddings.documents.readers.blocks_of import blocks_of, words_of

LONG = "The harbour office raised the fare in April. " * 6
RECORDS = [
    {"id": "a/1", "title": "Ferry", "date": "2026-03-02", "text": LONG, "meta": {"lang": "en", "fare": 48.50}},
    {"id": "a/2", "title": "Otter", "text": LONG, "tags": ["river", "animals"]},
]


def read(text: str, name: str) -> list[Extracted | Unreadable]:
    return JsonReader().read(text.encode(), name)


def test_a_guessed_encoding_is_told_with_each_article() -> None:
    text = "Паром в Ломвик подорожал, и жители недовольны новой ценой. " * 6
    data = json.dumps([{"text": text}, {"text": text}], ensure_ascii=False)
    for encoding, notes in (("cp1251", ("read as windows-1251 (guessed)",)), ("utf-8", ())):
        found = JsonReader().read(data.encode(encoding), "a.json")
        assert [each.notes for each in found if isinstance(each, Extracted)] == [notes, notes]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("\n".join(map(json.dumps, RECORDS)) + "\n", "a.jsonl"),
        (json.dumps(RECORDS, indent=2), "a.json"),
        (json.dumps({"version": 1, "items": RECORDS}), "a.json"),
    ],
    ids=["lines", "array", "array in an object"],
)
def test_records_with_texts_are_articles(text: str, name: str) -> None:
    first, second = read(text, name)
    assert isinstance(first, Extracted)
    assert (first.member, first.title, first.date) == ("a 1", "Ferry", "2026-03-02")
    assert blocks_of(first) == [
        ("title", "Ferry"),
        ("field", "id: a/1"),
        ("field", "date: 2026-03-02"),
        ("field", "meta.lang: en"),
        ("field", "meta.fare: 48.5"),
        ("paragraph", LONG.strip()),
    ]
    assert "tags: river, animals" in words_of(second, "field")


def test_records_without_texts_are_a_table_with_numbers_as_written() -> None:
    (article,) = read(
        '[{"ticket": "Adult", "price": 48.50, "valid": true}, {"ticket": "Child", "price": null}]', "a.json"
    )
    assert blocks_of(article) == [
        ("table header", "ticket | price | valid"),
        ("table row", "Adult | 48.50 | true"),
        ("table row", "Child |  |"),
    ]


def test_a_list_of_texts_gives_paragraphs() -> None:
    (article,) = read(json.dumps({"title": "Ferry", "body": [LONG, LONG]}), "a.json")
    assert words_of(article, "paragraph") == [LONG.strip(), LONG.strip()]


def test_a_bad_line_is_reported_beside_the_good_ones() -> None:
    found = read(json.dumps(RECORDS[0]) + "\n{broken\n" + json.dumps(RECORDS[1]), "a.jsonl")
    assert [each for each in found if isinstance(each, Unreadable)] == [
        Unreadable("line 2", "Line 2 is not JSON.", "Correct it or delete it.")
    ]
    assert len(found) == 3


@pytest.mark.parametrize("text", ["", "no json", "[]", "{}", "[1, 2", "[" * 100_000, "null", '{"a":' * 5_000])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_files_without_records_are_refused(text: str, name: str) -> None:
    with pytest.raises(UnreadableFile, match=r"^a\.json"):
        read(text, name)


def test_too_many_keys_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="keys"):
        read(json.dumps([{f"k{n}": 1} for n in range(2_000)]), "a.json")
