"""Take the articles of a folder that is away over into a new build: their texts are stored, so no file is needed."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from embeddings.cutting import Cut, cut
from embeddings.documents.put_back import with_put_back
from embeddings.encoding import encode_groups
from embeddings.folders import Folder
from embeddings.progress import Progress
from embeddings.storage.builds import Build
from embeddings.storage.rows import StoredFile
from embeddings.storage.store import Store
from embeddings.sync_job import SyncJob


def carry_over(job: SyncJob, served: Build, store: Store, folders: Sequence[Folder]) -> bool:
    """Cut and encode the stored articles of `folders` for the new build `store`; return False if it was stopped before the end.

    Their stamps and versions are taken over too, so that a later sync reads just the files that have changed. Articles that
    an earlier, stopped run has written are not encoded again.
    """
    names = {folder.name for folder in folders}
    with closing(Store(served.database)) as before:
        wanted = [stored for stored in before.files() if stored.folder in names and not _is_written(store, stored)]
        done = 0
        for group, encoded in encode_groups(store, job.workers, _groups(before, wanted, job), _cuts):
            for stored, each in group:
                own = {key: encoded[key] for key in each.keys if key in encoded}
                with store.transaction() as generation:
                    store.put_document(stored.folder, each.document, stored.file_stamp, each.chunks, own, generation)
                    if written := store.stored_file(stored.path, stored.folder):
                        store.set_stamp(written.document_id, stored.file_stamp, stored.versions)
                done += 1
                job.on_progress(Progress(done, len(wanted), done, len(wanted), stored.path))
    return done == len(wanted)


def _cuts(group: Sequence[tuple[StoredFile, Cut]]) -> list[Cut]:
    return [each for _, each in group]


def _is_written(store: Store, stored: StoredFile) -> bool:
    written = store.stored_file(stored.path, stored.folder)
    return written is not None and replace(written, document_id=stored.document_id) == stored


def _groups(before: Store, wanted: Sequence[StoredFile], job: SyncJob) -> Iterator[list[tuple[StoredFile, Cut]]]:
    """Yield the documents in groups of at least `encode_group_chunks` chunks except the last, until the job is stopped."""
    group: list[tuple[StoredFile, Cut]] = []
    for stored in wanted:
        if not group and job.should_stop():
            break
        document = before.document(stored.path, stored.folder)
        assert document is not None  # `before` does not change: the writer's lock is held
        document = with_put_back(replace(document, folder=None), before.put_back(stored.path, stored.folder))
        group.append((stored, cut(document, job.config.chunking)))
        if sum(len(each.chunks) for _, each in group) >= job.config.encode_group_chunks:
            yield group
            group = []
    if group:
        yield group
