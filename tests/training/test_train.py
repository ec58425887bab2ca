import json
import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from qa_app.reading.base import ENGLISH, WEIGHTS
from qa_app.reading.inputs import Batch
from qa_app.reading.model import load_model, new_model, save_model
from tests.qa_app.reading.networks import reader_of
from tests.qa_app.values_made import passage
from tests.training.conftest import CONFIG, Data
from tests.training.towns import history, nature
from training import draw
from training.batches import Example
from training.config import TrainConfig
from training.drawn import DrawnBatches, write_batches
from training.examples import TrainingSet
from training.loss import Target
from training.train import MasterWeights, Schedule, Setting, main, rate, train

SHORT = replace(CONFIG, questions=48)  # six steps; an epoch has four


def losses(folder: Path) -> list[float]:
    return [json.loads(line)["loss"] for line in (folder / "log.jsonl").read_text().splitlines()]


def weights(folder: Path, kind: str = "weights") -> dict[str, torch.Tensor]:
    found: dict[str, torch.Tensor] = torch.load(folder / "checkpoint.pt", weights_only=True)[kind]
    return found


def test_progress_is_the_larger_of_questions_and_time() -> None:
    assert [Schedule(4, 100.0, None).progress(step, 1e9) for step in range(6)] == [0.0, 0.25, 0.5, 0.75, 1.0, 1.0]
    timed = Schedule(4, 100.0, 200.0)
    assert timed.progress(0, 150.0) == 0.5
    assert timed.progress(3, 150.0) == 0.75
    assert timed.progress(0, 300.0) == 1.0


def test_the_learning_rate_warms_up_then_falls_to_zero() -> None:
    rates = [rate(step, step / 100, warmup_steps=10, decay_share=1.0) for step in range(101)]
    assert rates[0] == pytest.approx(0.1)
    assert int(np.argmax(rates)) == 9
    assert (np.diff(rates[:10]) > 0).all()
    assert (np.diff(rates[9:]) < 0).all()
    assert rates[-1] == 0.0


def test_the_learning_rate_is_constant_until_the_last_part_of_the_run() -> None:
    rates = [rate(step, step / 100, warmup_steps=10, decay_share=0.3) for step in range(101)]
    assert rates[9:71] == [1.0] * 62
    assert rates[85] == pytest.approx(0.5)
    assert rates[-1] == 0.0


def test_steps_too_small_for_bfloat16_are_not_lost() -> None:
    model = new_model(ENGLISH).to(torch.bfloat16)
    head = model.span_head.weight
    head.data.fill_(1.0)
    master = MasterWeights(model, TrainConfig(head_learning_rate=1e-6, weight_decay=0.0, average_decay=0.0))
    for _ in range(5):
        head.grad = torch.ones_like(head)
        master.take_gradients()
        master.step(1.0)
    assert (head == 1.0).all()
    assert master.export(ENGLISH).span_head.weight.flatten().tolist() == pytest.approx(
        [1 - 5e-6] * head.numel(), abs=1e-6
    )


def test_the_written_weights_are_a_moving_average() -> None:
    model = new_model(ENGLISH)
    head = model.span_head.weight
    head.data.fill_(1.0)
    master = MasterWeights(model, TrainConfig(head_learning_rate=0.1, weight_decay=0.0, average_decay=0.75))
    for _ in range(2):  # AdamW's first steps have the size of the learning rate: 1.0, 0.9, 0.8
        head.grad = torch.ones_like(head)
        master.take_gradients()
        master.step(1.0)
    average = 0.75 * (0.75 * 1.0 + 0.25 * 0.9) + 0.25 * 0.8
    assert master.export(ENGLISH).span_head.weight.flatten().tolist() == pytest.approx(
        [average] * head.numel(), abs=1e-4
    )


def test_gradients_of_micro_batches_add_up() -> None:
    model = new_model(ENGLISH)
    master = MasterWeights(model, CONFIG)
    bias = model.span_head.bias
    for value in (1.0, 2.0):
        bias.grad = torch.full_like(bias, value)
        master.take_gradients()
        assert bias.grad is None
    (high,) = [high for name, high in master.state()["weights"].items() if name == "span_head.bias"]
    assert high.grad.tolist() == [3.0, 3.0]


def test_the_loss_falls(trained: Path) -> None:
    found = losses(trained)
    assert len(found) == CONFIG.questions // CONFIG.batch_questions
    assert np.mean(found[-10:]) < 0.2 * np.mean(found[:5])


def test_word_embeddings_stay_the_encoders(trained: Path) -> None:
    assert not any("word_embeddings" in name for name in weights(trained))
    model = load_model(trained / "reader", bfloat16=False)
    assert torch.equal(
        model.bert.embeddings.word_embeddings.weight, new_model(ENGLISH).bert.embeddings.word_embeddings.weight
    )


def test_the_saved_reader_has_the_checkpoints_averages_in_float16(trained: Path) -> None:
    saved, kept = load_file(trained / "reader" / WEIGHTS), weights(trained, "averages")
    assert saved.keys() == kept.keys()
    assert all(torch.equal(saved[name], kept[name].half()) for name in saved)


def test_the_trained_reader_finds_the_answers(data: Data, trained: Path, tmp_path: Path) -> None:
    town = data.train_towns[0]
    save_model(load_model(trained / "reader", bfloat16=False), tmp_path, ENGLISH)  # a second round trip
    reader = reader_of(load_model(tmp_path, bfloat16=False))
    document = f"{history(town)}\n\n{nature(town)}"
    asked = [passage(history(town)), passage(nature(town), start=len(history(town)) + 2, chunk_id=2)]
    for question, answer in (
        (f"In what year was {town.name} founded?", town.year),
        (f"Who founded {town.name}?", town.founder),
        (f"Which river flows through {town.name}?", town.river),
    ):
        best = reader.read(question, asked)[0]
        assert best.short is not None
        assert document[slice(*best.short)] == answer


def stopping_at(training_set: TrainingSet, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send the process SIGTERM while it prepares a step, before which it stops."""
    taken = 0
    original = training_set.micro_batches

    def micro_batches(examples: Sequence[Example]) -> Iterator[tuple[Batch, list[Target]]]:
        nonlocal taken
        taken += 1
        if taken == step:
            os.kill(os.getpid(), signal.SIGTERM)
        return original(examples)

    monkeypatch.setattr(training_set, "micro_batches", micro_batches)


@pytest.mark.usefixtures("sigterm")
def test_a_resumed_run_gives_the_same_weights_as_an_uninterrupted_one(
    training_set: TrainingSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(training_set, tmp_path / "through", SHORT, Setting())
    with monkeypatch.context() as patch:
        stopping_at(training_set, 6, patch)
        train(training_set, tmp_path / "stopped", SHORT, Setting())
    assert len(losses(tmp_path / "stopped")) == 5
    train(training_set, tmp_path / "stopped", SHORT, Setting())
    assert losses(tmp_path / "stopped") == losses(tmp_path / "through")
    through, stopped = weights(tmp_path / "through"), weights(tmp_path / "stopped")
    assert all(torch.equal(through[name], stopped[name]) for name in through)
    assert (tmp_path / "through" / "reader" / WEIGHTS).read_bytes() == (
        tmp_path / "stopped" / "reader" / WEIGHTS
    ).read_bytes()


@pytest.mark.usefixtures("sigterm")
def test_a_finished_run_is_not_resumed(trained: Path, training_set: TrainingSet, tmp_path: Path) -> None:
    (tmp_path / "checkpoint.pt").write_bytes((trained / "checkpoint.pt").read_bytes())
    train(training_set, tmp_path, CONFIG, Setting())
    assert not (tmp_path / "log.jsonl").exists()
    before, after = weights(trained), weights(tmp_path)
    assert all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.usefixtures("sigterm")
def test_training_starts_from_another_reader_if_one_is_given(
    trained: Path, training_set: TrainingSet, tmp_path: Path
) -> None:
    standing_still = replace(CONFIG, questions=CONFIG.batch_questions, learning_rate=0.0, head_learning_rate=0.0)
    train(training_set, tmp_path, standing_still, Setting(start=trained / "reader"))
    saved, start = load_file(tmp_path / "reader" / WEIGHTS), load_file(trained / "reader" / WEIGHTS)
    # If the processor has bfloat16, the master copies start from bfloat16 weights.
    assert all(torch.allclose(saved[name].float(), start[name].float(), rtol=2**-8, atol=1e-6) for name in start)


@pytest.mark.usefixtures("sigterm")
def test_the_clock_can_end_a_run_before_all_questions_are_read(training_set: TrainingSet, tmp_path: Path) -> None:
    train(training_set, tmp_path, replace(CONFIG, questions=10_000), Setting(), until=time.time() + 1)
    rows: list[dict[str, Any]] = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert 0 < len(rows) < 10_000 // CONFIG.batch_questions
    assert all(one["progress"] <= other["progress"] for one, other in pairwise(rows))
    assert (tmp_path / "reader" / WEIGHTS).exists()


@pytest.mark.usefixtures("sigterm")
def test_the_command_applies_its_arguments(data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = [
        *("train", str(data.train), str(tmp_path / "run"), "--own-words", str(data.train)),
        *("--questions", "32", "--seed", "3", "--own-words-share", "0.5", "--swapped-share", "0"),
    ]
    monkeypatch.setattr("sys.argv", arguments)
    main()
    written = json.loads((tmp_path / "run" / "config.json").read_text())
    assert (written["train"]["questions"], written["train"]["seed"]) == (32, 3)
    assert (written["mix"]["own_words_share"], written["mix"]["swapped_share"]) == (0.5, 0.0)
    assert torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)["step"] == 1
    load_model(tmp_path / "run" / "reader")


@pytest.mark.usefixtures("sigterm")
def test_a_reader_is_trained_from_drawn_batches_by_teachers_and_checked(
    trained: Path, training_set: TrainingSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_batches(training_set, tmp_path / "drawn.npz", buckets=2)
    drawn = DrawnBatches(tmp_path / "drawn.npz", CONFIG)
    setting = Setting(trained / "reader", [trained / "reader"], drawn, workers=1)
    train(drawn, tmp_path / "student", replace(SHORT, learning_rate=1e-5, dropout=0.1), setting)
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])["check"]
    assert figures["exact"] > 0.8
    assert figures["auroc_right"] > 0.8
    assert len(losses(tmp_path / "student")) == 6


@pytest.mark.usefixtures("sigterm")
def test_the_command_draws_a_file_and_trains_with_it(
    data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "drawn.npz"
    sizes = ("--questions", "32", "--bucket-batches", "2", "--batch-questions", "16")
    monkeypatch.setattr("sys.argv", ["draw", str(data.train), str(file), *sizes])
    draw.main()
    monkeypatch.setattr("sys.argv", ["train", str(file), str(tmp_path / "run"), *sizes])
    main()
    load_model(tmp_path / "run" / "reader")
