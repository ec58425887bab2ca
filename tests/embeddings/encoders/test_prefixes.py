from dataclasses import replace

import numpy as np
import pytest

from embeddings.encoders.prefixes import Prefixes, given_prefixes, known_prefixes
from embeddings.encoders.sentence_encoder import SentenceEncoder


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("intfloat/multilingual-e5-large", "query: "),
        ("/models/e5-small-v2/", "query: "),
        ("BAAI/bge-base-en-v1.5", "Represent this sentence for searching relevant passages: "),
        ("nomic-ai/nomic-embed-text-v1.5", "search_query: "),
    ],
)
def test_a_published_model_is_known_by_the_last_part_of_its_name(name: str, query: str) -> None:
    known = known_prefixes(name)
    assert known is not None
    assert known.query == query


@pytest.mark.parametrize("name", ["all-MiniLM-L6-v2", "e5-small/mine", "some-e5-small", ""])
def test_other_models_are_not(name: str) -> None:
    assert known_prefixes(name) is None


def test_prefixes_are_encoded_with_the_text_and_part_of_the_identity(encoder: SentenceEncoder) -> None:
    prefixed = encoder.with_prefixes(Prefixes("ask: ", "text: "))
    assert np.allclose(prefixed.encode_query("harbour"), encoder.encode_query("ask: harbour"), atol=1e-5)
    assert np.allclose(prefixed.encode_documents(["harbour"]), encoder.encode_documents(["text: harbour"]), atol=1e-5)
    assert given_prefixes(prefixed.identity) == Prefixes("ask: ", "text: ")
    assert given_prefixes(encoder.identity) is None
    assert encoder.prefixes == Prefixes("", "")


def test_the_recorded_encoder_has_the_recorded_prefixes(encoder: SentenceEncoder) -> None:
    record = replace(encoder.identity, query_prefix="ask: ", passage_prefix="")
    assert SentenceEncoder.recorded(record).identity == record
