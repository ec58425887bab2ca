"""The words file: the words of a large corpus as postings, mapped into memory; beside the FAISS file and of the same generation.

Without it, as in a small corpus or before the first sync by this program, FTS5 searches the database.
"""

import json
import zlib
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from embeddings.documents import stemming
from embeddings.storage import bm25
from embeddings.storage.ann import Ids
from embeddings.storage.atomic import replace_file, replacing
from embeddings.storage.postings import Postings, joined
from embeddings.storage.store import Store
from embeddings.storage.unchanged import file_crc32, file_state, is_unchanged
from embeddings.storage.word_index import WordIndex

# Number of chunks whose words are read from the database at once.
_BLOCK = 10_000
_TERMS = f"stems {stemming.VERSION}, weights {bm25.VERSION}"


@dataclass(frozen=True)
class WordStamp:
    """Describes the contents of the file, and validates it."""

    generation: int
    identity: str
    """`Store.identity` of the chunks' store."""
    terms: str
    """Versions of the code that makes terms of words."""
    arrays: tuple[tuple[str, int], ...]
    """Type and length of each array, in the order of the fields of `Postings`."""
    crc32: int
    written: str
    """What the system says of the file since it was written; see `file_state`."""


def open_words(file: Path, generation: int, identity: str) -> WordIndex | None:
    """Return the words of this generation of a store; None if the file is missing, damaged, or of another one."""
    stamp = read_word_stamp(file)
    if stamp is None or not _is_of(stamp, generation, identity):
        return None
    try:
        if not is_unchanged(file, stamp.written, stamp.crc32, _stamp_file(file)):
            return None
        data = np.memmap(file, dtype=np.uint8, mode="r").view(np.ndarray)  # a slice of a memmap takes ten times as long
        begin, arrays = 0, []
        for kind, length in stamp.arrays:
            end = begin + length * np.dtype(kind).itemsize
            arrays.append(data[begin:end].view(kind))
            begin = end
        return WordIndex(Postings(*arrays))
    except (OSError, ValueError, TypeError):
        return None


def words_problems(file: Path, words: WordIndex | None, ids: Ids, generation: int, identity: str) -> list[str]:
    """Compare the file with its checksum, and what it and the changes since have with the ids of the store's chunks."""
    stamp = read_word_stamp(file)
    if stamp is None or not _is_of(stamp, generation, identity):
        return []  # it is not used
    if words is None or file_crc32(file) != stamp.crc32:
        return [f"{file.name} beside it is damaged"]
    found = np.isin(ids, np.concatenate([words.held.ids, words.recent.ids]))
    return [] if found.all() else [f"{file.name} beside it lacks chunks"]


def words_of_store(store: Store) -> Postings:
    """Return the words of all chunks, from the database."""
    ids = store.all_chunk_ids()
    blocks = (ids[first : first + _BLOCK] for first in range(0, len(ids), _BLOCK))
    return joined([Postings.of(store.words_of(block)) for block in blocks])


def write_words(postings: Postings, file: Path, generation: int, identity: str) -> None:
    """Write the file, then its stamp; after a crash in between, the file is not used."""
    arrays = [np.ascontiguousarray(getattr(postings, each.name)) for each in fields(Postings)]
    crc32 = 0
    with replacing(file) as stream:
        for array in arrays:
            stream.write(array.data)
            crc32 = zlib.crc32(array.data, crc32)
    shapes = tuple((array.dtype.str, len(array)) for array in arrays)
    stamp = WordStamp(generation, identity, _TERMS, shapes, crc32, file_state(file))
    replace_file(_stamp_file(file), json.dumps(asdict(stamp)).encode())


def read_word_stamp(file: Path) -> WordStamp | None:
    """Return the file's stamp, or None if either is missing or the stamp is malformed."""
    try:
        values = json.loads(_stamp_file(file).read_text()) if file.is_file() else None
        return values and WordStamp(**{**values, "arrays": tuple(map(tuple, values["arrays"]))})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def discard_words(file: Path) -> None:
    """Delete the file, if it is there."""
    for each in (_stamp_file(file), file):
        each.unlink(missing_ok=True)


def _is_of(stamp: WordStamp, generation: int, identity: str) -> bool:
    return (stamp.generation, stamp.identity, stamp.terms) == (generation, identity, _TERMS)


def _stamp_file(file: Path) -> Path:
    return file.with_suffix(".json")
