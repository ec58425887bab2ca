"""What runs on the workers of a cluster: read and cut files, encode texts.

Work and replies are pickled here, so that the scheduler between passes on bytes and imports nothing but this module.
"""

import ctypes
import pickle
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embeddings.errors import ClusterUnavailable, ModelUnavailable

if TYPE_CHECKING:
    from embeddings.encoders.encoder import Encoder, EncoderIdentity
    from embeddings.encoders.sentence_encoder import SentenceEncoder
    from embeddings.preparing import RawFile

LoadEncoder = Callable[["EncoderIdentity"], "Encoder"]

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of glibc's malloc.h

_encoders: dict["EncoderIdentity", "Encoder"] = {}
_loading = threading.Lock()


@dataclass(frozen=True)
class ReadWork:
    """Files to read."""

    files: "Sequence[RawFile]"
    versions: Sequence[str]
    """Of the code that the writer expects to read each of them."""


@dataclass(frozen=True)
class EncodeWork:
    """Texts to encode."""

    texts: Sequence[str]
    identity: "EncoderIdentity"
    """Of the index's encoder."""
    load: LoadEncoder
    """Loads it, once in each process."""


def read(packed: bytes) -> bytes:
    """Return the outcomes of a pickled `ReadWork`, pickled.

    Raises:
        ClusterUnavailable: this worker has another version of the code.
    """
    from embeddings.documents.versions import versions_for
    from embeddings.preparing import prepare

    work: ReadWork = pickle.loads(packed)
    own = [versions_for(file.path) for file in work.files]
    if own != list(work.versions):
        raise ClusterUnavailable(
            f"{_here()} reads files with another version of this program.", "Install the same version everywhere."
        )
    outcomes = [prepare(file) for file in work.files]
    for outcome in outcomes:
        for each in getattr(outcome, "cuts", None) or ():
            each.keys  # noqa: B018 - computed here, sent with the rest
    return pickle.dumps(outcomes, pickle.HIGHEST_PROTOCOL)


def encode(packed: bytes) -> bytes:
    """Return the vectors of a pickled `EncodeWork`, pickled: (texts, dimension).

    Raises:
        ClusterUnavailable: this worker has not the encoder of the index.
    """
    work: EncodeWork = pickle.loads(packed)
    with _loading:
        if work.identity not in _encoders:
            _encoders[work.identity] = _loaded(work)
    return pickle.dumps(_encoders[work.identity].encode_documents(work.texts), pickle.HIGHEST_PROTOCOL)


def load_encoder(identity: "EncoderIdentity") -> "SentenceEncoder":
    """Load the encoder of an index, on a GPU in bfloat16 where there is one."""
    import torch

    from embeddings.encoders.sentence_encoder import SentenceEncoder

    _keep_freed_memory()
    return SentenceEncoder.recorded(identity, device="cuda" if torch.cuda.is_available() else "cpu")


def _keep_freed_memory() -> None:
    """Undo MALLOC_TRIM_THRESHOLD_, by which Dask's workers give freed memory back at once: PyTorch would ask for it again in every layer.

    Encoding takes 1.7 times the processor time otherwise. Only glibc has the setting.
    """
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_M_TRIM_THRESHOLD, 1 << 28)
        mallopt(_M_MMAP_THRESHOLD, 1 << 25)


def _loaded(work: EncodeWork) -> "Encoder":
    try:
        encoder = work.load(work.identity)
    except ModelUnavailable as error:
        raise ClusterUnavailable(f"{_here()}: {error.what}", "Install the encoder on every worker.") from error
    if encoder.identity != work.identity:
        raise ClusterUnavailable(
            f"{_here()} has other weights of the encoder {work.identity.name}.", "Install the same everywhere."
        )
    return encoder


def _here() -> str:
    from distributed import get_worker

    return f"The worker {get_worker().address}"
