"""Read the front matter of a text: YAML between `---` lines, or TOML between `+++` lines."""

import re
import sys
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import yaml

from embeddings.documents.blocks import Span

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_FENCED = re.compile(
    r"[\s\ufeff]*(?:---[ \t]*\n(?P<yaml>.*?)\n(?:---|\.\.\.)|\+\+\+[ \t]*\n(?P<toml>.*?)\n\+\+\+)[ \t]*(?:\n|\Z)",
    re.DOTALL,
)
# The first line of a top-level entry, or of a TOML table, which ends them.
_KEY = re.compile(r"""^(?:\[|(?P<quote>["']?)(?P<key>[^\s"'#:=\[\]-][^\n:="']*?)(?P=quote)[ \t]*[:=])""", re.MULTILINE)
_LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]|\[([^\[\]]*)\]\([^()]*\)")
# The base loader leaves every scalar as it is written: a day stays the day of its own time zone, "no" a word. That of
# libyaml, where PyYAML was built with it, takes a tenth of the time and refuses deep nesting at once.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True)
class Field:
    """A value that front matter states, and where."""

    value: str
    """On one line; the items of a list are separated by ", "."""
    span: Span


@dataclass(frozen=True)
class FrontMatter:
    """The entries of a text's front matter."""

    fields: dict[str, Field]
    """By key, in lower case and without separators: "publishdate". Only texts, numbers, dates and lists of them."""
    entries: tuple[Span, ...]
    """The values of all entries, as written."""
    end: int
    """Where the front matter ends in the text; 0 if there is none."""


NONE = FrontMatter({}, (), 0)


def read_front_matter(text: str) -> FrontMatter:
    """Return the front matter at the head of `text`; `NONE` if there is none, or if it is not valid YAML or TOML."""
    match = _FENCED.match(text)
    if not match:
        return NONE
    kind = "yaml" if match["yaml"] is not None else "toml"
    values = _parse(match[kind], kind)
    if not isinstance(values, dict):
        return NONE  # ordinary text between two rules
    fields: dict[str, Field] = {}
    entries: list[Span] = []
    for key, span in _entries(text, *match.span(kind)):
        entries.append(span)
        items = _items(values.get(key))
        if items:
            fields.setdefault(re.sub(r"[\W_]", "", key).lower(), Field(", ".join(items), _stated(text, span, items)))
    return FrontMatter(fields, tuple(entries), match.end())


def _parse(matter: str, kind: str) -> Any:
    try:
        return yaml.load(matter, Loader=_LOADER) if kind == "yaml" else tomllib.loads(matter)
    except Exception:  # noqa: BLE001
        # PyYAML raises nearly every built-in exception on odd input (`!!int ""`, deep nesting), not only its own.
        return None


def _entries(text: str, start: int, end: int) -> list[tuple[str, Span]]:
    """Return the keys of the top level with the spans of their values, as written."""
    keys = list(_KEY.finditer(text, start, end))
    ends = [key.start() for key in keys[1:]] + [end]
    spans = [(key["key"], (key.end(), stop)) for key, stop in zip(keys, ends, strict=True)]
    tables = next((i for i, (key, _) in enumerate(spans) if key is None), len(spans))
    return [(key.strip(), span) for key, span in spans[:tables]]


def _items(value: Any) -> list[str]:
    """Return the texts of a scalar or a list. Of a table, such as an author's, it is the name."""
    parts = value if isinstance(value, list) else [value]
    named = [part.get("name") if isinstance(part, dict) else part for part in parts]
    return [words for part in named if (words := _words(part))]


def _words(value: Any) -> str:
    if isinstance(value, date | time):
        return value.isoformat()
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    # Obsidian and Readwise write names as links: "[[Anna Berg]]".
    return " ".join(_LINK.sub(lambda link: link[1] or link[2], str(value)).split())


def _stated(text: str, entry: Span, items: list[str]) -> Span:
    """Return where the items stand in an entry; all of the entry if they are written in another way, as on several lines."""
    first = text.find(items[0], *entry)
    last = text.rfind(items[-1], *entry)
    if 0 <= first <= last:
        return first, last + len(items[-1])
    words = text[slice(*entry)].strip()
    return (start := text.index(words, *entry)), start + len(words)
