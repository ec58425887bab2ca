"""BERT (Devlin et al. 2019, arXiv 1810.04805), the network of the packaged encoder and of the reader, for inference and training.

transformers has it too, but importing it would take longer than all the rest of a start. The modules have the names of the published
weights, and compute the same in the same order.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class BertShape:
    """What of a model's `config.json` is needed. Its activation is "gelu"."""

    vocab_size: int
    max_position_embeddings: int
    type_vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    layer_norm_eps: float

    @classmethod
    def of(cls, folder: Path) -> "BertShape":
        """Read the `config.json` of a model folder."""
        values = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return cls(**{name: values[name] for name in cls.__dataclass_fields__})


class Bert(nn.Module):
    """N texts of T tokens in, (N, T, hidden) out."""

    def __init__(self, shape: BertShape, *, fused_attention: bool, dropout: float = 0.0) -> None:
        """Make the network, with random weights.

        Args:
            shape: the sizes.
            fused_attention: compute attention in one operation, `scaled_dot_product_attention`. Forward and backward in
                bfloat16 on two cores are faster without it: 42 passages/s against 25.
            dropout: share of values set to zero in training, 0..1, where the paper does it: in the embeddings, in what each
                part of a layer adds, and in the attention's weights if it is fused.
        """
        super().__init__()
        self.embeddings = _Embeddings(shape, dropout)
        layers = (_Layer(shape, fused_attention, dropout) for _ in range(shape.num_hidden_layers))
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(layers)})

    def forward(self, tokens: Tensor, types: Tensor, attended: Tensor) -> Tensor:
        """Return the last layer's output.

        Args:
            tokens: (N, T), integers.
            types: (N, T), integers: which of two texts a token belongs to.
            attended: (N, T), bool: False for padding.
        """
        hidden: Tensor = self.embeddings(tokens, types)
        # Looking whether there is padding would make the processor wait for an accelerator at every batch.
        whole = attended.device.type == "cpu" and bool(attended.all())
        mask = None if whole else attended[:, None, None, :].expand(-1, 1, tokens.shape[1], -1)
        for layer in self.encoder["layer"].children():
            hidden = layer(hidden, mask)
        return hidden


class _Embeddings(nn.Module):
    def __init__(self, shape: BertShape, dropout: float) -> None:
        super().__init__()
        self._dropout = dropout
        self.word_embeddings = nn.Embedding(shape.vocab_size, shape.hidden_size, padding_idx=0)
        self.position_embeddings = nn.Embedding(shape.max_position_embeddings, shape.hidden_size)
        self.token_type_embeddings = nn.Embedding(shape.type_vocab_size, shape.hidden_size)
        self.LayerNorm = nn.LayerNorm(shape.hidden_size, eps=shape.layer_norm_eps)

    def forward(self, tokens: Tensor, types: Tensor) -> Tensor:
        positions = torch.arange(tokens.shape[1], device=tokens.device)
        found = self.word_embeddings(tokens) + self.token_type_embeddings(types) + self.position_embeddings(positions)
        return functional.dropout(self.LayerNorm(found), self._dropout, self.training)


class _Layer(nn.Module):
    def __init__(self, shape: BertShape, fused_attention: bool, dropout: float) -> None:
        super().__init__()
        self.attention = nn.ModuleDict(
            {"self": _Attention(shape, fused_attention, dropout), "output": _Output(shape.hidden_size, shape, dropout)}
        )
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(shape.hidden_size, shape.intermediate_size)})
        self.output = _Output(shape.intermediate_size, shape, dropout)

    def forward(self, hidden: Tensor, mask: Tensor | None) -> Tensor:
        hidden = self.attention["output"](self.attention["self"](hidden, mask), hidden)
        output: Tensor = self.output(functional.gelu(self.intermediate["dense"](hidden)), hidden)
        return output


class _Attention(nn.Module):
    def __init__(self, shape: BertShape, fused: bool, dropout: float) -> None:
        super().__init__()
        self.query = nn.Linear(shape.hidden_size, shape.hidden_size)
        self.key = nn.Linear(shape.hidden_size, shape.hidden_size)
        self.value = nn.Linear(shape.hidden_size, shape.hidden_size)
        self._heads = shape.num_attention_heads
        self._fused = fused
        self._dropout = dropout

    def forward(self, hidden: Tensor, mask: Tensor | None) -> Tensor:
        query, key, value = (
            part(hidden).unflatten(-1, (self._heads, -1)).transpose(1, 2) for part in (self.query, self.key, self.value)
        )  # (N, heads, T, hidden / heads) each
        if self._fused:
            dropped = self._dropout if self.training else 0.0
            attended = functional.scaled_dot_product_attention(query, key, value, mask, dropped)
        else:
            attended = _attend(query, key, value, mask)
        return attended.transpose(1, 2).flatten(2)


def _attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
    scores = torch.matmul(query, key.transpose(2, 3)) * query.shape[-1] ** -0.5  # (N, heads, T, T)
    if mask is not None:
        lowest = torch.finfo(scores.dtype).min
        scores = scores + torch.zeros_like(mask, dtype=scores.dtype).masked_fill(~mask, lowest)
    return torch.matmul(functional.softmax(scores, dim=-1), value)


class _Output(nn.Module):
    """Back to the hidden size, added to what came in."""

    def __init__(self, size: int, shape: BertShape, dropout: float) -> None:
        super().__init__()
        self._dropout = dropout
        self.dense = nn.Linear(size, shape.hidden_size)
        self.LayerNorm = nn.LayerNorm(shape.hidden_size, eps=shape.layer_norm_eps)

    def forward(self, changed: Tensor, hidden: Tensor) -> Tensor:
        added = functional.dropout(self.dense(changed), self._dropout, self.training)
        output: Tensor = self.LayerNorm(added + hidden)
        return output
