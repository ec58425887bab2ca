"""Check that an index is consistent and agrees with its model and folders. Changes nothing."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from embeddings.documents.versions import versions_for
from embeddings.encoders.encoder import EncoderIdentity
from embeddings.errors import (
    ArticlesError,
    DatabaseUnavailable,
    IndexBusy,
    IndexDamaged,
    SearchUnavailable,
    rebuild_step,
    repair_step,
)
from embeddings.folders import Folder
from embeddings.scan import scan
from embeddings.storage.builds import Build, current_build, read_record, trash_folder
from embeddings.storage.checks import Problem
from embeddings.storage.search_cache import search_cache
from embeddings.storage.store import Store
from embeddings.storage.vector_cache import FaissCache


@dataclass(frozen=True)
class Finding:
    """One check and its outcome."""

    check: str
    ok: bool
    detail: str
    next_step: str = ""


def examine(index: Path, encoder: EncoderIdentity | None = None) -> list[Finding]:
    """Run every check on the served build. If `encoder` is given, compare it with the recorded one.

    Raises:
        IndexMissing: there is nothing to check.
    """
    build = current_build(index)
    try:
        store = Store(build.database)
    except ArticlesError as error:
        return [Finding(database_name(build), False, error.what, error.next_step)]
    try:
        with store.reading():
            findings = list(_examine(store, build, index, encoder))
        if store.is_read_only:
            findings.append(Finding("full text", True, "not checked, because the index is read-only"))
        else:
            findings.append(_finding("full text", _lines(store.full_text_problems()), "intact", repair_step(index)))
        return findings
    except (IndexBusy, IndexDamaged, DatabaseUnavailable) as error:
        return [Finding(database_name(build), False, error.what, error.next_step)]
    finally:
        store.close()


def database_name(build: Build) -> str:
    """Return what the check of a build's database is called."""
    return "PostgreSQL" if build.server else "SQLite file"


def _examine(store: Store, build: Build, index: Path, encoder: EncoderIdentity | None) -> Iterator[Finding]:
    yield _finding(database_name(build), _lines(store.file_problems()), "intact", rebuild_step(index))
    record = read_record(store, index)
    if encoder is not None:
        same = encoder == record.encoder
        detail = f"{record.encoder.name}, weights {record.encoder.weights_sha256[:8]}"
        yield Finding(
            "model",
            same,
            detail if same else f"made by {detail}, {encoder.name} is in use",
            "" if same else rebuild_step(index),
        )
    yield _finding(
        "chunks",
        _lines(store.chunk_problems()),
        f"all {store.count_chunks()} match their articles",
        repair_step(index),
    )
    yield _finding("structure", _lines(store.structure_problems()), "every article's can be read", repair_step(index))
    yield _finding("left out", _lines(store.left_out_problems()), "what is left out is indexed", repair_step(index))
    yield _finding("words", _lines(store.word_problems()), "the full-text index matches the chunks", repair_step(index))
    vector_problems = _lines(store.vector_problems(record.encoder.dimension))
    yield _finding("vectors", vector_problems, "every chunk has one of length 1", repair_step(index))
    yield _cache_finding(store, build, index, record.encoder.dimension, is_comparable=not vector_problems)
    for folder in store.folders():
        yield _folder_finding(store, folder, index)


def _cache_finding(store: Store, build: Build, index: Path, dimension: int, *, is_comparable: bool) -> Finding:
    cache = search_cache(build)
    if not is_comparable:
        return Finding(cache.name, False, "not compared, because the stored vectors are bad", cache.next_step(index))
    if build.server and isinstance(cache, FaissCache) and cache.version(store) is None:
        # The last sync was perhaps another server's, which has a file of its own.
        return Finding(cache.name, True, "this machine has none of this state and reads the stored vectors instead")
    try:
        problems = cache.problems(store, dimension)
    except SearchUnavailable as error:
        return Finding(cache.name, False, error.what, error.next_step)
    return _finding(cache.name, problems, "matches the stored vectors", cache.next_step(index))


def _folder_finding(store: Store, folder: Folder, index: Path) -> Finding:
    sync = f"Sync: python -m embeddings sync {folder.path} --index {index}"
    try:
        found = {file.path: file for file in scan(folder.path, (index, trash_folder(index)), folder.patterns).files}
    except ArticlesError as error:
        return Finding("folder", False, error.what, error.next_step)
    stored = {document.file: document for document in store.files() if document.folder == folder.name}
    failed = set(store.failed_paths(folder.name))
    behind = [f"{path} is new" for path in found if path not in stored and path not in failed]
    behind += [f"{path} is gone" for path in stored if path not in found]
    behind += [
        f"{path} has changed"
        for path, file in stored.items()
        if path in found
        and found[path].stamp.rstrip("~") != file.file_stamp.rstrip("~")
        and _sha256(folder.path / path) != file.file_sha256
    ]
    behind += [
        f"{path} was read by an older version of this program"
        for path, file in stored.items()
        if path in found and file.versions != versions_for(path)
    ]
    return _finding("folder", behind, f"in sync with {folder.path}", sync)


def _lines(problems: Iterable[Problem]) -> list[str]:
    return [problem.what for problem in problems]


def _sha256(file: Path) -> str | None:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return None


def _finding(check: str, problems: list[str], good: str, next_step: str) -> Finding:
    if not problems:
        return Finding(check, True, good)
    more = f" and {len(problems) - 5} more" if len(problems) > 5 else ""
    return Finding(check, False, "; ".join(problems[:5]) + more, next_step)
