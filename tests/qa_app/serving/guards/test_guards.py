"""Each check, tried by a page of another site or port, another user of the machine, and programs that send too much."""

import os
import socket
from collections.abc import Iterator

import pytest
from limits import parse
from starlette.middleware import Middleware

from qa_app.serving.guards.address import address_of
from qa_app.serving.guards.busy import BusyWhenFull
from qa_app.serving.guards.headers import SecurityHeaders
from qa_app.serving.guards.own_page import OwnPageOnly
from qa_app.serving.guards.own_routes import OwnRoutesOnly
from qa_app.serving.guards.rates import RateLimit
from qa_app.serving.guards.same_user import SameUserOnly, can_tell_users, own_users, user_of
from qa_app.serving.guards.sizes import SizeLimits
from qa_app.serving.guards.stack import guards
from tests.qa_app.serving.guards.echo import LOCAL, client

_OTHER_PORT = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
_LINK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


# -- pages of other sites and ports


@pytest.mark.parametrize("headers", [{}, {"Origin": LOCAL}, {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}])
def test_own_page_and_other_programs_are_allowed(headers: dict[str, str]) -> None:
    assert client([Middleware(OwnPageOnly)]).post("/change", headers=headers).status_code == 200


def test_own_page_behind_a_proxy_is_allowed() -> None:
    headers = {"Origin": "https://articles.example", "X-Forwarded-Host": "articles.example"}
    assert client([Middleware(OwnPageOnly)]).post("/change", headers=headers).status_code == 200


@pytest.mark.parametrize("method", ["POST", "DELETE", "GET", "OPTIONS"])
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "http://localhost:7860", "http://127.0.0.1"]
)
def test_a_page_of_another_site_or_port_neither_changes_nor_reads(origin: str, method: str) -> None:
    refused = client([Middleware(OwnPageOnly)]).request(method, "/x", headers={"Origin": origin})
    assert refused.status_code == 403 and "own page" in refused.text
    assert "access-control-allow-origin" not in refused.headers


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", _LINK, 200),  # a link is followed
        ("GET", _OTHER_PORT, 403),
        ("POST", _LINK, 403),  # a form is not sent
        ("GET", _LINK | {"Sec-Fetch-Dest": "iframe"}, 403),
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}, 403),
        ("GET", {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200),
    ],
)
def test_how_a_browser_came_to_send_a_request_decides(method: str, headers: dict[str, str], status: int) -> None:
    assert client([Middleware(OwnPageOnly)]).request(method, "/", headers=headers).status_code == status


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:7860", ""])
def test_a_rebound_host_is_refused_by_a_local_server(host: str) -> None:
    checks = guards("127.0.0.1", None, lambda: 0)
    headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
    assert client(checks).post("/gradio_api/queue/join", headers=headers).status_code == 400


def test_every_answer_forbids_framing_and_guessing_of_types() -> None:
    checks = [Middleware(SecurityHeaders), Middleware(OwnPageOnly)]
    for answer in (client(checks).get("/"), client(checks).post("/", headers={"Origin": "http://evil.example"})):
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY" and answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "strict-transport-security" not in answer.headers
    with_tls = client(checks, "https://articles.example").get("/")
    assert "strict-transport-security" in with_tls.headers


# -- other users of this machine


@pytest.fixture(params=["127.0.0.1", "::1"])
def connection(request: pytest.FixtureRequest) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a connection within this machine: the client's and the server's."""
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    with socket.socket(family) as listening:
        listening.bind((request.param, 0))
        listening.listen()
        with socket.create_connection(listening.getsockname()[:2]) as there:
            here, _ = listening.accept()
            with here:
                yield there, here


def test_whose_a_connection_is(connection: tuple[socket.socket, socket.socket]) -> None:
    there, here = connection
    client_place, server_place = here.getpeername()[:2], here.getsockname()[:2]
    assert can_tell_users() and user_of(client_place, server_place) == os.getuid()
    assert user_of(server_place, (client_place[0], 1)) is None
    assert user_of(("10.0.0.1", client_place[1]), server_place) is None
    assert user_of(("x", 1), server_place) is None
    there.close()  # the kernel would call it root's now
    assert user_of(client_place, server_place) is None


def test_a_server_on_all_addresses_sees_ipv4_connections_as_such() -> None:
    with socket.socket(socket.AF_INET6) as listening:
        listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listening.bind(("::", 0))
        listening.listen()
        with socket.create_connection(("127.0.0.1", listening.getsockname()[1])):
            here, _ = listening.accept()
            with here:
                host, port = here.getpeername()[:2]
                assert (
                    user_of((host.removeprefix("::ffff:"), port), ("127.0.0.1", here.getsockname()[1])) == os.getuid()
                )


def test_another_user_is_refused_and_so_is_who_is_not_on_this_machine() -> None:
    # The test's client has no connection: it stands for one that is not this user's.
    refused = client([Middleware(SameUserOnly, users=own_users())]).get("/")
    assert refused.status_code == 403 and "another user" in refused.json()["detail"]
    forged = client([Middleware(SameUserOnly, users=own_users())], address="203.0.113.9").get("/")
    assert forged.status_code == 403


# -- routes, sizes, rates, the line


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=http://192.0.2.1/x",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/proxy=https://x.hf.space/",
        "/gradio_api/deep_link",
        "/gradio_api/stream/x/y/1/playlist-file",
        "/gradio_api/vibe-code/",
        "/gradio_api/runs",
        "/monitoring/summary",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/gradio_api/call/ask/1/2",
        "//gradio_api/upload",
    ],
)
def test_what_the_page_does_not_use_is_closed(path: str) -> None:
    for method in ("GET", "HEAD", "POST"):
        assert client([Middleware(OwnRoutesOnly)]).request(method, path).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/", "/config", "/assets/a/b.js", "/gradio_api/info", "/gradio_api/call/ask", "/gradio_api/call/ask/1", "/mcp"],
)
def test_what_the_page_uses_is_open(path: str) -> None:
    assert client([Middleware(OwnRoutesOnly)]).get(path).status_code == 200


def test_large_requests_are_refused_whether_or_not_they_say_so() -> None:
    limited = client([Middleware(SizeLimits, most_bytes=1000, most_bytes_uploaded=2000)])

    def pieces(count: int) -> Iterator[bytes]:
        yield from [b"x" * 100] * count

    assert limited.post("/x", content=b"x" * 1000).text.startswith("done 1000")
    assert limited.post("/x", content=pieces(10)).text.startswith("done 1000")
    for content in (b"x" * 1001, pieces(11)):
        refused = limited.post("/x", content=content)
        assert refused.status_code == 413 and "Send less" in refused.text
    assert limited.post("/gradio_api/upload", content=b"x" * 2000).status_code == 200
    assert limited.post("/gradio_api/upload", content=pieces(21)).status_code == 413
    assert limited.post("/x", headers={"Content-Length": "many"}).status_code == 413


def test_a_full_line_is_told_at_once_and_pages_still_open() -> None:
    waiting = [2]
    busy = client([Middleware(BusyWhenFull, waiting=lambda: waiting[0], most=2)])
    for path in ("/gradio_api/queue/join", "/gradio_api/call/ask", "/gradio_api/call/v2/ask", "/mcp"):
        refused = busy.post(path)
        assert refused.status_code == 503 and "busy" in refused.json()["detail"] and refused.headers["retry-after"]
    assert busy.get("/").status_code == busy.post("/gradio_api/cancel").status_code == 200
    waiting[0] = 1
    assert busy.post("/gradio_api/queue/join").status_code == 200


def test_too_many_requests_of_one_address_are_refused_and_others_are_served() -> None:
    checks = [Middleware(RateLimit, allowed=parse("3 per minute"))]
    one = client(checks)
    assert [one.post("/x").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert one.get("/x").status_code == 200


def test_a_network_of_ipv6_counts_as_one_address() -> None:
    assert address_of({"client": ("2001:db8::1", 1)}) == address_of({"client": ("2001:db8::2:1", 1)})
    assert address_of({"client": ("2001:db8:1::1", 1)}) != address_of({"client": ("2001:db8::1", 1)})
    assert address_of({"client": ("10.0.0.1", 1)}) == "10.0.0.1" and address_of({}) == ""
