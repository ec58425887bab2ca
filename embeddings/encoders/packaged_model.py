"""The packaged encoders' models, without sentence-transformers, whose import would take longer than all the rest of a start."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor

from embeddings.encoders.bert import Bert, BertShape
from embeddings.encoders.packed_model import PackedModel


class PackagedModel:
    """A BERT with mean pooling, with the part of a `SentenceTransformer` that `SentenceEncoder` uses, and the same vectors."""

    def __init__(self, bert: Bert, dimension: int, tokenizer: Tokenizer, prompts: Mapping[str, str]) -> None:
        self._bert = bert.eval()
        self._dimension = dimension
        self._tokenizer = tokenizer
        self.prompts = dict(prompts)

    def to(self, device: str) -> "PackagedModel":
        """Move it to a device, and return it."""
        self._bert.to(device)
        return self

    def get_embedding_dimension(self) -> int:
        return self._dimension

    def preprocess(self, texts: Sequence[str], prompt: str | None, task: str) -> dict[str, Tensor]:
        """Return the token ids and the attention mask, (texts, tokens) each; 0 for padding."""
        encodings = self._tokenizer.encode_batch([f"{prompt or ''}{text}" for text in texts])
        return {
            "input_ids": torch.tensor([e.ids for e in encodings]),
            "attention_mask": torch.tensor([e.attention_mask for e in encodings]),
        }

    def __call__(self, features: dict[str, Any], task: str) -> dict[str, Tensor]:
        """Return `sentence_embedding`, (texts, dimension): the mean over the tokens, normalized, in float32."""
        tokens, attended = features["input_ids"], features["attention_mask"]
        hidden = self._bert(tokens, torch.zeros_like(tokens), attended.bool()).float()
        counted = attended.unsqueeze(-1).float()
        mean = (hidden * counted).sum(dim=1) / counted.sum(dim=1).clamp(min=1e-9)
        return {"sentence_embedding": torch.nn.functional.normalize(mean, dim=1)}


def load_folder(folder: Path, bfloat16: bool) -> PackagedModel:
    """Load all-MiniLM-L6-v2 from its publisher's files.

    Raises:
        OSError, ValueError, KeyError, RuntimeError, SafetensorError: a file is missing or damaged.
    """
    shape = BertShape.of(folder)
    weights = load_file(folder / "model.safetensors")
    bert = Bert(shape, fused_attention=True)
    bert.load_state_dict({name: weights[name] for name in bert.state_dict()})
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    settings = json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))
    tokenizer.enable_truncation(settings["max_seq_length"])
    tokenizer.enable_padding()
    return PackagedModel(bert.to(_dtype(bfloat16)), shape.hidden_size, tokenizer, {})


def load_packed(file: Path, bfloat16: bool) -> PackagedModel:
    """Load multilingual-e5-small from its packed file. It was trained with these words before each text.

    Raises:
        OSError, ValueError, KeyError, RuntimeError, struct.error: the file is missing or damaged.
    """
    packed = PackedModel(file)
    with torch.device("meta"):  # no random weights are made first
        bert = Bert(packed.shape, fused_attention=True)
    bert.load_state_dict(dict(packed.weights(_dtype(bfloat16))), assign=True)
    prompts = {"query": "query: ", "passage": "passage: "}
    return PackagedModel(bert, packed.shape.hidden_size, packed.tokenizer(), prompts)


def _dtype(bfloat16: bool) -> torch.dtype:
    return torch.bfloat16 if bfloat16 else torch.float32
