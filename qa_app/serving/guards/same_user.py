"""On a machine with several users, only the one who started the server can use it, where the system tells whose a connection is."""

import ipaddress
import os
import struct
from collections.abc import Collection
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from embeddings.errors import ArticlesError
from qa_app.serving.guards.refusal import refusal

# https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt
_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_LOCAL, _REMOTE, _UID, _INODE = 1, 2, 7, 9  # columns
_NOT_YOURS = ArticlesError(
    "This server belongs to another user of the machine.",
    "Start your own on another port with --port, or ask for an account: python -m qa_app users add",
)

Place = tuple[str, int]
"""An address and a port."""


class SameUserOnly:
    """ASGI middleware that refuses connections of other users of this machine. It trusts the root user, who reads all anyway."""

    def __init__(self, app: ASGIApp, users: Collection[int]) -> None:
        """`users` are the ids of those who may connect."""
        self._app = app
        self._users = users

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._may_connect(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await refusal(403, _NOT_YOURS)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _may_connect(self, scope: Scope) -> bool:
        if not can_tell_users():
            return True
        client, server = scope.get("client"), scope.get("server")
        user = user_of((client[0], client[1]), (server[0], server[1])) if client and server else None
        return user is not None and user in self._users


def own_users() -> frozenset[int]:
    """Return the ids of the user of this process, and of root."""
    return frozenset((os.getuid(), 0)) if hasattr(os, "getuid") else frozenset()


def can_tell_users() -> bool:
    """Return whether this system tells whose a connection is: Linux does."""
    return os.access(_TABLES[0], os.R_OK)


def user_of(client: Place, server: Place) -> int | None:
    """Return the id of the user at the other end of a connection within this machine.

    None if it is not such a connection (any more). What a client has closed belongs to nobody: the kernel would call it root's.
    """
    wanted = _written(client), _written(server)
    if None in wanted:
        return None
    for table in _TABLES:
        try:
            lines = table.read_text(encoding="ascii").splitlines()[1:]
        except OSError:  # without IPv6
            continue
        for columns in map(str.split, lines):
            if (_short(columns[_LOCAL]), _short(columns[_REMOTE])) == wanted:
                return int(columns[_UID]) if columns[_INODE] != "0" else None
    return None


def _written(place: Place) -> str | None:
    """Return a place as the tables have it: 32-bit words in the machine's order, in hexadecimal; None if it is no address."""
    try:
        address = ipaddress.ip_address(place[0].partition("%")[0])
    except ValueError:
        return None
    packed = address.packed
    words = struct.unpack(f"={len(packed) // 4}I", packed)
    return _short(f"{''.join(f'{word:08X}' for word in words)}:{place[1]:04X}")


def _short(written: str) -> str:
    """Return an IPv4 address that is written as an IPv6 one, ::ffff:127.0.0.1, as an IPv4 one."""
    return written.removeprefix("0000000000000000" + f"{struct.unpack('=I', bytes((0, 0, 255, 255)))[0]:08X}")
