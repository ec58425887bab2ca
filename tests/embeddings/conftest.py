"""What the tests of the offline half share as fixtures."""

from pathlib import Path

import pytest

from embeddings.__main__ import main
from embeddings.sync import sync
from tests.embeddings.helpers import SMALL, Run, article, write
from tests.fakes import WordEncoder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command as a person would, with the encoder that needs no model; gives status, output, errors."""
    for module in ("__main__", "encoders.choice"):
        monkeypatch.setattr(f"embeddings.{module}.SentenceEncoder", WordEncoder)

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index of four articles, one of which leaves something out, beside their folder; its encoder needs no model."""
    for subject in ("bridge", "canal", "dam"):
        write(tmp_path / "articles", f"{subject}.txt", article(subject))
    write(tmp_path / "articles", "ship.txt", f"Source: Port Authority\n\n{article('ship', 1)}\n\nShare this article")
    sync(tmp_path / "articles", tmp_path / "index", WordEncoder(), SMALL)
    return tmp_path / "index"
