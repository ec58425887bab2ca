"""Move the search of an index to a Milvus server, to another one, or back into the index's folder; nothing is encoded."""

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from embeddings.errors import ArticlesError, IndexDamaged, SearchUnavailable, repair_step
from embeddings.storage.builds import current_build, read_record, writer_lock
from embeddings.storage.search_cache import cache_at
from embeddings.storage.search_place import LOCAL, BadPlace, MilvusPlace, read_search_record, write_search_record
from embeddings.storage.store import Store


@dataclass(frozen=True)
class Moved:
    """What was moved."""

    chunks: int
    left_behind: ArticlesError | None
    """Why what was made at the old place could not be deleted; None if it was."""


def move(index: Path, target: MilvusPlace | None) -> Moved:
    """Search an index at `target` from now on, None being its own folder.

    The copy at the target is made from the stored vectors and compared with them before anything asks it; what was made at
    the old place is deleted afterwards. Servers that have the index open notice with the next question.

    Raises:
        BadPlace: it is there already.
        IndexDamaged: the stored vectors are damaged, or the copy differs from them; the index is searched where it was.
        IndexMissing, IndexBusy, SearchUnavailable: see `embeddings.errors`; likewise.
    """
    build = current_build(index)
    with writer_lock(index), closing(Store(build.database)) as store:
        record = read_search_record(index)
        if record.place == target:
            raise BadPlace(f"The index in {index} is searched on {target or LOCAL} already.", "Nothing was changed.")
        dimension = read_record(store, index).encoder.dimension
        if any(store.vector_problems(dimension)):
            raise IndexDamaged(f"The index in {index} has damaged vectors.", repair_step(index))
        cache = cache_at(target, build)
        cache.refresh(store, dimension)
        if problems := cache.problems(store, dimension):
            raise IndexDamaged(f"The copy on {target or LOCAL} is wrong: {problems[0]}.", "Move again.")
        write_search_record(index, replace(read_search_record(index), place=target))
        try:
            cache_at(record.place, build).discard()
        except SearchUnavailable as error:  # the old server may be gone for good: that is a reason to move
            return Moved(store.count_chunks(), error)
        return Moved(store.count_chunks(), None)
