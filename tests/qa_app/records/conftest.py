"""Fixtures for the tests of conversations."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from embeddings.storage.database_place import DatabasePlace
from qa_app.records.conversations import Conversations
from tests.postgres import NEEDS_POSTGRES


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "index" / "conversations.sqlite3"


@pytest.fixture(params=["file", "memory", pytest.param("postgres", marks=NEEDS_POSTGRES)])
def place(request: pytest.FixtureRequest, file: Path) -> DatabasePlace | None:
    """Where conversations are kept."""
    if request.param == "postgres":
        place: DatabasePlace = request.getfixturevalue("postgres").schema()
        return place
    return file if request.param == "file" else None


@pytest.fixture
def kept(place: DatabasePlace | None) -> Iterator[Conversations]:
    with closing(Conversations(place)) as conversations:
        yield conversations
