"""The plain form of English adjectives: "heavi" of "heavier" and "heaviest" gives "heavy"."""

import re

_ENDING_IN_E = frozenset("larg lat wid nic saf clos".split())
_DOUBLED = re.compile(r"([bdgmnt])\1$")


def without_ending(stem: str) -> str:
    """Return the plain form of an adjective, given what is left of a regular one without -er or -est, in lower case."""
    if stem.endswith("i"):
        return f"{stem[:-1]}y"
    if stem in _ENDING_IN_E:
        return f"{stem}e"
    return _DOUBLED.sub(r"\1", stem)
