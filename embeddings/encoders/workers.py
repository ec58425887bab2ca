"""A thread pool for forward passes, each on one core."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Workers:
    """As many threads as PyTorch would use for one operation, each limited to one core. Thread-safe.

    The matrices of a small network are too small to split: two cores that share a batch wait for each other hundreds of
    times, two cores with a batch each never do (docs/results/profile.md).
    """

    def __init__(self, name: str) -> None:
        """Start the threads; `name` appears in their names, for debugging."""
        import torch

        self._count = torch.get_num_threads()
        all_started = threading.Barrier(self._count)

        def limit_to_one_core() -> None:
            torch.get_num_threads()  # applies the process-wide setting now; later, it would override the next line
            torch.set_num_threads(1)
            all_started.wait()

        self._pool = ThreadPoolExecutor(self._count, thread_name_prefix=name, initializer=limit_to_one_core)
        for _ in range(self._count):
            self._pool.submit(int)
        for _ in self._pool.map(int, range(self._count)):  # wait until every thread has its setting
            pass
        # New threads would inherit the workers' setting: restore the old one for them and for this thread.
        torch.set_num_threads(self._count)

    def map(self, work: Callable[[_Item], _Result], items: Sequence[_Item]) -> Iterator[_Result]:
        """Yield `work(item)` for each item, in order. A single item runs in the calling thread, on all cores."""
        return map(work, items) if len(items) == 1 else self._pool.map(work, items)
