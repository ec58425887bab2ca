"""What a server counts for Prometheus: requests, answers and their time, what waits, and how the index is."""

import logging
import threading
import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from qa_app.rendering.answer_json import AnswerJson

logger = logging.getLogger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The counts of one server. No label has words of a person or of an article."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._lock = threading.Lock()
        self._running = 0
        kept = self._registry
        self._requests = Counter(
            "articles_requests", "HTTP requests, by part and status.", ["part", "status"], registry=kept
        )
        self._answers = Counter(
            "articles_answers", "Questions that ended, by way and kind.", ["by", "kind"], registry=kept
        )
        self._seconds = Histogram(
            "articles_answer_seconds", "From question to answer.", ["by"], buckets=_SECONDS, registry=kept
        )
        ProcessCollector(registry=kept)  # memory, processor time and open files; on Linux
        self.gauge("articles_answering", "Questions that are being answered.", lambda: self._running)

    @property
    def running(self) -> int:
        """The number of questions that are being answered."""
        return self._running

    def gauge(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """Add a value that is looked up whenever the counts are read."""
        Gauge(name, meaning, registry=self._registry).set_function(value)

    def request(self, part: str, status: int) -> None:
        """Count a request that was answered."""
        self._requests.labels(part, str(status)).inc()

    def answering(self, by: str, question: str) -> "Answering":
        """Begin to measure a question.

        Args:
            by: "page", "API" or "MCP".
            question: for the log, if that has questions.
        """
        with self._lock:
            self._running += 1
        return Answering(self, by, question)

    def measured(self, by: str, question: object, ask: Callable[[], AnswerJson]) -> AnswerJson:
        """Return what `ask` returns, and count it; see `answering`."""
        measured = self.answering(by, question if isinstance(question, str) else "")
        try:
            found = ask()
            measured.ended(found["kind"])
            return found
        finally:
            measured.close("failed")

    def text(self) -> bytes:
        """Return the counts as Prometheus reads them."""
        return generate_latest(self._registry)

    def _ended(self, by: str, kind: str, seconds: float) -> None:
        with self._lock:
            self._running -= 1
        self._answers.labels(by, kind).inc()
        self._seconds.labels(by).observe(seconds)


class Answering:
    """A question that is being answered."""

    def __init__(self, metrics: Metrics, by: str, question: str) -> None:
        self._metrics = metrics
        self._by = by
        self._question = question
        self._started = time.monotonic()
        self._kind: str | None = None
        self._is_closed = False

    def ended(self, kind: str) -> None:
        """Note how it ended: with an answer of a kind, or "failed"."""
        self._kind = kind

    def close(self, otherwise: str = "stopped") -> None:
        """Count it, once; one that has not ended counts as `otherwise`."""
        if self._is_closed:
            return
        self._is_closed = True
        kind, seconds = self._kind or otherwise, time.monotonic() - self._started
        self._metrics._ended(self._by, kind, seconds)
        fields = {"by": self._by, "kind": kind, "seconds": round(seconds, 3), "question": self._question}
        logger.info("answered", extra={"fields": fields})
