"""Passwords, stored as argon2id hashes."""

import secrets
import threading
import unicodedata
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from embeddings.errors import ArticlesError

LEAST_CHARACTERS = 10
MOST_CHARACTERS = 1000
# A check takes 64 MiB: a crowd at the log-in page must not take all memory.
_CHECKED_AT_ONCE = 2


class BadPassword(ArticlesError):
    """A password is too short or too long."""


@dataclass(frozen=True)
class PasswordCost:
    """What it costs to check a password: the second recommendation of RFC 9106, for machines with little memory."""

    passes: int = 3
    memory_kib: int = 65536
    threads: int = 4


class Passwords:
    """Hashes and checks passwords. Thread-safe."""

    def __init__(self, cost: PasswordCost) -> None:
        self._hasher = PasswordHasher(cost.passes, cost.memory_kib, cost.threads)
        self._turn = threading.BoundedSemaphore(_CHECKED_AT_ONCE)
        self._nobodys = self.hashed(secrets.token_urlsafe())

    def hashed(self, password: str) -> str:
        """Return the hash to store, with its salt and cost.

        Raises:
            BadPassword: it is shorter than `LEAST_CHARACTERS` or longer than `MOST_CHARACTERS`.
        """
        check_password(password)
        return self._hasher.hash(_normal(password))

    def matches(self, stored: str | None, password: str) -> bool:
        """Return whether a password is the one that was stored. None, for nobody, takes as long as a wrong password."""
        if len(password) > MOST_CHARACTERS:
            return False
        with self._turn:
            try:
                return self._hasher.verify(stored or self._nobodys, _normal(password)) and stored is not None
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, stored: str) -> bool:
        """Return whether a hash was made at another cost than new ones."""
        return self._hasher.check_needs_rehash(stored)


def check_password(password: str) -> None:
    """Check a password before it is stored.

    Raises:
        BadPassword: it is shorter than `LEAST_CHARACTERS` or longer than `MOST_CHARACTERS`.
    """
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise BadPassword(
            f"The password has {len(password)} characters.",
            f"Choose one of at least {LEAST_CHARACTERS} and at most {MOST_CHARACTERS}, such as four unusual words.",
        )


def _normal(password: str) -> bytes:
    """Return a password as bytes, the same for both ways to write é; an unpaired surrogate is not an error."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
