"""Limits typed in a question, such as "who keeps the harbour? in:notes after:2024-05-01"."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from embeddings.index import Snapshot
from embeddings.scope import Scope

_TYPED = re.compile(r'(?<!\S)(?P<name>[a-z]+):(?P<value>"[^"]+"|[^\s"]+)(?!\S)')


def typed_limits(question: str, snapshot: Snapshot, given: Scope) -> tuple[str, Scope]:
    """Return a question without the limits that are typed in it, and `given` with them.

    A word is a limit only if it cannot be misread: it is written `name:value`, a document of the index meets it, and a day is
    a whole day. Anything else stays part of the question, as does a limit of a kind that is given already, so that typing
    can only narrow.
    """
    scope = given

    def taken(match: re.Match[str]) -> str:
        nonlocal scope
        read = _LIMITS.get(match["name"])
        found = read(match["value"].strip('"'), snapshot) if read else None
        narrowed = _both(scope, found, given) if found else None
        if narrowed is None:
            return match[0]
        scope = narrowed
        return ""

    rest = " ".join(_TYPED.sub(taken, question).split())
    return (rest, scope) if rest and scope != given else (question, given)


def as_typed(scope: Scope) -> str:
    """Return a scope as it would be typed."""
    values = {
        "from": scope.authors,
        "in": (*scope.folders, *scope.within),
        "language": scope.languages,
        "label": scope.labels,
        "after": filter(None, [scope.after]),
        "before": filter(None, [scope.before]),
    }
    return " ".join(f"{name}:{_quoted(value)}" for name, typed in values.items() for value in typed)


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


def _place(value: str, snapshot: Snapshot) -> Scope | None:
    if any(folder.name == value for folder in snapshot.folders()):
        return Scope(folders=(value,))
    return _met(Scope(within=(value,)), snapshot)


def _met(scope: Scope, snapshot: Snapshot) -> Scope | None:
    """Return a scope that a document of the index is in, or None."""
    return scope if snapshot.store.count_in_scope(scope) else None


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


_LIMITS: dict[str, Callable[[str, Snapshot], Scope | None]] = {
    "from": lambda value, snapshot: _met(Scope(authors=(value,)), snapshot),
    "in": _place,
    "language": lambda value, snapshot: _met(Scope(languages=(value,)), snapshot),
    "label": lambda value, snapshot: _met(Scope(labels=(value,)), snapshot),
    "after": lambda value, _: Scope(after=value) if _is_day(value) else None,
    "before": lambda value, _: Scope(before=value) if _is_day(value) else None,
}


def _both(scope: Scope, typed: Scope, given: Scope) -> Scope | None:
    """Return `scope` with a typed limit; None if one of its kind was given from outside."""
    if typed.after or typed.before:
        return scope.narrowed(typed.after, typed.before)
    for kind in ("within", "authors", "languages", "folders", "labels"):
        if value := getattr(typed, kind):
            wider: dict[str, Any] = {kind: (*getattr(scope, kind), *value)}
            return None if getattr(given, kind) else replace(scope, **wider)
    return None
