"""A model in this process, from a GGUF file and from a folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_app.generation.local_writer import LocalWriter
from qa_app.generation.writer import WriterFailed, WriterUnavailable
from qa_app.types import Turn
from tests.qa_app.generation.models import smollm2
from tests.qa_app.generation.small_vocabulary import with_small_vocabulary

_TOKENS = 8192
_ASKED = [Turn("user", "What is the capital of France? Answer in one short sentence.")]


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> LocalWriter:
    file = tmp_path_factory.mktemp("model") / smollm2().name
    with_small_vocabulary(smollm2(), _TOKENS, file)
    return LocalWriter(str(file))


def _written(pieces: Iterator[str]) -> str:
    return "".join(pieces)


def test_a_gguf_file_writes_the_same_each_time(writer: LocalWriter) -> None:
    first = _written(writer.write(_ASKED, 40))
    assert "Paris" in first and first == _written(writer.write(_ASKED, 40))
    assert "SmolLM2" in writer.name


def test_it_says_when_it_was_stopped(writer: LocalWriter) -> None:
    with pytest.raises(WriterFailed, match="stopped after 3 tokens"):
        _written(writer.write(_ASKED, 3))


def test_closing_the_iterator_stops_it_and_the_next_is_served(writer: LocalWriter) -> None:
    pieces = writer.write([Turn("user", "Count from one to a thousand in words.")], 2000)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert "Paris" in _written(writer.write(_ASKED, 40))


def test_passages_too_long_for_its_context_are_a_failure_with_the_next_step(writer: LocalWriter) -> None:
    with pytest.raises(WriterFailed, match="longer context"):
        _written(writer.write([Turn("user", "word " * 9000)], 40))


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("{tmp}/none", "There is no model at"),
        ("{tmp}/none.gguf", "There is no file"),
        ("{tmp}", "has no config.json"),
        ("nobody/nothing-of-this-name", "hf download nobody/nothing-of-this-name"),
        ("nothing", "There is no model at nothing"),
        ("{tmp}/broken.gguf", "cannot be loaded"),
        ("{tmp}/broken", "cannot be loaded"),
    ],
)
def test_a_missing_or_invalid_model_is_refused_with_the_next_step(where: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "broken.gguf").write_bytes(b"GGUF no more")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "config.json").write_text("{}")
    with pytest.raises(WriterUnavailable, match=words):
        LocalWriter(where.format(tmp=tmp_path))


def test_a_gguf_file_without_the_package_that_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "some.gguf").write_bytes(b"GGUF")
    monkeypatch.setattr("qa_app.generation.local_writer.find_spec", lambda _: None)
    with pytest.raises(WriterUnavailable, match="pip install gguf accelerate"):
        LocalWriter(str(tmp_path / "some.gguf"))
