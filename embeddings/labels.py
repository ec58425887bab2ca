"""Give labels to documents and take them away; a question can be limited to a label."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from embeddings.documents.document import Address
from embeddings.errors import ArticlesError
from embeddings.storage.builds import current_build, writer_lock
from embeddings.storage.label_table import Labelled
from embeddings.storage.store import Store


class BadLabel(ArticlesError):
    """A label cannot be given or taken away."""


def set_label(index: Path, label: str, names: Sequence[str], *, is_set: bool) -> list[Address]:
    """Give a label to documents, or take it away. Return the documents.

    It is kept when a file is edited, renamed, moved to another folder, or embedded again.

    Args:
        index: folder of the index.
        label: a word or a few.
        names: of the documents: a path, or folder and path as an `Address` is written.
        is_set: whether they have the label from now on.

    Raises:
        BadLabel: the label is empty, a document does not exist, is not the only one of its name, or states the label itself;
            nothing was changed.
        IndexMissing, IndexBusy, IndexDamaged: see `embeddings.errors`.
    """
    label = " ".join(label.split())
    if not label or "," in label:
        raise BadLabel(f"“{label}” cannot be a label.", "Write a word or a few, without a comma.")
    with writer_lock(index), closing(Store(current_build(index).database)) as store:
        addresses = [_called(store, name) for name in names]
        if not is_set:
            _check_not_stated(store, label, addresses)
        with store.transaction():
            for address in addresses:
                stored = store.stored_file(*address)
                assert stored
                store.set_label(Labelled(stored.path, stored.folder, label), is_set)
    return addresses


def _called(store: Store, name: str) -> Address:
    found = store.addresses_called(name)
    if len(found) != 1:
        what = f"Several articles are called {name}." if found else f"There is no article {name}."
        step = f"Write {' or '.join(map(str, found))}." if found else "List them: python -m embeddings list"
        raise BadLabel(what, step)
    return found[0]


def _check_not_stated(store: Store, label: str, addresses: Sequence[Address]) -> None:
    for address in addresses:
        document = store.document(*address)
        if document and label.casefold() in map(str.casefold, document.labels):
            raise BadLabel(
                f"{address} states the label {label} itself.", "Remove it from the front matter of the file."
            )
