"""The checks of a server, in the order in which a request meets them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from limits import RateLimitItem, parse
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from embeddings.config import IndexConfig
from qa_app.accounts import Accounts, Attempts
from qa_app.accounts.openid import OpenId
from qa_app.serving.guards.busy import BusyWhenFull
from qa_app.serving.guards.headers import SecurityHeaders
from qa_app.serving.guards.health import Health
from qa_app.serving.guards.log_in import LoggedInOnly
from qa_app.serving.guards.metrics_route import MetricsRoute
from qa_app.serving.guards.openid_log_in import OpenIdLogIn
from qa_app.serving.guards.own_page import OwnPageOnly
from qa_app.serving.guards.own_routes import OwnRoutesOnly
from qa_app.serving.guards.rates import RateLimit
from qa_app.serving.guards.request_log import RequestLog
from qa_app.serving.guards.same_user import SameUserOnly, own_users
from qa_app.serving.guards.sizes import SizeLimits
from qa_app.serving.guards.uploads import UploadsOfEditorsOnly
from qa_app.serving.metrics import Metrics


@dataclass(frozen=True)
class Limits:
    """What requests may ask for."""

    waiting: int = 64
    """Questions and other calls that wait for their turn; further ones are told that the server is busy."""
    body_bytes: int = 8_000_000
    """Of a request that is no upload."""
    upload_bytes: int = 10 * IndexConfig.max_file_bytes
    """Of all files that are uploaded at once."""
    rate: RateLimitItem = field(default_factory=lambda: parse("1200 per minute"))
    """Changing requests of one person; only with accounts."""


def guards(
    host: str,
    accounts: Accounts | None,
    waiting: Callable[[], int],
    limits: Limits | None = None,
    is_ready: Callable[[], bool] = lambda: True,
    metrics: Metrics | None = None,
    openid: OpenId | None = None,
) -> list[Middleware]:
    """Return the middleware of a server, the outermost first.

    Args:
        host: the address that it serves on.
        accounts: of those who may log in; None if nobody has to, on this machine.
        waiting: returns how many calls wait for their turn.
        limits: None for the usual ones.
        is_ready: returns whether questions can be answered.
        metrics: counts the requests.
        openid: the service by which people with an account may log in too.
    """
    limits, metrics = limits or Limits(), metrics or Metrics()
    stack = [Middleware(RequestLog, count=metrics.request), Middleware(SecurityHeaders)]
    if accounts is None:
        # Refuse other host names, against DNS rebinding. IPv6 with and without brackets, because Starlette's releases
        # differ. With accounts, a rebound page has no cookie.
        hosts = [host, "127.0.0.1", "localhost", "::1", "[::1]"]
        stack.append(Middleware(TrustedHostMiddleware, allowed_hosts=hosts))
    stack += [Middleware(OwnPageOnly), Middleware(Health, is_ready=is_ready)]
    stack.append(Middleware(SizeLimits, most_bytes=limits.body_bytes, most_bytes_uploaded=limits.upload_bytes))
    if accounts is None:
        stack.append(Middleware(SameUserOnly, users=own_users()))
    else:
        if openid:
            stack.append(Middleware(OpenIdLogIn, accounts=accounts, openid=openid))
        stack += [
            Middleware(LoggedInOnly, accounts=accounts, attempts=Attempts(), by_openid=openid is not None),
            Middleware(RateLimit, allowed=limits.rate),
            Middleware(UploadsOfEditorsOnly),
        ]
    stack.append(Middleware(MetricsRoute, counts=metrics.text))
    return [*stack, Middleware(OwnRoutesOnly), Middleware(BusyWhenFull, waiting=waiting, most=limits.waiting)]
