"""The packaged encoder's model, without sentence-transformers, whose import would take longer than all the rest of a start."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor

from embeddings.encoders.bert import Bert, BertShape


class PackagedModel:
    """all-MiniLM-L6-v2, with the part of a `SentenceTransformer` that `SentenceEncoder` uses, and the same vectors."""

    def __init__(self, folder: Path, bfloat16: bool) -> None:
        """Load the files in `folder`.

        Raises:
            OSError, ValueError, RuntimeError, SafetensorError: a file is missing or damaged.
        """
        shape = BertShape.of(folder)
        self._dimension = shape.hidden_size
        weights = load_file(folder / "model.safetensors")
        self._bert = Bert(shape, fused_attention=True)
        self._bert.load_state_dict({name: weights[name] for name in self._bert.state_dict()})
        self._bert.to(torch.bfloat16 if bfloat16 else torch.float32).eval()
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        settings = json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))
        self._tokenizer.enable_truncation(settings["max_seq_length"])
        self._tokenizer.enable_padding()
        self.prompts: dict[str, str] = {}

    def get_embedding_dimension(self) -> int:
        return self._dimension

    def preprocess(self, texts: Sequence[str], prompt: str | None, task: str) -> dict[str, Tensor]:
        """Return the token ids and the attention mask, (texts, tokens) each; 0 for padding."""
        encodings = self._tokenizer.encode_batch(list(texts))
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
