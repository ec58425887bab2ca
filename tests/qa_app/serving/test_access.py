"""Access rules: requests from other web sites are refused, and errors shown on other machines have no local paths."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from embeddings.errors import ArticlesError
from qa_app.serving.access import NoUploads, OwnPageOnly, without_places


def _client(guard: type[OwnPageOnly] | type[NoUploads]) -> TestClient:
    async def done(_: Request) -> PlainTextResponse:
        return PlainTextResponse("done")

    route = Route("/{path:path}", done, methods=["GET", "POST", "DELETE"])
    guarded = Starlette(routes=[route], middleware=[Middleware(guard)])
    return TestClient(guarded, base_url="http://127.0.0.1:7860")


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://127.0.0.1:7860"}])
def test_own_page_and_other_programs_are_allowed(headers: dict[str, str]) -> None:
    assert _client(OwnPageOnly).post("/change", headers=headers).text == "done"


def test_own_page_behind_a_proxy_is_allowed() -> None:
    headers = {"Origin": "https://articles.example", "X-Forwarded-Host": "articles.example"}
    assert _client(OwnPageOnly).post("/change", headers=headers).status_code == 200


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9999"])
def test_another_site_is_refused(origin: str, method: str) -> None:
    refused = _client(OwnPageOnly).request(method, "/change", headers={"Origin": origin})
    assert refused.status_code == 403 and "own page" in refused.text


def test_another_site_may_link_here() -> None:
    assert _client(OwnPageOnly).get("/", headers={"Origin": "http://evil.example"}).status_code == 200


def test_a_read_only_server_takes_no_files() -> None:
    client = _client(NoUploads)
    refused = client.post("/gradio_api/upload")
    assert refused.status_code == 403 and "read-only" in refused.text
    assert client.post("/gradio_api/queue/join").status_code == 200


@pytest.mark.parametrize(
    "words",
    [
        "There is no index in /srv/my articles/index.",
        "weights: '/root/model': denied.",
        r"C:\index is damaged.",
        "(~/index)",
    ],
)
def test_errors_shown_on_other_machines_have_no_local_path(words: str) -> None:
    told = str(without_places(ArticlesError(words, "Look there.")))
    assert "server" in told and words not in told and "index" not in told


def test_an_error_without_a_path_is_unchanged() -> None:
    error = ArticlesError("The question is empty.", "Type 1/2 a question, and/or see https://example.org/help.")
    assert without_places(error) is error
