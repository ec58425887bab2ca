"""Loading behind the page, with an encoder that the test can pause."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from embeddings.encoders.encoder import Encoder, Vectors
from embeddings.errors import IndexMismatch, ModelUnavailable
from embeddings.sync import sync
from qa_app.serving import startup as opening_module
from qa_app.serving.page.chat import Chat
from qa_app.serving.server_options import ServerOptions
from qa_app.serving.startup import Opening, opened
from qa_app.types import UnfinishedSync
from tests.embeddings.helpers import article, mounted_read_only, write
from tests.fakes import WordEncoder
from tests.qa_app.serving.page.asking import answered


class _HeldEncoder(WordEncoder):
    """Encodes the first batch at once, the later ones after the test releases it."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        assert not self.texts or self.go_on.wait(60)
        return super().encode_documents(texts)


def test_questions_are_answered_once_the_first_of_many_articles_are_indexed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening_module, "_FIRST_SYNC_S", 0.0)
    folder = tmp_path / "articles"
    folder.mkdir()
    for name in ("a", "b"):  # each fills its own group of chunks
        (folder / f"{name}.txt").write_text("\n\n".join(f"{i} towers stand here. " * 25 for i in range(150)))
    encoder, opening = _HeldEncoder(), Opening()

    def ask_before_all_are_in() -> None:
        try:
            service = opening.service.result(60)
            with service.assistant.index.snapshot() as snapshot:
                assert [document.path for document in snapshot.documents()] == ["a.txt"]
            assert service.corpus.job is not None and service.corpus.job.running
            assert service.corpus.unfinished() == UnfinishedSync(1, 2)
            shown = answered(Chat(opening.service), "Who won the cup?")
            assert "still being read (1 of 2 files)" in shown["html"] and "Ask again" in shown["html"]
            assert opening.suggestions.examples() is None
        finally:
            encoder.go_on.set()

    with ThreadPoolExecutor() as visitors:
        asked = visitors.submit(ask_before_all_are_in)
        with opened(opening, ServerOptions(folder, tmp_path / "index"), lambda: encoder):
            asked.result(60)
            opening.service.result().corpus.wait(60)
            assert opening.service.result().corpus.unfinished() is None
            shown = answered(Chat(opening.service), "Who won the cup?")
            assert "The articles don&#39;t say" in shown["html"]
            with opening.service.result().assistant.index.snapshot() as snapshot:
                assert [document.path for document in snapshot.documents()] == ["a.txt", "b.txt"]


def test_an_index_on_a_read_only_file_system_is_served_and_conversations_are_kept_in_memory(tmp_path: Path) -> None:
    folder, index = tmp_path / "articles", tmp_path / "index"
    write(folder, "dam.txt", article("dam"))
    sync(folder, index, WordEncoder())
    opening = Opening()
    with mounted_read_only(index), opened(opening, ServerOptions(folder, index), WordEncoder):
        service = opening.service.result(0)
        with service.assistant.index.snapshot() as snapshot:
            assert [each.path for each in snapshot.addresses()] == ["dam.txt"]
        assert service.conversations.place is None
        job = service.corpus.job
        assert job and job.error and "Read-only file system" in job.error.what


def test_a_loading_error_is_raised_and_given_to_visitors(tmp_path: Path) -> None:
    sync(tmp_path, tmp_path / "index", WordEncoder("other"))
    opening = Opening()
    other = WordEncoder()
    with (
        pytest.raises(IndexMismatch) as raised,
        opened(opening, ServerOptions(tmp_path, tmp_path / "index"), lambda: other),
    ):
        pass
    assert opening.service.exception(0) is raised.value


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ModelUnavailable("The encoder is lost.", "Install it again."), "The encoder is lost. Install it again."),
        (KeyboardInterrupt(), "The server was stopped."),
        (PermissionError(13, "Permission denied", "weights"), "weights: Permission denied. Check permissions"),
        (ImportError("no module torch"), "The program failed (ImportError: no module torch)."),
    ],
)
def test_waiting_visitors_get_every_kind_of_loading_error(tmp_path: Path, error: BaseException, told: str) -> None:
    def load() -> Encoder:
        raise error

    opening = Opening()
    with pytest.raises(type(error)), opened(opening, ServerOptions(tmp_path, tmp_path / "index"), load):
        pass
    assert str(opening.service.exception(0)).startswith(told)
