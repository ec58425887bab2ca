from concurrent.futures import Future

import gradio as gr
import pytest
from pydantic import TypeAdapter

from embeddings.errors import ArticlesError
from qa_app.serving.page.chat import Asked
from qa_app.serving.page.functions import Place, server_function, understood
from qa_app.serving.service import Service

SERVICE: Future[Service] = Future()


def _refusing(place: Place) -> str:
    raise ArticlesError(f"There is no {place['document']}.", "Look again.")


def test_a_function_gets_a_checked_value_and_returns_what_it_did() -> None:
    called = server_function("shout", str.upper, str, SERVICE)
    assert called.__name__ == "shout" and called("a") == {"value": "A"}


@pytest.mark.parametrize("value", [None, 1, [], {"document": 1}, {}])
def test_a_value_of_another_kind_is_refused_in_words(value: object) -> None:
    called = server_function("refuse", _refusing, Place, SERVICE)
    assert called(value) == {"error": "The page sent something that the server does not understand. Reload the page."}


@pytest.mark.parametrize("value", [None, 3, {}, {"question": "\ud800"}])
def test_a_question_of_another_kind_is_refused_in_words(value: object) -> None:
    with pytest.raises(gr.Error, match="something that the server does not understand"):
        understood(TypeAdapter(Asked), value)


def test_what_is_refused_is_told_and_what_breaks_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert server_function("refuse", _refusing, Place, SERVICE)({"document": "a.txt"}) == {
        "error": "There is no a.txt. Look again."
    }
    assert "log says what" in str(server_function("divide", lambda n: 1 // n, int, SERVICE)(0))
    assert "divide failed" in caplog.text
