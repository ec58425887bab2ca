"""The guard that keeps tests from connecting to other machines works."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

_OUTSIDE = "192.0.2.1"  # reserved for documentation (RFC 5737), so no host has it


def test_this_process_cannot_reach_outside() -> None:
    with pytest.raises(SocketConnectBlockedError):
        socket.create_connection((_OUTSIDE, 80), timeout=1)


def test_a_process_of_the_suite_cannot_reach_outside(tmp_path: Path) -> None:
    refused = tmp_path / "refused"
    code = f"import socket; socket.create_connection(({_OUTSIDE!r}, 80), timeout=1)"
    environment = {**os.environ, "REFUSED_CONNECTIONS": str(refused)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert "the tests allow no connection" in done.stderr
    assert refused.read_text() == f"{_OUTSIDE}\n"


def test_a_process_of_the_suite_reaches_this_machine() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        code = f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), timeout=5)"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
