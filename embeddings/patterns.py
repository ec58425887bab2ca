"""Which files of a folder are taken: patterns as in a .gitignore file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pathspec import GitIgnoreSpec

from embeddings.errors import ArticlesError


class BadPattern(ArticlesError):
    """A pattern cannot be understood."""


@dataclass(frozen=True)
class Patterns:
    """Patterns of the files to take and of those to leave; see https://git-scm.com/docs/gitignore#_pattern_format"""

    include: tuple[str, ...] = ()
    """Only files that match one are taken; without any, all are."""
    exclude: tuple[str, ...] = ()
    """Files that match one are not taken. Nothing in a folder that matches one is."""

    def __post_init__(self) -> None:
        _ = self._included, self._excluded

    def takes(self, path: str) -> bool:
        """Return whether a file is taken; `path` is relative to the folder, with `/`."""
        if self.exclude and self._excluded.match_file(path):
            return False
        return not self.include or self._included.match_file(path)

    def enters(self, path: str) -> bool:
        """Return whether anything in a subfolder can be taken."""
        return not self.exclude or not self._excluded.match_file(f"{path}/")

    @cached_property
    def _included(self) -> GitIgnoreSpec:
        return _compiled(self.include)

    @cached_property
    def _excluded(self) -> GitIgnoreSpec:
        return _compiled(self.exclude)


def _compiled(patterns: Sequence[str]) -> GitIgnoreSpec:
    for pattern in patterns:
        try:
            GitIgnoreSpec.from_lines([pattern])
        except (ValueError, re.error) as error:
            raise BadPattern(f"{pattern} is not a pattern ({error}).", "Write it as in a .gitignore file.") from error
    return GitIgnoreSpec.from_lines(patterns)


EVERY_FILE = Patterns()
