"""Logging in by OpenID Connect, against a small real provider, with the answers of honest and of forging ones."""

import http.client
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient

from qa_app.accounts import Accounts, Role
from qa_app.accounts.openid import OpenId, OpenIdConfig, OpenIdUnusable, read_openid
from qa_app.serving.guards.stack import guards
from tests.qa_app.accounts.fast import PASSWORD, fast_accounts
from tests.qa_app.serving.guards.echo import LOCAL, client
from tests.qa_app.serving.guards.openid_provider import CLIENT, SECRET, Provider, provider

Visitor = Callable[..., TestClient]


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with provider() as made:
        yield made


@pytest.fixture
def service(running: Provider) -> Iterator[Provider]:
    """The provider, honest again after each test."""
    claims, signing = dict(running.claims), running.signing
    yield running
    running.claims, running.signing, running.known = claims, signing, None


@pytest.fixture
def accounts() -> Accounts:
    made = fast_accounts()
    made.add("ada", Role.READER, PASSWORD)
    return made


@pytest.fixture
def visitor(service: Provider, accounts: Accounts) -> Visitor:
    """Makes a browser without cookies; all share a server."""
    openid = OpenId(OpenIdConfig(service.issuer, CLIENT, SECRET))
    return lambda url=LOCAL: client(guards("0.0.0.0", accounts, lambda: 0, openid=openid), url)


def _way_back(browser: TestClient) -> str:
    """Go to the other service; return path and query at which it sends the browser back."""
    place = urlsplit(browser.get("/login/openid").headers["location"])
    connection = http.client.HTTPConnection(place.netloc)
    connection.request("GET", f"{place.path}?{place.query}")
    back = urlsplit(connection.getresponse().headers["location"])
    connection.close()
    assert back.path == "/login/openid/back"
    return f"{back.path}?{back.query}"


def _refused(browser: TestClient, way: str) -> str:
    """Come back, be refused and not be logged in; return the page."""
    answer = browser.get(way)
    assert answer.status_code in (403, 502) and browser.get("/config").status_code == 401
    return answer.text


def test_a_person_with_an_account_comes_back_logged_in(visitor: Visitor, accounts: Accounts) -> None:
    browser = visitor()
    assert "/login/openid" in browser.get("/login").text
    answer = browser.get(_way_back(browser))
    assert answer.status_code == 303 and answer.headers["location"] == "/"
    assert browser.get("/").text == "done 0 ada"
    (deed,) = accounts.log.last(1)
    assert deed.deed == "logged in" and "by OpenID Connect" in deed.what


def test_nobody_gets_an_account_by_coming_from_there(visitor: Visitor, service: Provider) -> None:
    service.claims = {"preferred_username": "<b>eve"}
    browser = visitor()
    assert "There is no account &lt;b&gt;eve" in _refused(browser, _way_back(browser))


def test_the_way_back_is_worth_nothing_in_another_browser_and_a_second_time(visitor: Visitor) -> None:
    browser, other = visitor(), visitor()
    way = _way_back(browser)
    _way_back(other)
    _refused(other, way)  # as when somebody is sent a link that logs into an account of the sender's
    way = _way_back(browser)
    assert browser.get(way).status_code == 303
    browser.cookies.clear()
    _refused(browser, way)


@pytest.mark.parametrize(
    "query", ["", "code=x", "state=x", "code=x&state=x", "error=access_denied&state=x", "state=é", "code=x&code=y"]
)
def test_a_forged_way_back_is_refused(visitor: Visitor, query: str) -> None:
    browser = visitor()
    _way_back(browser)
    _refused(browser, f"/login/openid/back?{query}")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "http://evil.example"},
        {"aud": "another client"},
        {"aud": [CLIENT, "another client"], "azp": "another client"},
        {"exp": 1_500_000_000},  # July 2017
        {"exp": None},
        {"nonce": "another"},
        {"nonce": None},
        {"preferred_username": None},
        {"preferred_username": ["ada"]},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_log_in_is_refused(
    visitor: Visitor, service: Provider, claims: dict[str, object]
) -> None:
    service.claims |= claims
    browser = visitor()
    _refused(browser, _way_back(browser))


def test_a_token_that_another_has_signed_is_refused(visitor: Visitor, service: Provider) -> None:
    service.signing, service.known = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"}), service.signing
    browser = visitor()
    assert "not valid" in _refused(browser, _way_back(browser))


def test_a_code_without_the_clients_secret_is_worth_nothing(service: Provider, accounts: Accounts) -> None:
    openid = OpenId(OpenIdConfig(service.issuer, CLIENT, "another secret"))
    browser = client(guards("0.0.0.0", accounts, lambda: 0, openid=openid))
    _refused(browser, _way_back(browser))


@pytest.mark.parametrize("is_verified", [True, False, None, "true"])
def test_an_address_is_a_name_only_if_it_is_verified(
    service: Provider, accounts: Accounts, is_verified: object
) -> None:
    accounts.add("ada@example.org", Role.READER, PASSWORD)
    service.claims = {"email": "ada@example.org", "email_verified": is_verified}
    openid = OpenId(OpenIdConfig(service.issuer, CLIENT, SECRET, claim="email", scope="openid email"))
    browser = client(guards("0.0.0.0", accounts, lambda: 0, openid=openid))
    answer = browser.get(_way_back(browser))
    assert answer.status_code == (303 if is_verified is True else 502)


def test_a_service_that_is_away_is_told_and_passwords_still_work(accounts: Accounts) -> None:
    openid = OpenId(OpenIdConfig("http://127.0.0.1:9", CLIENT, SECRET))
    browser = client(guards("0.0.0.0", accounts, lambda: 0, openid=openid))
    answer = browser.get("/login/openid")
    assert answer.status_code == 502 and "cannot be reached" in answer.text
    assert browser.post("/login", data={"name": "ada", "password": PASSWORD}).status_code == 303


def test_without_it_there_is_no_such_way(accounts: Accounts) -> None:
    browser = client(guards("0.0.0.0", accounts, lambda: 0))
    assert "/login/openid" not in browser.get("/login").text
    assert browser.get("/login/openid").status_code == 401


def test_the_settings_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "openid.json"
    file.write_text(json.dumps({"issuer": "https://id.example", "client_id": "a", "client_secret": "b"}))
    assert read_openid(file) == OpenIdConfig("https://id.example", "a", "b")


@pytest.mark.parametrize(
    "words",
    ["", "[]", "{}", '{"issuer": 1, "client_id": "a", "client_secret": "b"}', None]
    + [json.dumps({"issuer": issuer, "client_id": "a", "client_secret": "b"}) for issuer in ("http://id.example", "x")],
)
def test_settings_that_cannot_be_used_are_refused(tmp_path: Path, words: str | None) -> None:
    file = tmp_path / "openid.json"
    if words is not None:
        file.write_text(words)
    with pytest.raises(OpenIdUnusable, match=r"openid\.json"):
        read_openid(file)
