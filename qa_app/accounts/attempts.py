"""Limits on attempts to log in, so that passwords cannot be guessed."""

import math
import threading
import time
from dataclasses import dataclass, field

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from embeddings.errors import ArticlesError


class TooManyAttempts(ArticlesError):
    """There were too many attempts to log in."""

    def __init__(self, wait_s: int) -> None:
        self.wait_s = wait_s
        minutes = math.ceil(wait_s / 60)
        super().__init__(
            "There were too many attempts to log in.", f"Try again in {minutes} minute{'s' if minutes > 1 else ''}."
        )


@dataclass(frozen=True)
class Allowance:
    """How many attempts are allowed in which time, in the words of the limits package."""

    of_name_and_address: RateLimitItem = field(default_factory=lambda: parse("5 per 15 minutes"))
    of_address: RateLimitItem = field(default_factory=lambda: parse("30 per 15 minutes"))
    of_name: RateLimitItem = field(default_factory=lambda: parse("100 per hour"))
    """High, so that a stranger cannot easily lock a person out."""


class Attempts:
    """Counts attempts while the server runs. Thread-safe."""

    def __init__(self, allowance: Allowance | None = None) -> None:
        self._allowance = allowance or Allowance()
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._lock = threading.Lock()

    def count(self, name: str, address: str) -> None:
        """Count an attempt before the password is checked, so that many at once are limited too.

        Raises:
            TooManyAttempts: there were too many for this name or from this address.
        """
        with self._lock:
            for item, key in self._keys(name, address):
                if not self._limiter.hit(item, *key):
                    reset = self._limiter.get_window_stats(item, *key).reset_time
                    raise TooManyAttempts(max(1, math.ceil(reset - time.time())))

    def forget(self, name: str, address: str) -> None:
        """Forget the failed attempts of somebody who has logged in."""
        with self._lock:
            item, key = self._keys(name, address)[0]
            self._limiter.clear(item, *key)

    def _keys(self, name: str, address: str) -> list[tuple[RateLimitItem, tuple[str, ...]]]:
        allowed = self._allowance
        return [
            (allowed.of_name_and_address, ("both", name, address)),
            (allowed.of_address, ("address", address)),
            (allowed.of_name, ("name", name)),
        ]
