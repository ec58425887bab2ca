"""Nearest-neighbour search with FAISS: exact in a small corpus, approximate in a large one.

The figures are from docs/results/growth.md.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings.encoders.encoder import Vectors

Ids = npt.NDArray[np.int64]

EXACT_MOST = 50_000
"""Most chunks for exact search: 77 MB and about 10 ms per search, with 384 dimensions on two cores."""

# Vectors are clustered around 2,048 centroids; a search compares those of the 128 nearest. With a million chunks it takes
# 5 ms and finds 99 % of the exact ten nearest, once the 50 best are rescored with their stored vectors.
_LISTS = 2048
_PROBES = 128
# Spherical k-means, because the vectors have length 1. It takes 20 s, whatever the size of the corpus.
_SAMPLES_PER_LIST = 64
_ITERATIONS = 10
# The centroids are trained again once the corpus has grown by this factor.
_GROWTH = 4.0
_IO_BYTES = 1 << 20


def make(count: int, sample: Vectors, blocks: Iterable[tuple[Ids, Vectors]]) -> Any:
    """Build a FAISS index: exact or approximate, depending on the number of vectors.

    Args:
        count: the number of vectors in `blocks`.
        sample: an even sample of them, (S, dimension), to train an approximate index. See `sample_size`.
        blocks: ids (B,) with their vectors (B, dimension), of length 1.
    """
    faiss = _faiss()
    dimension = sample.shape[1]
    if is_small(count):
        index: Any = faiss.IndexIDMap(faiss.IndexFlatIP(dimension))
    else:
        index = faiss.index_factory(dimension, f"IVF{_LISTS},SQ8", faiss.METRIC_INNER_PRODUCT)
        index.cp.niter, index.cp.spherical = _ITERATIONS, True
        index.cp.min_points_per_centroid = 1  # avoids FAISS's warning for the smallest approximate corpora
        index.nprobe = _PROBES
        index.train(sample)
    for ids, vectors in blocks:
        index.add_with_ids(vectors, ids)
    return index


def is_small(count: int) -> bool:
    """Return whether so many vectors are searched exactly."""
    return count <= EXACT_MOST


def sample_size(count: int) -> int:
    """Return how many of `count` vectors `make` needs as its sample."""
    return 0 if is_small(count) else min(count, _LISTS * _SAMPLES_PER_LIST)


def outgrown(index: Any, made_for: int, count: int) -> bool:
    """Return whether an index made for `made_for` vectors should be rebuilt for `count`."""
    return is_exact(index) != is_small(count) or (not is_exact(index) and count > _GROWTH * made_for)


def is_exact(index: Any) -> bool:
    """Return whether the index compares every vector, and stores it without loss."""
    return not hasattr(index, "nprobe")


def describe(index: Any) -> str:
    """Describe how the index searches, for the user."""
    if is_exact(index):
        return "exact"
    return f"approximate: 8 bits a component, the {index.nprobe} nearest of {index.nlist} groups"


def nearest(
    index: Any, query: Vectors, k: int, excluded: Ids, allowed: Ids | None = None
) -> tuple[Ids, npt.NDArray[np.float32]]:
    """Return the ids of the `k` nearest vectors, or fewer, with their inner products, best first.

    Args:
        index: from `make`; not changed.
        query: (dimension,).
        k: at least 1.
        excluded: ids to skip.
        allowed: ids to search; None for all. With few of them an approximate index looks into all of its groups.
    """
    faiss = _faiss()
    parameters = None
    if allowed is not None or len(excluded):
        # The selector refers to its parts: they are kept until the search is done.
        batch = faiss.IDSelectorBatch(excluded if allowed is None else np.setdiff1d(allowed, excluded))
        selector = faiss.IDSelectorNot(batch) if allowed is None else batch
        if is_exact(index):
            parameters = faiss.SearchParameters(sel=selector)
        else:
            probes = index.nprobe if allowed is None else _probes(index, len(allowed))
            parameters = faiss.SearchParametersIVF(sel=selector, nprobe=probes)
    scores, ids = index.search(query[np.newaxis, :], k, params=parameters)  # both (1, k)
    found = ids[0] >= 0  # FAISS pads a short result with id -1
    return ids[0][found], scores[0][found]


def _probes(index: Any, allowed: int) -> int:
    """Return how many groups to look into so that as many allowed vectors are compared as in a search of all."""
    groups, probes, vectors = int(index.nlist), int(index.nprobe), int(index.ntotal)
    return min(groups, round(probes * vectors / max(allowed, 1)))


def contents(index: Any) -> tuple[Ids, Vectors]:
    """Return all ids (N,), ascending, and their vectors (N, dimension), as exact as the index stores them.

    Not thread-safe: nobody may search the index meanwhile.
    """
    faiss = _faiss()
    if is_exact(index):
        ids = faiss.vector_to_array(index.id_map)
        order = np.argsort(ids)
        vectors = index.index.reconstruct_n(0, len(ids)) if len(ids) else np.zeros((0, index.d), np.float32)
        return ids[order], vectors[order]
    lists = range(index.nlist)
    ids_by_list = [faiss.rev_swig_ptr(index.invlists.get_ids(i), index.invlists.list_size(i)) for i in lists]
    ids = np.sort(np.concatenate(ids_by_list))
    index.set_direct_map_type(faiss.DirectMap.Hashtable)
    vectors = index.reconstruct_batch(ids)
    index.set_direct_map_type(faiss.DirectMap.NoMap)
    return ids, vectors


def write(index: Any, write_block: Callable[[bytes], object]) -> None:
    """Serialize the index: pass its bytes block by block to `write_block`. Raises what `write_block` raises."""
    faiss = _faiss()
    faiss.write_index(index, faiss.PyCallbackIOWriter(write_block, _IO_BYTES))


def read(read_bytes: Callable[[int], bytes]) -> Any:
    """Deserialize an index from `write`. `read_bytes(n)` returns the next n bytes.

    Raises:
        RuntimeError: the bytes are truncated, corrupt, or not a FAISS index.
    """
    faiss = _faiss()
    return faiss.read_index(faiss.PyCallbackIOReader(read_bytes, _IO_BYTES))


def mapped(file: Path) -> Any:
    """Open the file of an index for search only: the vectors of an approximate one stay in it, and are mapped into memory.

    Processes share what they have looked at. A file that is replaced stays until it is closed.

    Raises:
        RuntimeError: as `read`.
        TypeError: its path is not Unicode.
    """
    faiss = _faiss()
    index = faiss.read_index(str(file), faiss.IO_FLAG_MMAP)
    if not is_exact(index):
        # Threads that read groups ahead of a search, for disks; here starting them takes as long as the search.
        faiss.downcast_InvertedLists(index.invlists).prefetch_nthread = 0
    return index


def _faiss() -> Any:
    """Import FAISS late, so that the page need not wait for its libraries; `Any`, because its annotations are incomplete."""
    import faiss

    return faiss
