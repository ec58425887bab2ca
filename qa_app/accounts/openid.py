"""OpenID Connect: who somebody is, told by another service; its protocol is Authlib's, the account is ours."""

import json
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from embeddings.errors import ArticlesError
from qa_app.config import is_loopback
from qa_app.strict_json import read_json

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import AsyncOAuth2Client

# Ways to sign that are not symmetric: the client's secret proves nothing about who made a token.
_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
_LEEWAY_S = 60
# How long somebody may take at the other service, and how many may be there at once.
AWAY_S = 600.0
_MOST_AWAY = 1000
_TIMEOUT_S = 10.0


class OpenIdUnusable(ArticlesError):
    """The file of settings cannot be used, or the package is missing."""


class OpenIdFailed(ArticlesError):
    """The other service did not say who somebody is."""


@dataclass(frozen=True)
class OpenIdConfig:
    """The service, and what this server is to it."""

    issuer: str
    """Its address, as its tokens have it; with TLS unless it is on this machine."""
    client_id: str
    client_secret: str
    claim: str = "preferred_username"
    """What of a token is the account's name. People must not be able to choose it themselves; "email" has to be verified."""
    scope: str = "openid profile"


def read_openid(file: Path) -> OpenIdConfig:
    """Read the settings, a JSON object with the fields of `OpenIdConfig`.

    Raises:
        OpenIdUnusable: the file cannot be used, or Authlib is not installed.
    """
    try:
        import authlib  # noqa: F401
    except ImportError as error:
        raise OpenIdUnusable("OpenID Connect needs Authlib.", "Run: pip install -r requirements-openid.txt") from error
    try:
        config = read_json(TypeAdapter(OpenIdConfig), file.read_bytes())
    except (OSError, ValueError) as error:
        raise OpenIdUnusable(f"{file} cannot be used: {error}.", "docs/security.md shows what it holds.") from error
    place = urlsplit(config.issuer)
    if place.scheme != "https" and not (place.scheme == "http" and is_loopback(place.hostname or "")):
        raise OpenIdUnusable(f"{file}: the issuer {config.issuer} is reached without TLS.", "Give its https address.")
    return config


@dataclass(frozen=True)
class _Away:
    """Somebody who is at the other service."""

    until: float
    nonce: str
    verifier: str
    """The secret of RFC 7636 (PKCE): a code is worth nothing to who has stolen it."""


class OpenId:
    """The other service. Thread-safe; it is asked for its own addresses and keys when somebody logs in."""

    def __init__(self, config: OpenIdConfig) -> None:
        self._config = config
        self._away: OrderedDict[str, _Away] = OrderedDict()
        self._lock = threading.Lock()

    async def begin(self, back: str) -> tuple[str, str]:
        """Return the address to send somebody to, and a secret that the same browser has to show afterwards.

        Args:
            back: the address at which the browser comes back.

        Raises:
            OpenIdFailed: the service cannot be reached.
        """
        state, away = (
            secrets.token_urlsafe(32),
            _Away(time.monotonic() + AWAY_S, secrets.token_urlsafe(32), secrets.token_urlsafe(48)),
        )
        with self._lock:
            self._away[state] = away
            while len(self._away) > _MOST_AWAY:
                self._away.popitem(last=False)
        async with self._client(back) as client:
            found = await self._discovered(client)
            address, _ = client.create_authorization_url(
                found["authorization_endpoint"], state=state, nonce=away.nonce, code_verifier=away.verifier
            )
        return str(address), state

    async def finish(self, back: str, code: str, state: str, shown: str) -> str:
        """Return the account's name, after the browser has come back.

        Args:
            back: as in `begin`.
            code: from the address at which it came back.
            state: likewise.
            shown: the secret that the browser shows.

        Raises:
            OpenIdFailed: the browser is another one, it took too long, or the service's token is not valid.
        """
        from authlib.common.errors import AuthlibBaseError
        from httpx2 import HTTPError
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        with self._lock:
            away = self._away.pop(state, None)
        if away is None or away.until < time.monotonic() or not secrets.compare_digest(state.encode(), shown.encode()):
            raise OpenIdFailed("Logging in took too long, or began in another browser.", "Try again.")
        async with self._client(back) as client:
            found = await self._discovered(client)
            try:
                tokens = await client.fetch_token(found["token_endpoint"], code=code, code_verifier=away.verifier)
                keys = KeySet.import_key_set(await self._json(client, found["jwks_uri"]))  # type: ignore[arg-type]
                claims = jwt.decode(tokens["id_token"], keys, algorithms=_ALGORITHMS).claims
                self._registry(away.nonce).validate(claims)
            except (AuthlibBaseError, HTTPError, JoseError, KeyError, ValueError, TypeError) as error:
                raise OpenIdFailed("The other service's answer is not valid.", "Try again, or ask an admin.") from error
        name = claims.get(self._config.claim)
        if not isinstance(name, str) or (self._config.claim == "email" and claims.get("email_verified") is not True):
            raise OpenIdFailed(
                f"The other service did not say the {self._config.claim}, or has not verified it.", "Ask an admin."
            )
        return name

    def _registry(self, nonce: str) -> Any:
        """Return what a token must say: OpenID Connect Core 1.0, 3.1.3.7."""
        from joserfc.jwt import JWTClaimsRegistry

        return JWTClaimsRegistry(
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": self._config.issuer},
            aud={"essential": True, "value": self._config.client_id},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
            azp={"value": self._config.client_id},
        )

    def _client(self, back: str) -> "AsyncOAuth2Client":
        from authlib.integrations.httpx_client import AsyncOAuth2Client

        config = self._config
        return AsyncOAuth2Client(
            config.client_id,
            config.client_secret,
            scope=config.scope,
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=_TIMEOUT_S,
            trust_env=False,
        )

    async def _discovered(self, client: "AsyncOAuth2Client") -> dict[str, Any]:
        """Return what the service says of itself: OpenID Connect Discovery 1.0."""
        found = await self._json(client, f"{self._config.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self._config.issuer:
            raise OpenIdFailed("The other service has another name than this server knows.", "Ask an admin.")
        return found

    async def _json(self, client: "AsyncOAuth2Client", address: str) -> dict[str, Any]:
        from httpx2 import HTTPError

        try:
            answer = await client.request("GET", address, withhold_token=True)
            found = json.loads(answer.raise_for_status().content)
        except (HTTPError, ValueError) as error:
            raise OpenIdFailed("The other service cannot be reached.", "Try again later, or ask an admin.") from error
        if not isinstance(found, dict):
            raise OpenIdFailed("The other service's answer is not valid.", "Ask an admin.")
        return found
