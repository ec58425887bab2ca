import hashlib
import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from embeddings.encoders.packaged import PACKAGED_SHA256, packaged_folder
from embeddings.errors import ModelUnavailable
from qa_app.reading.base import ENGLISH, WEIGHTS
from qa_app.reading.inputs import Batch, Row
from qa_app.reading.model import MANIFEST, ReaderModel, Scores, load_model, save_model
from qa_app.reading.span_reader import open_reader

QUESTION = "Where is rain collected?"
TEXTS = [
    "Rain.",
    "The city collects rain in tanks below its streets. " * 4,
    "A bakery opened in spring, and many people came to look at it.",
    "Nobody collected anything at all.",
]


@pytest.fixture
def folder(reader_folder: Path, tmp_path: Path) -> Path:
    """A reader's folder that a test may damage."""
    return Path(shutil.copytree(reader_folder, tmp_path / "reader"))


def batch_of(texts: list[str]) -> Batch:
    tokenizer = ENGLISH.tokenizer()
    question, title, *windows = (text.ids for text in tokenizer.encode([QUESTION, "Water", *texts]))
    return tokenizer.collate([Row(question, title, window) for window in windows])


@torch.inference_mode()
def scores_of(model: ReaderModel, texts: list[str] = TEXTS) -> Scores:
    scores: Scores = model(batch_of(texts))
    return scores


def assert_alike(one: Scores, other: Scores, tolerance: float) -> None:
    for name in ("start", "end", "relevance", "none"):
        torch.testing.assert_close(getattr(one, name), getattr(other, name), rtol=0, atol=tolerance)


def test_saved_and_loaded_weights_give_the_same_scores_except_for_rounding(
    untrained: ReaderModel, loaded: ReaderModel
) -> None:
    scores = scores_of(untrained)
    assert scores.start.std() > 0.1  # otherwise the tolerance would prove nothing
    assert_alike(scores, scores_of(loaded), tolerance=0.01)


def test_weights_that_were_loaded_and_saved_again_are_the_same_bytes(
    loaded: ReaderModel, reader_folder: Path, tmp_path: Path
) -> None:
    assert (
        save_model(loaded, tmp_path, ENGLISH).weights_sha256
        == json.loads((reader_folder / MANIFEST).read_text())["weights_sha256"]
    )
    assert (tmp_path / WEIGHTS).read_bytes() == (reader_folder / WEIGHTS).read_bytes()


def test_word_embeddings_are_the_encoders_and_not_in_the_file(loaded: ReaderModel, reader_folder: Path) -> None:
    saved = load_file(reader_folder / WEIGHTS)
    assert not any("word_embeddings" in name for name in saved)
    assert {tensor.dtype for tensor in saved.values()} == {torch.float16}
    encoder = load_file(packaged_folder() / "model.safetensors")["embeddings.word_embeddings.weight"]
    assert torch.equal(loaded.bert.embeddings.word_embeddings.weight, encoder.float())


def test_the_manifest_names_the_weights_and_the_encoder(reader_folder: Path) -> None:
    assert json.loads((reader_folder / MANIFEST).read_text()) == {
        "weights_sha256": hashlib.sha256((reader_folder / WEIGHTS).read_bytes()).hexdigest(),
        "encoder_sha256": PACKAGED_SHA256,
        "encoder": "all-MiniLM-L6-v2",
        "shared_layers": 0,
        "languages": ["en"],
    }


def test_a_loaded_network_has_the_requested_precision(reader_folder: Path, loaded: ReaderModel) -> None:
    assert {p.dtype for p in loaded.parameters()} == {torch.float32}
    low = load_model(reader_folder, bfloat16=True)
    assert {p.dtype for p in low.parameters()} == {torch.bfloat16}
    assert {tensor.dtype for tensor in vars(scores_of(low)).values()} == {torch.float32}
    assert_alike(scores_of(low), scores_of(loaded), tolerance=0.2)


def test_scores_are_the_same_every_time(loaded: ReaderModel) -> None:
    assert_alike(scores_of(loaded), scores_of(loaded), tolerance=0.0)


def test_other_inputs_in_the_batch_do_not_change_scores(loaded: ReaderModel) -> None:
    together = scores_of(loaded)
    for i, text in enumerate(TEXTS):
        alone = scores_of(loaded, [text])
        width = alone.start.shape[1]
        own = Scores(
            together.start[i : i + 1, :width],
            together.end[i : i + 1, :width],
            together.relevance[i : i + 1],
            together.none[i : i + 1],
        )
        assert_alike(alone, own, tolerance=1e-4)


def test_several_threads_at_once_get_the_same_scores(loaded: ReaderModel) -> None:
    expected = scores_of(loaded)
    with ThreadPoolExecutor(4) as pool:
        for scores in pool.map(lambda _: scores_of(loaded), range(8)):
            assert_alike(scores, expected, tolerance=1e-6)


def with_fitting_hash(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["weights_sha256"] = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(manifest))


def remove(file: Path) -> None:
    file.unlink()


def make_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def empty(file: Path) -> None:
    file.write_bytes(b"")


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def flip_a_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("spoil", [remove, make_folder, empty, truncate, flip_a_bit])
def test_weights_that_are_not_the_saved_ones_are_refused_with_their_name_and_the_next_step(
    folder: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(folder / WEIGHTS)
    with pytest.raises(ModelUnavailable) as caught:
        load_model(folder)
    assert str(folder / WEIGHTS) in caught.value.what
    assert "training/README.md" in caught.value.next_step


def too_few_layers(file: Path) -> None:
    save_file({name: tensor for name, tensor in load_file(file).items() if ".layer.5." not in name}, file)


def too_many_layers(file: Path) -> None:
    state = load_file(file)
    more = {name.replace(".layer.5.", ".layer.6."): tensor.clone() for name, tensor in state.items()}
    save_file(state | more, file)


def other_width(file: Path) -> None:
    save_file({name: tensor[..., :8].contiguous() for name, tensor in load_file(file).items()}, file)


def other_names(file: Path) -> None:
    save_file({f"roberta.{name}": tensor for name, tensor in load_file(file).items()}, file)


def no_safetensors(file: Path) -> None:
    file.write_bytes(b"garbage" * 100)


@pytest.mark.parametrize(
    "replace", [too_few_layers, too_many_layers, other_width, other_names, no_safetensors, truncate, empty]
)
def test_another_architecture_is_refused_in_one_line_although_the_hash_fits(
    folder: Path, replace: Callable[[Path], None]
) -> None:
    replace(folder / WEIGHTS)
    with_fitting_hash(folder)
    with pytest.raises(ModelUnavailable) as caught:
        load_model(folder)
    assert f"{folder / WEIGHTS} do not fit the reader" in caught.value.what
    assert "\n" not in str(caught.value)
    assert "training/README.md" in caught.value.next_step


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        "{",
        "[]",
        "7",
        "null",
        "{}",
        '{"weights_sha256": "a"}',
        '{"weights_sha256": "a", "encoder_sha256": "b", "more": 1}',
        "\udcff",
    ],
)
def test_a_missing_or_malformed_manifest_is_refused_with_its_name_and_the_next_step(
    folder: Path, content: str | None
) -> None:
    if content is None:
        (folder / MANIFEST).unlink()
    else:
        (folder / MANIFEST).write_text(content, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(ModelUnavailable) as caught:
        load_model(folder)
    assert str(folder / MANIFEST) in caught.value.what
    assert "training/README.md" in caught.value.next_step


def test_a_reader_made_from_another_encoder_is_refused_with_the_command_to_repair_it(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | {"encoder_sha256": "0" * 64}))
    with pytest.raises(ModelUnavailable, match="not the one that the reader in") as caught:
        load_model(folder)
    assert "pip install" in caught.value.next_step


def test_a_reader_is_opened_only_with_its_calibration(folder: Path) -> None:
    open_reader(folder)
    (folder / "calibration.json").unlink()
    with pytest.raises(ModelUnavailable, match=r"calibration\.json"):
        open_reader(folder)


def test_a_missing_folder_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        open_reader(tmp_path / "none")
    assert str(tmp_path / "none") in caught.value.what
