"""Put on the path of every Python process that the suite starts: a connection that would leave the machine is refused.

pytest-socket does the same for the process of the tests. What was tried is written to the file that
`REFUSED_CONNECTIONS` names, so that a refusal that a library swallows is found too.
"""

import os
import socket
from pathlib import Path
from typing import Any

_connect, _resolve = socket.socket.connect, socket.getaddrinfo


def _is_local(host: object) -> bool:
    return host in (None, "", "localhost", "::1", "0.0.0.0", b"localhost") or str(host).startswith("127.")


def _refuse(host: object) -> None:
    with Path(os.environ["REFUSED_CONNECTIONS"]).open("a") as file:
        file.write(f"{host}\n")
    raise OSError(f"the tests allow no connection to {host}")


def connect(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(address[0]):
        _refuse(address[0])
    _connect(self, address)


def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
    if not _is_local(host):
        _refuse(host)
    return _resolve(host, *arguments, **options)


if "REFUSED_CONNECTIONS" in os.environ:
    socket.socket.connect = connect  # type: ignore[assignment,method-assign]
    socket.getaddrinfo = getaddrinfo
