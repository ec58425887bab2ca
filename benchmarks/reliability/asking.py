"""Ask a running server through its API, as many people do at once."""

import http.client
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_TIMEOUT_S = 120.0
QUESTIONS = (
    "what rainwater system does Arkadag use?",
    "who inspected the reconstruction in Fizuli?",
    "which city did the Arkadag delegation visit?",
    "what is built in Fizuli?",
    "who met the delegation in Kazan?",
    "when did the presidents visit Fizuli?",
)


@dataclass(frozen=True)
class Asked:
    """One question to the server."""

    seconds: float
    outcome: str
    """"answered", "busy" (told at once) or "error"."""


def ask(url: str, question: str) -> Asked:
    """Ask a question and wait for the answer."""
    started, outcome = time.monotonic(), "error"
    try:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_TIMEOUT_S)
        body = json.dumps({"question": question})
        connection.request("POST", "/gradio_api/call/v2/ask", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answered = response.read()
        if response.status == 503:
            outcome = "busy"
        elif response.status == 200:
            connection.request("GET", f"/gradio_api/call/ask/{json.loads(answered)['event_id']}")
            outcome = "answered" if b"event: complete" in connection.getresponse().read() else "error"
        connection.close()
    except (OSError, http.client.HTTPException, ValueError):
        pass
    return Asked(time.monotonic() - started, outcome)


def asked_by(people: int, url: str, seconds: float) -> list[Asked]:
    """Let so many people ask one question after the other for so long; one who is told "busy" waits a second."""
    found: list[Asked] = []
    until = time.monotonic() + seconds

    def person(number: int) -> None:
        position = number
        while time.monotonic() < until:
            asked = ask(url, QUESTIONS[position % len(QUESTIONS)])
            found.append(asked)
            position += 1
            if asked.outcome == "busy":
                time.sleep(1)

    threads = [threading.Thread(target=person, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of the values does not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def memory_mb(process: int) -> float:
    """Return the megabytes of memory that a process holds (Linux)."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1000


def wait_until_ready(url: str) -> None:
    """Wait until a server answers questions."""
    netloc = urlsplit(url).netloc
    for _ in range(600):
        connection = http.client.HTTPConnection(netloc, timeout=_TIMEOUT_S)
        connection.request("GET", "/ready")
        if connection.getresponse().status == 200:
            return
        time.sleep(0.5)
    raise TimeoutError("the server is not ready after five minutes")
