"""What the tests of the offline half share as fixtures."""

import pytest

from embeddings.__main__ import main
from tests.embeddings.helpers import Run
from tests.fakes import WordEncoder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command as a person would, with the encoder that needs no model; gives status, output, errors."""
    monkeypatch.setattr("embeddings.__main__.SentenceEncoder", WordEncoder)

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        return status, *capsys.readouterr()

    return run
