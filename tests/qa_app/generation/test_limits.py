import threading
import time
from collections.abc import Iterator, Sequence

import pytest

from qa_app.generation.limits import within
from qa_app.generation.writer import Limits, WriterFailed
from qa_app.types import Turn


class Paced:
    """Yields pieces with pauses, and reports when it was stopped."""

    name = "paced"

    def __init__(self, *script: str | float | Exception) -> None:
        self._script = script
        self.left = threading.Event()

    def write(self, messages: Sequence[Turn], most_tokens: int) -> Iterator[str]:
        try:
            for step in self._script:
                if isinstance(step, float):
                    time.sleep(step)
                elif isinstance(step, Exception):
                    raise step
                else:
                    yield step
        finally:
            self.left.set()


def test_pieces_come_in_order() -> None:
    assert list(within(Paced("a", "b", "c"), [], Limits())) == ["a", "b", "c"]


def test_a_second_without_text_yields_an_empty_piece() -> None:
    assert list(within(Paced(1.2, "a"), [], Limits())) == ["", "a"]


@pytest.mark.parametrize(
    ("writer", "limits", "words"),
    [
        (Paced(5.0, "a"), Limits(first_s=0.1), "had not started after 0.1 s"),
        (Paced("a", 5.0, "b"), Limits(total_s=0.2), "had not finished after 0.2 s"),
        (Paced(*"abc" * 50), Limits(characters=100), "more than 100 characters"),
        (Paced("a", WriterFailed("It broke.", "Repair it.")), Limits(), "It broke"),
        (Paced("a", ZeroDivisionError("secret")), Limits(), r"failed \(ZeroDivisionError\)"),
    ],
)
def test_exceeding_a_limit_or_a_fault_is_a_failure(writer: Paced, limits: Limits, words: str) -> None:
    started = time.monotonic()
    with pytest.raises(WriterFailed, match=words):
        list(within(writer, [], limits))
    assert time.monotonic() - started < 2


def test_a_writer_is_stopped_when_its_caller_leaves() -> None:
    writer = Paced("a", *[piece for _ in range(200) for piece in (0.02, "b")])
    pieces = within(writer, [], Limits())
    next(pieces)
    pieces.close()
    assert writer.left.wait(2)
