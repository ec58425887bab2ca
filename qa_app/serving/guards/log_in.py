"""Who somebody is: by the cookie of a session or the token of a program; the pages that log in and out."""

from urllib.parse import parse_qs

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from embeddings.errors import ArticlesError
from qa_app.accounts import Accounts, Attempts, BadPassword, Person, TooManyAttempts
from qa_app.rendering.html import render
from qa_app.serving.access import without_places
from qa_app.serving.asking import SCOPE_KEY, asked_by
from qa_app.serving.guards.address import address_of
from qa_app.serving.guards.refusal import refusal

# Needed before anybody can log in: icons, what robots may do, Gradio's own call at the start, and what monitors ask.
PUBLIC = frozenset(("/favicon.ico", "/robots.txt", "/gradio_api/startup-events"))
_WRONG = "The name or the password is wrong."
_NOBODY = ArticlesError(
    "Log in first.", "A program sends a token: Authorization: Bearer TOKEN (python -m qa_app users token)."
)
_FORM_BYTES = 10_000
_PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class LoggedInOnly:
    """ASGI middleware that notes who sent a request, and refuses requests of nobody with 401, or shows them the page to log in."""

    def __init__(self, app: ASGIApp, accounts: Accounts, attempts: Attempts, by_openid: bool = False) -> None:
        """With `by_openid`, the page to log in offers another service too."""
        self._by_openid = by_openid
        self._app = app
        self._accounts = accounts
        self._attempts = attempts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or (scope["type"] == "http" and scope["path"] in PUBLIC):
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        request = Request(scope, receive)
        path, method = scope["path"].rstrip("/") or "/", scope["method"]
        if path == "/login":
            response = await self._log_in(request) if method == "POST" else log_in_page(by_openid=self._by_openid)
            await response(scope, receive, send)
            return
        try:
            person = await to_thread.run_sync(self._person, scope)
        except ArticlesError as error:  # of the file of accounts
            await refusal(503, without_places(error))(scope, receive, send)
            return
        if person is None:
            seen = method in ("GET", "HEAD") and path in ("/", "/account", "/account/password")
            nobody: Response = _to("/login") if seen else refusal(401, _NOBODY, {"WWW-Authenticate": "Bearer"})
            await nobody(scope, receive, send)
        elif path == "/account/password" and method == "POST":
            response = await self._change_password(person, request)
            await response(scope, receive, send)
        elif path in ("/account", "/account/password", "/logout", "/logout-everywhere"):
            response = await to_thread.run_sync(self._account, person, path, method, scope)
            await response(scope, receive, send)
        else:
            scope[SCOPE_KEY] = person
            asked_by(person)
            await self._app(scope, receive, send)

    def _person(self, scope: Scope) -> Person | None:
        """Return who sent a request. A wrong token is refused even with a cookie."""
        authorization = Headers(scope=scope).get("authorization")
        if authorization is not None:
            kind, _, token = authorization.partition(" ")
            return self._accounts.tokens.person(token.strip()) if kind.lower() == "bearer" else None
        session = _session_token(scope)
        return self._accounts.sessions.person(session) if session else None

    async def _log_in(self, request: Request) -> Response:
        fields = await _form(request, "name", "password")
        if fields is None:
            return log_in_page("The form is too large.", status=413, by_openid=self._by_openid)
        return await to_thread.run_sync(self._checked, fields[0].strip(), fields[1], request.scope)

    async def _change_password(self, person: Person, request: Request) -> Response:
        fields = await _form(request, "current", "new")
        if fields is None:
            return _account_page(person, "The form is too large.", status=413)
        return await to_thread.run_sync(self._changed, person, fields[0], fields[1], request.scope)

    def _changed(self, person: Person, current: str, new: str, scope: Scope) -> Response:
        address, name = address_of(scope), person.name.casefold()
        try:
            self._attempts.count(name, address)
            token = self._accounts.change_password(person, current, new)
        except TooManyAttempts as error:
            return _account_page(person, str(error), 429, {"Retry-After": str(error.wait_s)})
        except BadPassword as error:
            return _account_page(person, str(error), 400)
        if token is None:
            self._accounts.log.note(person.name, "password not changed", address)
            return _account_page(person, "The current password is wrong.", 401)
        self._attempts.forget(name, address)
        self._accounts.log.note(person.name, "password changed", address)
        response = _account_page(person, done="The password is changed. All other browsers are logged out.")
        set_session_cookie(response, scope, token, int(self._accounts.sessions.longest_s))
        return response

    def _checked(self, name: str, password: str, scope: Scope) -> Response:
        address = address_of(scope)
        try:
            self._attempts.count(name.casefold(), address)
        except TooManyAttempts as error:
            self._accounts.log.note(name, "log-in refused", address)
            return log_in_page(str(error), name, 429, {"Retry-After": str(error.wait_s)}, by_openid=self._by_openid)
        token = self._accounts.log_in(name, password)
        if token is None:
            self._accounts.log.note(name, "log-in failed", address)
            return log_in_page(_WRONG, name, 401, by_openid=self._by_openid)
        self._attempts.forget(name.casefold(), address)
        self._accounts.log.note(name, "logged in", address)
        response = _to("/")
        set_session_cookie(response, scope, token, int(self._accounts.sessions.longest_s))
        return response

    def _account(self, person: Person, path: str, method: str, scope: Scope) -> Response:
        if path.startswith("/account") or method != "POST":
            return _account_page(person)
        if path == "/logout":
            self._accounts.sessions.end(_session_token(scope) or "")
        else:
            self._accounts.sessions.end_all(person.id)
        self._accounts.log.note(person.name, "logged out", "" if path == "/logout" else "everywhere")
        response = _to("/login")
        set_session_cookie(response, scope, "", 0)
        return response


async def _form(request: Request, *names: str) -> list[str] | None:
    """Return the values of a form's fields, "" for one that is missing; None if the form is too large."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _FORM_BYTES:
            return None
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return [fields.get(name, [""])[0] for name in names]


def _cookie_name(scope: Scope) -> str:
    """Return the cookie's name. With TLS, browsers accept one of this prefix only from this very host, and with TLS."""
    return "__Host-articles" if scope.get("scheme") == "https" else "articles"


def _session_token(scope: Scope) -> str | None:
    cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
    return cookies.get(_cookie_name(scope))


def set_session_cookie(response: Response, scope: Scope, token: str, longest_s: int) -> None:
    """Send a session's token, for so many seconds, to the browser."""
    secure = scope.get("scheme") == "https"
    response.set_cookie(
        _cookie_name(scope), token, max_age=longest_s, path="/", secure=secure, httponly=True, samesite="lax"
    )


def log_in_page(
    failed: str = "",
    name: str = "",
    status: int = 200,
    headers: dict[str, str] | None = None,
    *,
    by_openid: bool = False,
) -> Response:
    """Return the page to log in, with what went wrong, the name that was given, and perhaps the way to another service."""
    return _page("account/log_in.html", status, headers, failed=failed, name=name, by_openid=by_openid)


def _account_page(
    person: Person, failed: str = "", status: int = 200, headers: dict[str, str] | None = None, done: str = ""
) -> Response:
    return _page("account/account.html", status, headers, person=person, failed=failed, done=done)


def _page(template: str, status: int = 200, headers: dict[str, str] | None = None, **values: object) -> Response:
    own = {"Content-Security-Policy": _PAGE_POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(render(template, **values), status, own | (headers or {}))


def _to(path: str) -> Response:
    return RedirectResponse(path, 303, {"Cache-Control": "no-store"})
