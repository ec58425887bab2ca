"""Nearest vectors with FAISS: exact in a small corpus, approximate in a large one. The figures: docs/results/growth.md."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings.encoders.encoder import Vectors

Ids = npt.NDArray[np.int64]

EXACT_MOST = 50_000
"""Chunks up to which every vector is compared: 77 MB and about 10 ms a search at 384 dimensions on two cores."""

# Vectors are grouped around 2,048 centres, and those of the 128 nearest centres are compared: at a million chunks 5 ms,
# and 99 % of the exact ten nearest once the 50 best are compared again by their stored vectors.
_LISTS = 2048
_PROBED = 128
# K-means, spherical, since the vectors have length one. It takes the same 20 s whatever the corpus holds.
_TRAINED_PER_LIST = 64
_ITERATIONS = 10
# A corpus that has grown this much has its centres placed anew: they were found in what it held before.
_GROWN = 4.0
_IO_BYTES = 1 << 20


def make(count: int, sample: Vectors, blocks: Iterable[tuple[Ids, Vectors]]) -> Any:
    """Return a FAISS index, fit for so many vectors.

    Args:
        count: how many vectors `blocks` hold.
        sample: (S, dimension), of them, evenly spread; looked at where the index is approximate. See `sample_size`.
        blocks: ids (B,) with their vectors (B, dimension), of length one.
    """
    faiss = _faiss()
    dimension = sample.shape[1]
    if count <= EXACT_MOST:
        index: Any = faiss.IndexIDMap(faiss.IndexFlatIP(dimension))
    else:
        index = faiss.index_factory(dimension, f"IVF{_LISTS},SQ8", faiss.METRIC_INNER_PRODUCT)
        index.cp.niter, index.cp.spherical = _ITERATIONS, True
        index.cp.min_points_per_centroid = 1  # fewer than FAISS would like, at the smallest approximate corpus
        index.nprobe = _PROBED
        index.train(sample)
    for ids, vectors in blocks:
        index.add_with_ids(vectors, ids)
    return index


def sample_size(count: int) -> int:
    """Return how many of `count` vectors `make` wants to look at beforehand."""
    return 0 if count <= EXACT_MOST else min(count, _LISTS * _TRAINED_PER_LIST)


def outgrown(index: Any, made_for: int, count: int) -> bool:
    """Tell whether an index that `make` made for `made_for` vectors should be made anew for `count`."""
    return is_exact(index) != (count <= EXACT_MOST) or (not is_exact(index) and count > _GROWN * made_for)


def is_exact(index: Any) -> bool:
    """Tell whether the index compares every vector, and keeps it as it was given."""
    return not hasattr(index, "nprobe")


def described(index: Any) -> str:
    """Return how the index searches, for a person."""
    if is_exact(index):
        return "exact"
    return f"approximate: 8 bits a component, the {index.nprobe} nearest of {index.nlist} groups"


def nearest(index: Any, query: Vectors, k: int, without: Ids) -> tuple[Ids, npt.NDArray[np.float32]]:
    """Return the ids of the nearest vectors, at most `k`, with their inner products, best first.

    Args:
        index: as `make` returns it; not changed.
        query: (dimension,).
        k: at least 1.
        without: ids that are passed over.
    """
    faiss = _faiss()
    parameters = None
    if len(without):
        batch = faiss.IDSelectorBatch(without)
        selector = faiss.IDSelectorNot(batch)
        if is_exact(index):
            parameters = faiss.SearchParameters(sel=selector)
        else:
            parameters = faiss.SearchParametersIVF(sel=selector, nprobe=index.nprobe)
    scores, ids = index.search(query[np.newaxis, :], k, params=parameters)  # both (1, k)
    found = ids[0] >= 0  # FAISS pads a short result with id -1
    return ids[0][found], scores[0][found]


def contents(index: Any) -> tuple[Ids, Vectors]:
    """Return all ids (N,), ascending, and their vectors (N, dimension), as exact as the index keeps them.

    Not for an index in which others search meanwhile.
    """
    faiss = _faiss()
    if is_exact(index):
        ids = faiss.vector_to_array(index.id_map)
        order = np.argsort(ids)
        vectors = index.index.reconstruct_n(0, len(ids)) if len(ids) else np.zeros((0, index.d), np.float32)
        return ids[order], vectors[order]
    lists = range(index.nlist)
    held = [faiss.rev_swig_ptr(index.invlists.get_ids(i), index.invlists.list_size(i)) for i in lists]
    ids = np.sort(np.concatenate(held))
    index.set_direct_map_type(faiss.DirectMap.Hashtable)
    vectors = index.reconstruct_batch(ids)
    index.set_direct_map_type(faiss.DirectMap.NoMap)
    return ids, vectors


def write(index: Any, take: Callable[[bytes], object]) -> None:
    """Give the index as bytes, block by block, to `take`, whose errors are raised."""
    faiss = _faiss()
    faiss.write_index(index, faiss.PyCallbackIOWriter(take, _IO_BYTES))


def read(give: Callable[[int], bytes]) -> Any:
    """Return the index that `write` wrote, from the next so many bytes that `give` returns.

    Raises:
        RuntimeError: these are no such bytes.
    """
    faiss = _faiss()
    return faiss.read_index(faiss.PyCallbackIOReader(give, _IO_BYTES))


def _faiss() -> Any:
    """Return FAISS, whose libraries need not be read from disk before the page is up, and whose annotations lack much."""
    import faiss

    return faiss
