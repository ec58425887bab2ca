"""A small OpenAI-compatible server that a test scripts, including faults."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def prompt(self) -> str:
        return "\n".join(message["content"] for message in self.body["messages"])

    def number(self, words: str) -> int:
        """Return the number of the prompt's first passage that contains `words`."""
        for part in self.prompt.split('<passage number="')[1:]:
            if words in part:
                return int(part.split('"')[0])
        raise AssertionError(f"no passage contains {words!r}")


Line = str | float | threading.Event
"""Text to send, seconds to wait, or an event to wait for."""


@dataclass(frozen=True)
class Reply:
    """What the server sends."""

    lines: Sequence[Line]
    status: int = 200


@dataclass
class Scripted:
    url: str
    requests: list[Request] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)
    """Set when a client left before everything was sent."""


def chunk(text: str | None, finish: str | None = None) -> str:
    delta = {} if text is None else {"content": text}
    return "data: " + json.dumps({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}) + "\n\n"


def chat(*pieces: Line, finish: str | None = "stop") -> Reply:
    """A complete reply in the given pieces."""
    lines = [chunk(piece) if isinstance(piece, str) else piece for piece in pieces]
    return Reply([*lines, *([chunk(None, finish)] if finish else []), "data: [DONE]\n\n"])


def error(status: int, message: str) -> Reply:
    return Reply([json.dumps({"error": {"message": message}})], status)


@contextmanager
def scripted(answer: Callable[[Request], Reply]) -> Iterator[Scripted]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            request = Request(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            served.requests.append(request)
            reply = answer(request)
            self.send_response(reply.status)
            self.send_header("Content-Type", "text/event-stream" if reply.status == 200 else "application/json")
            self.end_headers()
            try:
                for line in reply.lines:
                    if isinstance(line, float):
                        time.sleep(line)
                    elif isinstance(line, threading.Event):
                        line.wait(30)
                    else:
                        self.wfile.write(line.encode())
                        self.wfile.flush()
            except OSError:
                served.gone.set()

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing on standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    served = Scripted(f"http://127.0.0.1:{server.server_address[1]}/v1")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
