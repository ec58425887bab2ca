"""Encode the chunks whose content has no stored vector."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from embeddings.cutting import Cut
from embeddings.documents.chunks import encoder_input
from embeddings.encoders.encoder import Encoder, Vectors
from embeddings.executor import Executor
from embeddings.storage.store import Store

_Group = TypeVar("_Group")

Encoded = Mapping[bytes, Vectors]
"""Vectors, (dimension,), by content key."""


def encode_new(store: Store, encoder: Encoder, cuts: Sequence[Cut]) -> Encoded:
    """Return the vectors of the chunks whose content is new to the store."""
    texts = _new_texts(store, cuts)
    return dict(zip(texts, encoder.encode_documents(list(texts.values())), strict=True))


def encode_groups(
    store: Store, executor: Executor, groups: Iterable[_Group], cuts_of: Callable[[_Group], Sequence[Cut]]
) -> Iterator[tuple[_Group, Encoded]]:
    """Yield each group of documents, in order, with the vectors of the chunks whose content is new to the store.

    The caller stores each group before it takes the next one. The executor may have taken further groups by then; content that
    they share with a group before them is encoded once, as in a loop.

    Args:
        store: where the groups are stored.
        executor: encodes.
        groups: taken when the executor is ready for them.
        cuts_of: returns the documents of a group.
    """
    waiting: deque[tuple[_Group, list[bytes]]] = deque()
    coming: set[bytes] = set()

    def texts() -> Iterator[Sequence[str]]:
        for group in groups:
            new = _new_texts(store, cuts_of(group), coming)
            coming.update(new)
            waiting.append((group, list(new)))
            yield list(new.values())

    for vectors in executor.encode(texts()):
        group, keys = waiting.popleft()
        yield group, dict(zip(keys, vectors, strict=True))
        coming.difference_update(keys)


def _new_texts(store: Store, cuts: Sequence[Cut], coming: Collection[bytes] = ()) -> dict[bytes, str]:
    """Return the encoder's input for the chunks without a vector, stored or coming, by content key."""
    known = store.known_keys(key for each in cuts for key in each.keys)
    return {
        key: encoder_input(each.document.title, chunk.readable)
        for each in cuts
        for key, chunk in zip(each.keys, each.chunks, strict=True)
        if key not in known and key not in coming
    }
