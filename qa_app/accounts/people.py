"""A person who asks, and the role that says what the person may do."""

from dataclasses import dataclass
from enum import IntEnum


class Role(IntEnum):
    """What a person may do; each role may do all that the lower ones may."""

    READER = 1
    """Ask, read the articles, keep conversations."""
    EDITOR = 2
    """Add, remove and re-embed articles; decide what is read of them."""
    ADMIN = 3
    """See the quality, choose the language model that words the answers."""

    @property
    def word(self) -> str:
        """The role as it is written on the command line and stored."""
        return self.name.lower()


ROLES = {role.word: role for role in Role}
"""The roles by their words."""


@dataclass(frozen=True)
class Person:
    """Who sent a request."""

    id: str
    """Of the account, never given twice; "" is whoever sits at this machine, on a server without accounts."""
    name: str
    role: Role


LOCAL = Person("", "", Role.ADMIN)
"""Whoever sits at this machine, on a server without accounts."""
