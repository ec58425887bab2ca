"""What the tests of the conversations share."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from qa_app.records.conversations import Conversations


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "index" / "conversations.sqlite3"


@pytest.fixture(params=["file", "memory"])
def kept(request: pytest.FixtureRequest, file: Path) -> Iterator[Conversations]:
    with closing(Conversations(file if request.param == "file" else None)) as conversations:
        yield conversations
