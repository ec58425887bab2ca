import json
from pathlib import Path

import numpy as np
import pytest

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.errors import ModelUnavailable
from qa_app.routing.acts import BEYOND, FACT, WEIGHTS, open_acts
from tests.fakes import WordEncoder


def test_messages_in_words_of_their_own(encoder: SentenceEncoder) -> None:
    acts = open_acts()
    assert acts.reads(encoder.identity) and not acts.reads(WordEncoder().identity)
    for message, act in [
        ("hello folks", "greeting"),
        ("thanks a million", "thanks"),
        ("are you absolutely certain about it?", "sure"),
        ("where did you come across that?", "source"),
        ("do you speak Icelandic?", "language"),
        ("wake me at seven tomorrow", BEYOND),
        ("Which languages does the captain speak?", FACT),
        ("How tall is the tower of Lund?", FACT),
        ("And who built it?", FACT),
        ("cost?", FACT),
    ]:
        found, share = acts.likeliest(encoder.encode_query(message))
        assert found == act and share > 0.5, (message, found, share)


def test_probabilities_stay_finite(encoder: SentenceEncoder) -> None:
    _, share = open_acts().likeliest(np.full(encoder.identity.dimension, 1e3, dtype=np.float32))
    assert 0 < share <= 1


@pytest.mark.parametrize("change", [{"bias": [0.0]}, {"weights": [[1.0]]}, {"acts": ["fact"]}, {"weights": "x"}])
def test_a_damaged_file_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    values = {
        "encoder_sha256": "0",
        "acts": ["fact", "thanks"],
        "weights": [[0.1, 0.2], [0.3, 0.4]],
        "bias": [0.0, 1.0],
    }
    (tmp_path / WEIGHTS).write_text(json.dumps(values))
    assert open_acts(tmp_path).acts == ("fact", "thanks")
    (tmp_path / WEIGHTS).write_text(json.dumps(values | change))
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        open_acts(tmp_path)
