"""Limits typed in a question narrow the search where they cannot be misread; all else stays part of the question."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.folder_changes import add_folder
from embeddings.index import Index, Snapshot
from embeddings.labels import set_label
from embeddings.scope import EVERYTHING, Scope
from embeddings.sync import create_index, sync
from qa_app.__main__ import main
from qa_app.assistant import open_assistant
from qa_app.config import RetrievalConfig
from qa_app.pipeline import AnswerFailed, answer
from qa_app.retrieval import search
from qa_app.serving import tools
from qa_app.typed_limits import as_typed, typed_limits
from qa_app.types import Exchange
from tests.embeddings.helpers import write

ASKED = "Who is the keeper?"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, encoder: SentenceEncoder) -> Index:
    place = tmp_path_factory.mktemp("typed")
    for folder, day, author, keeper in (
        ("north", "2024-05-02", "Ida Dahl", "Greta Holm"),
        ("south", "2023-01-31", "Sven Aker", "Anton Berg"),
    ):
        text = f"title: The lighthouse of the {folder}\ndate: {day}\nauthor: {author}\n\n"
        write(
            place,
            f"{folder}/reports/light.txt",
            f"{text}The keeper of the lighthouse is {keeper}. The tower is high.\n",
        )
    create_index(place / "north", place / "index", encoder)
    add_folder(place / "index", "south", place / "south")
    sync(None, place / "index", encoder)
    set_label(place / "index", "old town", ["south:reports/light.txt"], is_set=True)
    return Index(place / "index", encoder)


@pytest.fixture
def snapshot(index: Index) -> Iterator[Snapshot]:
    with index.snapshot() as opened:
        yield opened


@pytest.mark.parametrize(
    ("typed", "scope"),
    [
        ("in:south", Scope(folders=("south",))),
        ("in:reports", Scope(within=("reports",))),
        ("in:south:reports/light.txt", Scope(within=("south:reports/light.txt",))),
        ("in:south:reports", Scope(within=("south:reports",))),
        ("in:south in:reports/light.txt", Scope(folders=("south",), within=("reports/light.txt",))),
        ("from:dahl", Scope(authors=("dahl",))),
        ('from:"Ida Dahl"', Scope(authors=("Ida Dahl",))),
        ('label:"Old Town"', Scope(labels=("Old Town",))),
        ("language:en", Scope(languages=("en",))),
        ("after:2024-01-01", Scope(after="2024-01-01")),
        ("after:2023-01-01 before:2024-01-01 before:2023-12-31", Scope(after="2023-01-01", before="2023-12-31")),
    ],
)
def test_what_is_known_is_a_limit_wherever_it_stands(snapshot: Snapshot, typed: str, scope: Scope) -> None:
    for question in (f"{ASKED} {typed}", f"{typed} {ASKED}"):
        assert typed_limits(question, snapshot, EVERYTHING) == (ASKED, scope)
    if typed.count("before") < 2:
        assert typed_limits(f"{ASKED} {as_typed(scope)}", snapshot, EVERYTHING) == (ASKED, scope)


@pytest.mark.parametrize(
    "question",
    [
        ASKED,
        "What is the ratio in: 3 parts?",
        "Who is in:nowhere?",
        "What does note:south mean?",
        "Who wrote from:nobody",
        "What happened after:2024",
        "What happened after:2024-13-01",
        "What is plugin:south",
        "label:none",
        "in:south",
        "Is it in:south, or elsewhere?",
        "",
    ],
)
def test_all_else_stays_part_of_the_question(snapshot: Snapshot, question: str) -> None:
    assert typed_limits(question, snapshot, EVERYTHING) == (question, EVERYTHING)


def test_typing_can_only_narrow(snapshot: Snapshot) -> None:
    outer = Scope(folders=("north",), after="2024-01-01")
    assert typed_limits(f"{ASKED} in:south after:2020-01-01", snapshot, outer) == (
        f"{ASKED} in:south after:2020-01-01",
        outer,
    )
    narrowed = typed_limits(f"{ASKED} from:dahl after:2024-05-01", snapshot, outer)
    assert narrowed == (ASKED, Scope(folders=("north",), authors=("dahl",), after="2024-05-01"))


@given(st.text(max_size=60))
def test_any_text_can_be_asked(index: Index, text: str) -> None:
    with index.snapshot() as snapshot:
        rest, scope = typed_limits(text, snapshot, EVERYTHING)
        assert (rest == text) or scope


def test_an_answer_keeps_the_question_as_typed_and_says_what_was_searched(
    index: Index, encoder: SentenceEncoder
) -> None:
    assistant = open_assistant(index.path, encoder=encoder)
    for folder, keeper in (("north", "Greta Holm"), ("south", "Anton Berg")):
        found = answer(assistant, f"Who is the keeper of the lighthouse? in:{folder}")
        assert (found.short_answer, found.citations[0].folder) == (keeper, folder)
        assert found.question == f"Who is the keeper of the lighthouse? in:{folder}"
        assert found.searched_for == "Who is the keeper of the lighthouse?"
        assert (found.scope, found.searched_documents) == (Scope(folders=(folder,)), 1)
    again = answer(assistant, "x", searched_for="Who is the keeper of the lighthouse? in:north")
    assert again.short_answer == "Greta Holm"
    earlier = [
        Exchange("Who is the keeper of the lighthouse? in:south", "Who is the keeper of the lighthouse?", "", None)
    ]
    follow = answer(assistant, "And how high is the tower?", earlier)
    assert "in:south" not in follow.searched_for
    with pytest.raises(AnswerFailed, match="No article is within the limits"):
        answer(assistant, f"{ASKED} in:south after:2024-01-01")


def test_a_document_of_one_folder_is_told_from_one_of_the_same_path_in_another(index: Index) -> None:
    with index.snapshot() as snapshot:
        for place in ("south:reports/light.txt", "south:reports/", "south:reports"):
            scope = Scope(within=(place,))
            assert snapshot.store.count_in_scope(scope) == 1
            assert search(snapshot.limited(scope), ASKED, 9, RetrievalConfig())[0].chunk.folder == "south"


def test_search_takes_typed_limits_too(
    index: Index, encoder: SentenceEncoder, capsys: pytest.CaptureFixture[str]
) -> None:
    assistant = open_assistant(index.path, encoder=encoder)
    assert {each["folder"] for each in tools.search(assistant, f"{ASKED} in:south", 9)} == {"south"}
    assert main(["search", f"{ASKED} in:north", "-k", "9", "--index", str(index.path), "--json"]) == 0
    assert {each["folder"] for each in json.loads(capsys.readouterr().out)} == {"north"}
