"""Forward passes side by side, each on a core of its own."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Workers:
    """As many threads as PyTorch would use for one operation, each of which computes alone. Safe to use from several threads.

    The matrices of a small network are too small to be shared: two cores on one batch wait for each other hundreds of times, two
    cores with a batch each never do (docs/results/profile.md).
    """

    def __init__(self, name: str) -> None:
        """Start the threads; `name` is for a person who looks at them."""
        import torch

        self._count = torch.get_num_threads()
        all_there = threading.Barrier(self._count)

        def compute_alone() -> None:
            torch.get_num_threads()  # takes the process's setting over, which it would otherwise do after the next line
            torch.set_num_threads(1)
            all_there.wait()

        self._pool = ThreadPoolExecutor(self._count, thread_name_prefix=name, initializer=compute_alone)
        for _ in range(self._count):
            self._pool.submit(int)
        for _ in self._pool.map(int, range(self._count)):  # until every thread has made its setting
            pass
        torch.set_num_threads(
            self._count
        )  # of this thread, and of those to come, where the others' would be taken over

    def map(self, work: Callable[[_Item], _Result], items: Sequence[_Item]) -> Iterator[_Result]:
        """Yield `work` of each item, in order; a single item is worked on in this thread, with all cores."""
        return map(work, items) if len(items) == 1 else self._pool.map(work, items)
