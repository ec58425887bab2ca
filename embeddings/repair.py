"""Mend an index: what can be made again from its own rows and from the folder's files is; the rest is told."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from embeddings.config import IndexConfig
from embeddings.documents.document import Address
from embeddings.encoders.encoder import Encoder
from embeddings.storage.builds import current_build, writer_lock
from embeddings.storage.rows import StoredFile
from embeddings.storage.search_cache import search_cache
from embeddings.storage.store import Store
from embeddings.sync import sync


@dataclass(frozen=True)
class Repair:
    """What was done to an index."""

    done: tuple[str, ...]
    """One line each; empty if nothing had to be done."""
    left: tuple[str, ...]
    """What could not be mended, one line each."""


def repair(index: Path, encoder: Encoder, config: IndexConfig | None = None) -> Repair:
    """Mend an index whose database can be read, then sync it with its folders.

    Rows that belong to nothing are deleted, the full-text index and the vector cache are made again, and the articles whose
    chunks, words or vectors are wrong are read from their files again.

    Raises:
        IndexMissing, IndexDamaged: there is no index, or its database cannot be read; it has to be rebuilt or restored.
        IndexBusy: another process is writing to the index.
        FolderMissing, MassDeletion: see `sync`; what needs no file is mended, and no article is lost.
    """
    build = current_build(index)
    with writer_lock(index), closing(Store(build.database)) as store:
        dimension = encoder.identity.dimension
        done = list(_mended_rows(store))
        again = _broken(store, dimension)
        if again:
            _forget(store, again.values())
            done.append(
                f"{_counted(len(again), 'article')} read again: {', '.join(str(each) for each in list(again)[:5])}"
            )
        search_cache(build).refresh(store, dimension)
        done.append("the vector cache made again")
    report = sync(None, index, encoder, config)
    return Repair(tuple(done), tuple(f"{what} {next_step}" for _, what, next_step in report.failed))


def _mended_rows(store: Store) -> Iterator[str]:
    with store.transaction() as generation:
        orphans = store.drop_orphans(generation)
    if orphans:
        yield f"{_counted(orphans, 'row')} that belonged to nothing deleted"
    if list(store.full_text_problems()):
        with store.transaction():
            store.rebuild_full_text()
        yield "the full-text index made again"


def _broken(store: Store, dimension: int) -> dict[Address, StoredFile]:
    """Return the documents with wrong rows whose files are there; what becomes of the others is the sync's decision."""
    problems = [
        *store.chunk_problems(),
        *store.structure_problems(),
        *store.left_out_problems(),
        *store.word_problems(),
        *store.vector_problems(dimension),
    ]
    addresses = dict.fromkeys(problem.document for problem in problems if problem.document)
    stored = {address: found for address in addresses if (found := store.stored_file(*address))}
    places = {folder.name: folder.path for folder in store.folders()}
    return {address: found for address, found in stored.items() if (places[found.folder] / found.file).is_file()}


def _forget(store: Store, files: Iterable[StoredFile]) -> None:
    """Delete what is stored of documents; the sync that follows reads their files as new ones."""
    for stored in files:
        with store.transaction() as generation:
            store.delete_document(stored.document_id, generation)
    with store.transaction():
        store.drop_unused_vectors()


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count != 1 else ''}"
