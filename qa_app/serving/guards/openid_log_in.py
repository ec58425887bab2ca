"""Logging in by another service: the way there, and the way back with a session."""

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from qa_app.accounts import Accounts
from qa_app.accounts.accounts_database import NoSuchAccount
from qa_app.accounts.openid import AWAY_S, OpenId, OpenIdFailed
from qa_app.serving.guards.address import address_of
from qa_app.serving.guards.log_in import log_in_page, set_session_cookie

THERE, BACK = "/login/openid", "/login/openid/back"
_COOKIE = "articles-openid"


class OpenIdLogIn:
    """ASGI middleware that answers the two addresses. Put it before the check who somebody is."""

    def __init__(self, app: ASGIApp, accounts: Accounts, openid: OpenId) -> None:
        self._app = app
        self._accounts = accounts
        self._openid = openid

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] not in (THERE, BACK):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            response = await (self._there(request) if scope["path"] == THERE else self._back(request))
        except OpenIdFailed as error:
            response = log_in_page(str(error), status=502, by_openid=True)
        await response(scope, receive, send)

    async def _there(self, request: Request) -> Response:
        address, state = await self._openid.begin(_back_address(request))
        response = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
        secure = request.url.scheme == "https"
        response.set_cookie(
            _COOKIE, state, max_age=int(AWAY_S), path=BACK, secure=secure, httponly=True, samesite="lax"
        )
        return response

    async def _back(self, request: Request) -> Response:
        asked = request.query_params
        shown = cookie_parser(Headers(scope=request.scope).get("cookie", "")).get(_COOKIE, "")
        name = await self._openid.finish(_back_address(request), asked.get("code", ""), asked.get("state", ""), shown)
        return await to_thread.run_sync(self._begun, name, request.scope)

    def _begun(self, name: str, scope: Scope) -> Response:
        try:
            person = self._accounts.person(name)
        except NoSuchAccount:
            self._accounts.log.note(name, "log-in failed", f"{address_of(scope)}, by OpenID Connect")
            return log_in_page(
                f"There is no account {name} on this server. Ask an admin for one.", status=403, by_openid=True
            )
        self._accounts.log.note(person.name, "logged in", f"{address_of(scope)}, by OpenID Connect")
        response = RedirectResponse("/", 303, {"Cache-Control": "no-store"})
        set_session_cookie(
            response, scope, self._accounts.sessions.begin(person.id), int(self._accounts.sessions.longest_s)
        )
        response.delete_cookie(_COOKIE, path=BACK)
        return response


def _back_address(request: Request) -> str:
    return str(request.url.replace(path=BACK, query="", fragment=""))
