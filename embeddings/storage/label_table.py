"""The table of labels that people have given to documents; what an article states itself is a column of its document."""

import json
from collections.abc import Set
from typing import NamedTuple

from embeddings.storage.database import Database
from embeddings.storage.folder_table import FOLDER_ID


class Labelled(NamedTuple):
    """A label of a document, given by a person."""

    path: str
    folder: str
    label: str


class LabelTable:
    """The part of a `Store` that keeps labels. A file that is deleted and comes back still has them."""

    _database: Database

    def set_label(self, labelled: Labelled, is_set: bool) -> None:
        """Give a document a label, or take it away; labels that differ in case alone are the same."""
        at_document = f"path = ? AND folder_id = {FOLDER_ID} AND casefold(label) = casefold(?)"
        self._database.execute(f"DELETE FROM labels WHERE {at_document}", labelled)
        if is_set:
            self._database.execute(f"INSERT INTO labels (path, folder_id, label) VALUES (?, {FOLDER_ID}, ?)", labelled)

    def all_labels(self) -> frozenset[Labelled]:
        """Return all labels that people have given."""
        rows = self._database.rows("SELECT labels.path, name, label FROM labels JOIN folders ON folders.id = folder_id")
        return frozenset(Labelled(*row) for row in rows)

    def take_labels(self, labels: Set[Labelled]) -> None:
        """Replace all labels, such as by those of another build; inside a transaction."""
        for labelled in self.all_labels() ^ labels:
            self.set_label(labelled, labelled in labels)

    def label_counts(self) -> dict[str, int]:
        """Return the number of documents of each label, given or stated, by label; spelled as most documents have it."""
        spelled: dict[str, dict[str, int]] = {}
        for given, stated in self._database.rows(
            """SELECT (SELECT json_group_array(label) FROM labels
                WHERE labels.folder_id = documents.folder_id AND labels.path = documents.path), stated_labels FROM documents"""
        ):
            own = {label.casefold(): label for label in (*json.loads(stated), *json.loads(given))}
            for key, label in own.items():
                counts = spelled.setdefault(key, {})
                counts[label] = counts.get(label, 0) + 1
        found = {max(counts, key=lambda label: counts[label]): sum(counts.values()) for counts in spelled.values()}
        return dict(sorted(found.items(), key=lambda pair: pair[0].casefold()))
