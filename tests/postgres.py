"""A PostgreSQL server as processes of its own, as Debian's package brings it."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import pytest

from embeddings.storage.database_place import PostgresSchema, PostgresServer

_USER = "articles"
_START_S = 60.0


def _programs() -> Path | None:
    """Return the folder of initdb and postgres, those of the newest version; None if they are not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda file: int(file.parts[-3]))
    on_path = shutil.which("postgres")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


_PROGRAMS = _programs()
_MISSING = _PROGRAMS is None or find_spec("psycopg") is None
if _MISSING and os.environ.get("CI") == "true":
    raise RuntimeError("PostgreSQL or psycopg missing: in CI, these tests must not be skipped")
NEEDS_POSTGRES = pytest.mark.skipif(
    _MISSING, reason="apt-get install postgresql; pip install -r requirements-postgresql.txt"
)


class Postgres:
    """A server on this machine, with its data in a folder; each test takes a database of its own."""

    def __init__(self, place: Path) -> None:
        assert _PROGRAMS
        self._place, self._programs = place, _PROGRAMS
        self._numbers = count(1)
        self._shared: PostgresServer | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        place.mkdir(parents=True, exist_ok=True)
        self._as_user = _demoted(place)
        self._run(
            "initdb", "-D", str(place / "data"), "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"
        )
        self.start()

    def url(self, name: str) -> str:
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/{name}"

    def database(self) -> PostgresServer:
        """Make an empty database."""
        name = f"news_{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name}")
        return PostgresServer(self.url(name))

    def schema(self) -> PostgresSchema:
        """Return the place of a schema that does not exist yet."""
        self._shared = self._shared or self.database()
        return PostgresSchema(self._shared, f"schema_{next(self._numbers)}")

    def sql(self, statement: str, name: str = "postgres") -> None:
        """Run a statement as an administrator."""
        import psycopg

        with psycopg.connect(self.url(name), autocommit=True) as connection:
            connection.execute(statement.encode())

    def start(self) -> None:
        """Start it, with the data that it had."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": "off",  # a killed process loses nothing, only a machine would
            "shared_buffers": "16MB",
            "max_connections": "100",
            "autovacuum": "off",
            "jit": "off",
        }
        options = [each for name, value in settings.items() for each in ("-c", f"{name}={value}")]
        command = [str(self._programs / "postgres"), "-D", str(self._place / "data"), *options]
        deadline = time.monotonic() + _START_S
        while not self._is_ready():
            assert time.monotonic() < deadline, (self._place / "log").read_text()
            # It refuses to start while a process of a killed server is still there.
            if self._process is None or self._process.poll() is not None:
                with (self._place / "log").open("ab") as log:
                    self._process = subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=self._as_user)
            time.sleep(0.1)

    def _is_ready(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            return False
        asked = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(asked, check=False).returncode == 0

    def kill(self) -> None:
        """End it as a crash does, with its processes for each connection."""
        if self._process:
            pid = self._process.pid
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            self._process.kill()
            for child in map(int, children):
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """End it, and its connections with it."""
        if self._process:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()
            self._process = None

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        done = subprocess.run(command, preexec_fn=self._as_user, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()


def _demoted(place: Path) -> Callable[[], None] | None:
    """Return what makes a new process another user's, if this one is root's, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    user = pwd.getpwnam("nobody")
    os.chown(place, user.pw_uid, user.pw_gid)
    for folder in (place, *place.parents):  # pytest's folders are for their owner alone
        if folder.stat().st_uid == 0 and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)

    def demote() -> None:
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)

    return demote
