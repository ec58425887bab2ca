"""Errors told to people who may not know this machine's places have none."""

import pytest

from embeddings.errors import ArticlesError
from qa_app.serving.access import without_places


@pytest.mark.parametrize(
    "words",
    [
        "There is no index in /srv/my articles/index.",
        "weights: '/root/model': denied.",
        r"C:\index is damaged.",
        "(~/index)",
        "The database postgresql://ann@db.local/index is out of reach.",
    ],
)
def test_errors_have_no_local_path(words: str) -> None:
    told = str(without_places(ArticlesError(words, "Look there.")))
    assert "server" in told and words not in told and "index" not in told


def test_an_error_without_a_path_is_unchanged() -> None:
    error = ArticlesError("The question is empty.", "Type 1/2 a question, and/or see https://example.org/help.")
    assert without_places(error) is error
