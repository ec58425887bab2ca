"""What searches the chunks of a build: the contract that FAISS in the index's folder and a Milvus server fulfil.

It is a cache of the build's database, made again from it at any time without encoding anything.
"""

from pathlib import Path
from typing import Protocol

from embeddings.storage.builds import Build
from embeddings.storage.search_place import MilvusPlace, read_search_record
from embeddings.storage.store import Store
from embeddings.storage.vector_cache import FaissCache
from embeddings.storage.vectors import VectorIndex


class SearchCache(Protocol):
    """A searchable copy of one build's chunks, of some generation."""

    @property
    def name(self) -> str:
        """What to call it."""
        ...

    def description(self) -> str | None:
        """Return how it searches; None if it is missing."""
        ...

    def version(self, store: Store) -> object | None:
        """Return what changes whenever it is refreshed; None if it is missing, or cannot be brought to the store's state."""
        ...

    def open(self, store: Store, dimension: int) -> VectorIndex:
        """Return the state of the store's generation, whatever generation the copy has. Nothing is encoded."""
        ...

    def is_stale(self, store: Store) -> bool:
        """Return whether it should be refreshed. It may be a few changes behind, which readers apply."""
        ...

    def refresh(self, store: Store, dimension: int) -> None:
        """Bring it to the store's generation, or make it again. Only for the writer.

        Afterwards the store forgets earlier removals.
        """
        ...

    def problems(self, store: Store, dimension: int) -> list[str]:
        """Compare all of it with the store; return what is wrong."""
        ...

    def next_step(self, index: Path) -> str:
        """Return what mends it."""
        ...

    def discard(self) -> None:
        """Delete it, as the index is searched elsewhere. Only for the writer."""
        ...


def search_cache(build: Build) -> SearchCache:
    """Return what searches a build.

    Raises:
        IndexDamaged: it cannot be read where the index is searched.
    """
    return cache_at(read_search_record(build.folder.parent.parent).place, build)


def cache_at(place: MilvusPlace | None, build: Build) -> SearchCache:
    """Return what searches a build at a place, None being the index's folder."""
    if build.server:
        build.folder.mkdir(parents=True, exist_ok=True)  # another server may have made the build
    if place is None:
        return FaissCache(build.vectors_file)
    from embeddings.storage.milvus_cache import MilvusCache  # few need it

    return MilvusCache(place, build.folder)
