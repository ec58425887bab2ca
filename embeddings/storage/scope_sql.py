"""A scope as a condition in SQL, for the table of documents."""

from embeddings.scope import Scope
from embeddings.storage.database import placeholders

_HAS_LABEL = """EXISTS (SELECT 1 FROM json_each(documents.stated_labels) WHERE casefold(value) = ?)
    OR EXISTS (SELECT 1 FROM labels WHERE labels.folder_id = documents.folder_id AND labels.path = documents.path
        AND casefold(label) = ?)"""

_ADDRESS = "(SELECT name FROM folders WHERE id = folder_id) || ':' || path"


def scope_condition(scope: Scope) -> tuple[str, tuple[object, ...]]:
    """Return a condition on columns of `documents`, and its values; "TRUE" without limits."""
    conditions: list[str] = []
    values: list[object] = []

    def any_of(condition: str, choices: list[tuple[object, ...]]) -> None:
        if choices:
            conditions.append(f"({' OR '.join([condition] * len(choices))})")
            values.extend(value for choice in choices for value in choice)

    places = [path.rstrip("/") for path in scope.within]
    if any(":" in place for place in places):
        any_of(f"{_is_in('path')} OR {_is_in(_ADDRESS)}", [(place,) * 6 for place in places])
    else:
        any_of(_is_in("path"), [(place,) * 3 for place in places])
    any_of("instr(casefold(coalesce(author, '')), ?) > 0", [(author.casefold(),) for author in scope.authors])
    if scope.languages:
        conditions.append(f"language IN ({placeholders(scope.languages)})")
        values.extend(scope.languages)
    if scope.folders:
        conditions.append(f"folder_id IN (SELECT id FROM folders WHERE name IN ({placeholders(scope.folders)}))")
        values.extend(scope.folders)
    any_of(_HAS_LABEL, [(label.casefold(), label.casefold()) for label in scope.labels])
    if scope.after:
        conditions.append("date >= ?")
        values.append(scope.after)
    if scope.before:
        conditions.append("date <= ?")
        values.append(scope.before)
    return " AND ".join(conditions) or "TRUE", tuple(values)


def _is_in(column: str) -> str:
    """Return the condition that a path is a place or in it, for three times the place.

    Compared as text: in a pattern, % and _ in a file's name would match others. "/" is part of ids of articles in a file.
    """
    return f"{column} = ? OR substr({column}, 1, length(?) + 1) = ? || '/'"
