"""Logging in, tried by strangers, and by people with another's, an ended or a forged proof of who they are."""

import re
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from qa_app.accounts import Accounts, Role
from qa_app.serving.guards.stack import guards
from tests.qa_app.accounts.fast import PASSWORD, SetClock, fast_accounts
from tests.qa_app.serving.guards.echo import LOCAL, client

_TLS = "https://articles.example"
_ROUTES = [
    "/config",
    "/gradio_api/info",
    "/gradio_api/openapi.json",
    "/gradio_api/queue/data?session_hash=x",
    "/gradio_api/call/ask/1",
    "/gradio_api/heartbeat/x",
    "/gradio_api/app_id",
    "/gradio_api/upload_progress?upload_id=x",
    "/assets/index.js",
    "/theme.css",
    "/mcp",
    "/openapi.json",
    "/gradio_api/file=/etc/passwd",
    "/nothing",
]
_CHANGES = [
    "/gradio_api/queue/join",
    "/gradio_api/call/ask",
    "/gradio_api/run/ask",
    "/gradio_api/component_server",
    "/gradio_api/upload",
    "/gradio_api/cancel",
    "/gradio_api/reset",
    "/mcp",
]


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def accounts(clock: SetClock) -> Accounts:
    made = fast_accounts(None, clock)
    for name, role in (("ada", Role.READER), ("ed", Role.EDITOR)):
        made.add(name, role, PASSWORD)
    return made


@pytest.fixture
def visitor(accounts: Accounts) -> Callable[..., TestClient]:
    """Makes a browser without cookies."""
    return lambda url=LOCAL: client(guards("0.0.0.0", accounts, lambda: 0), url)


def _log_in(browser: TestClient, name: str = "ada", password: str = PASSWORD) -> int:
    return browser.post("/login", data={"name": name, "password": password}).status_code


def test_a_stranger_gets_nothing_but_the_page_to_log_in(visitor: Callable[..., TestClient]) -> None:
    stranger = visitor()
    for path in _ROUTES:
        answer = stranger.get(path)
        assert answer.status_code == 401 and "Log in first" in answer.json()["detail"], path
    for path in _CHANGES:
        assert stranger.post(path).status_code == 401, path
    for path in ("/", "/account"):
        assert stranger.get(path).headers["location"] == "/login"
    assert stranger.post("/").status_code == stranger.post("/account").status_code == 401
    page = stranger.get("/login")
    assert page.status_code == 200 and "default-src 'none'" in page.headers["content-security-policy"]


def test_monitors_need_no_account_and_are_told_nothing_else(accounts: Accounts) -> None:
    ready = [False]
    monitor = client(guards("0.0.0.0", accounts, lambda: 0, is_ready=lambda: ready[0]))
    assert (monitor.get("/health").text, monitor.get("/ready").status_code) == ("ok\n", 503)
    ready[0] = True
    assert monitor.get("/ready").text == "ok\n"
    assert monitor.post("/health").status_code == monitor.get("/health/x").status_code == 401


def test_a_person_who_logs_in_is_known_from_then_on(visitor: Callable[..., TestClient]) -> None:
    browser = visitor()
    assert _log_in(browser, "ADA") == 303
    assert browser.get("/").text == "done 0 ada"
    assert "ada" in browser.get("/account").text and "reader" in browser.get("/account").text


@pytest.mark.parametrize(("url", "name"), [(LOCAL, "articles"), (_TLS, "__Host-articles")])
def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    visitor: Callable[..., TestClient], url: str, name: str
) -> None:
    answer = visitor(url).post("/login", data={"name": "ada", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{name}=") and "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie
    assert "Domain" not in cookie and ("Secure" in cookie) == (url == _TLS)
    assert answer.headers["cache-control"] == "no-store"


def test_what_is_wrong_is_not_told_and_the_name_is_escaped(visitor: Callable[..., TestClient]) -> None:
    browser = visitor()
    told = set()
    for name, password in (("ada", "wrong password"), ("nobody", PASSWORD), ("<script>alert(1)</script>", "x")):
        answer = browser.post("/login", data={"name": name, "password": password})
        assert answer.status_code == 401 and "<script>" not in answer.text
        told.update(re.findall(r'role="alert">([^<]*)', answer.text))
    assert told == {"The name or the password is wrong."} and browser.get("/config").status_code == 401


@pytest.mark.parametrize(
    "content", [b"", b"name=ada", b"\xff\xfe", b"x" * 20_000, b"&" * 5000, b"name[]=ada&password[]=x"]
)
def test_a_bad_form_is_refused(visitor: Callable[..., TestClient], content: bytes) -> None:
    assert visitor().post("/login", content=content).status_code in (400, 401, 413)


def test_another_site_cannot_log_somebody_in(visitor: Callable[..., TestClient]) -> None:
    browser, form = visitor(), {"name": "ada", "password": PASSWORD}
    assert browser.post("/login", data=form, headers={"Origin": "http://evil.example"}).status_code == 403
    assert not browser.cookies


def test_guessing_is_stopped_also_with_the_right_password(
    visitor: Callable[..., TestClient], accounts: Accounts
) -> None:
    browser = visitor()
    statuses = [_log_in(browser, "ada", f"guess number {n}") for n in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    refused = browser.post("/login", data={"name": "ada", "password": PASSWORD})
    assert refused.status_code == 429 and int(refused.headers["retry-after"]) > 0
    assert _log_in(browser, "ed") == 303  # others are not locked out
    assert [deed.deed for deed in accounts.log.last(3)] == ["log-in refused", "log-in refused", "logged in"]


def test_a_session_ends_by_time_by_logging_out_and_everywhere(
    visitor: Callable[..., TestClient], clock: SetClock
) -> None:
    here, there = visitor(), visitor()
    for browser in (here, there):
        assert _log_in(browser) == 303
    stolen = here.cookies["articles"]
    assert here.post("/logout").headers["location"] == "/login"
    here.cookies.set("articles", stolen)
    assert here.get("/config").status_code == 401 and there.get("/config").status_code == 200
    assert _log_in(here) == 303
    assert there.post("/logout-everywhere").status_code == 303
    assert here.get("/config").status_code == 401
    assert _log_in(here) == 303
    clock.pass_s(13 * 3600)
    assert here.get("/config").status_code == 401


def test_another_site_cannot_log_somebody_out(visitor: Callable[..., TestClient]) -> None:
    browser = visitor()
    _log_in(browser)
    assert browser.post("/logout", headers={"Origin": "http://evil.example"}).status_code == 403
    browser.get("/logout")  # a picture or a link
    assert browser.get("/config").status_code == 200


def test_a_program_proves_who_it_is_by_its_token(visitor: Callable[..., TestClient], accounts: Accounts) -> None:
    token = accounts.tokens.make(accounts.person("ed").id, Role.READER, "", None)
    program = visitor()
    answer = program.post("/gradio_api/call/ask", headers={"Authorization": f"Bearer {token}"})
    assert answer.text == "done 0 ed"
    for wrong in (f"Bearer {token}x", f"Basic {token}", token, "Bearer", "Bearer " + "\xff" * 10):
        refused = program.post("/gradio_api/call/ask", headers=[(b"Authorization", wrong.encode("latin-1"))])
        assert refused.status_code == 401 and refused.headers["www-authenticate"] == "Bearer"
    accounts.tokens.remove(1)
    assert program.post("/gradio_api/call/ask", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_cookie_does_not_help_a_wrong_token_and_proofs_do_not_stand_for_each_other(
    visitor: Callable[..., TestClient], accounts: Accounts
) -> None:
    browser = visitor()
    _log_in(browser)
    assert browser.get("/config", headers={"Authorization": "Bearer x"}).status_code == 401
    session = browser.cookies["articles"]
    program = visitor()
    assert program.get("/config", headers={"Authorization": f"Bearer {session}"}).status_code == 401
    program.cookies.set("articles", accounts.tokens.make(accounts.person("ada").id, Role.READER, "", None))
    assert program.get("/config").status_code == 401


def test_with_tls_a_cookie_that_was_set_without_it_is_worth_nothing(visitor: Callable[..., TestClient]) -> None:
    plain = visitor()
    _log_in(plain)
    secure = visitor(_TLS)
    secure.cookies.set("articles", plain.cookies["articles"])
    assert secure.get("/config").status_code == 401


def test_only_editors_upload_and_a_lost_role_counts_at_once(
    visitor: Callable[..., TestClient], accounts: Accounts
) -> None:
    reader, editor = visitor(), visitor()
    _log_in(reader)
    _log_in(editor, "ed")
    assert reader.post("/gradio_api/upload", content=b"x").status_code == 403
    assert editor.post("/gradio_api/upload", content=b"x").status_code == 200
    accounts.set_role("ed", Role.READER)
    assert editor.post("/gradio_api/upload", content=b"x").status_code == 403
    accounts.remove("ed")
    assert editor.get("/config").status_code == 401


def test_routes_that_are_closed_stay_closed_to_those_who_are_logged_in(visitor: Callable[..., TestClient]) -> None:
    browser = visitor()
    _log_in(browser)
    for path in ("/openapi.json", "/gradio_api/file=/etc/passwd", "/gradio_api/proxy=http://x"):
        assert browser.get(path).status_code == 404


# -- changing one's own password

_NEW = "another horse battery"


def _change(browser: TestClient, current: str, new: str, **headers: str) -> tuple[int, str]:
    answer = browser.post("/account/password", data={"current": current, "new": new}, headers=headers)
    return answer.status_code, answer.text


def test_a_person_changes_the_own_password_and_other_browsers_are_logged_out(
    visitor: Callable[..., TestClient], accounts: Accounts
) -> None:
    here, there = visitor(), visitor()
    for browser in (here, there):
        _log_in(browser)
    assert 'action="/account/password"' in here.get("/account").text
    assert _change(here, PASSWORD, _NEW)[0] == 200
    assert here.get("/").text == "done 0 ada" and there.get("/config").status_code == 401
    assert _log_in(there) == 401 and _log_in(there, password=_NEW) == 303
    assert "password changed" in [deed.deed for deed in accounts.log.last(5)]


@pytest.mark.parametrize(
    ("current", "new", "status", "said"),
    [
        ("wrong password", _NEW, 401, "The current password is wrong."),
        (PASSWORD, "short", 400, "The password has 5 characters."),
        (PASSWORD, "x" * 1001, 400, "The password has 1001 characters."),
        ("", "", 400, "The password has 0 characters."),
        (PASSWORD, "x" * 20_000, 413, "The form is too large."),
    ],
)
def test_a_password_that_is_not_changed_stays_and_so_do_the_sessions(
    visitor: Callable[..., TestClient], current: str, new: str, status: int, said: str
) -> None:
    browser = visitor()
    _log_in(browser)
    found, shown = _change(browser, current, new)
    assert found == status and said in shown
    assert browser.get("/config").status_code == 200 and _log_in(visitor()) == 303


def test_a_password_is_changed_by_nobody_else(visitor: Callable[..., TestClient], accounts: Accounts) -> None:
    browser = visitor()
    assert _change(visitor(), PASSWORD, _NEW)[0] == 401
    _log_in(browser)
    assert _change(browser, PASSWORD, _NEW, Origin="http://evil.example")[0] == 403
    assert browser.get("/account/password").status_code == 200  # shows the page alone
    statuses = [_change(browser, f"guess number {n}", _NEW)[0] for n in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    assert accounts.log_in("ada", PASSWORD)
