"""Read what was left out of a document after all, or leave it out again; only that document is cut and encoded."""

from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from embeddings.config import IndexConfig
from embeddings.cutting import cut
from embeddings.documents.document import Address
from embeddings.documents.put_back import stretch_keys, with_put_back
from embeddings.documents.versions import versions_for
from embeddings.encoders.encoder import Encoder
from embeddings.encoding import encode_new
from embeddings.errors import ArticlesError
from embeddings.storage.builds import BuildRecord, check_record, current_build, read_record, writer_lock
from embeddings.storage.put_back_table import Decision
from embeddings.storage.search_cache import search_cache
from embeddings.storage.store import Store


class NotLeftOut(ArticlesError):
    """There is no such stretch to read or to leave out."""


def set_read(
    index: Path,
    encoder: Encoder,
    address: Address,
    keys: Collection[str],
    *,
    is_read: bool,
    config: IndexConfig | None = None,
) -> None:
    """Read stretches of a document that were taken for boilerplate, or leave them out again.

    The decision is kept when the file is edited, renamed, or embedded again.

    Args:
        index: folder of the index.
        encoder: the one that made the index.
        address: the document.
        keys: of the stretches; see `stretch_key`.
        is_read: whether they are read from now on.
        config: as in `sync`.

    Raises:
        NotLeftOut: the document or a stretch does not exist, or must be read again first; nothing was changed.
        IndexMissing, IndexBusy, IndexDamaged, IndexMismatch: see `embeddings.errors`; nothing was changed.
    """
    config = config or IndexConfig()
    build = current_build(index)
    with writer_lock(index), closing(Store(build.database)) as store:
        check_record(read_record(store, index), BuildRecord(encoder.identity, config.chunking), index)
        document, stored = store.document(*address), store.stored_file(*address)
        if document is None or stored is None:
            raise NotLeftOut(f"There is no article {address}.", "List them: python -m embeddings list")
        if stored.versions != versions_for(stored.file):
            raise NotLeftOut(f"{address} was read by an older version of this program.", "Sync, then try again.")
        if not set(keys).issubset(stretch_keys(document)):
            raise NotLeftOut(f"{address} has no such stretch any more.", "Look at the article as it is now.")
        decided = store.put_back(stored.path, stored.folder)
        wanted = decided | set(keys) if is_read else decided - set(keys)
        changed = cut(with_put_back(document, wanted), config.chunking)
        encoded = encode_new(store, encoder, [changed])
        with store.transaction() as generation:
            for key in keys:
                store.set_put_back(Decision(stored.path, stored.folder, key), is_read)
            store.put_reading(stored.document_id, changed.document, changed.chunks, encoded, generation)
            store.drop_unused_vectors()
        cache = search_cache(build)
        if cache.is_stale(store):
            cache.refresh(store, encoder.identity.dimension)
