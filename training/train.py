"""Train the reader. The same command resumes from the last checkpoint; SIGTERM writes one before it stops.

    python -m training.train data/prepared/squad data/runs/base --own-words data/prepared/fairytaleqa

The output folder receives `checkpoint.pt`, `log.jsonl` and, with every checkpoint, the weights in `reader/`.
"""

import argparse
import json
import signal
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from embeddings.encoders.sentence_encoder import has_native_bfloat16
from qa_app.reading.base import BASES, Base
from qa_app.reading.inputs import Batch
from qa_app.reading.model import ReaderModel, is_shared, load_model, new_model, save_model
from training.batches import Batches, Example
from training.check import check
from training.config import TrainConfig
from training.drawn import DrawnBatches
from training.examples import TrainingSet
from training.loss import (
    Targets,
    imitation_loss,
    reader_loss,
    relevance_loss,
    span_loss,
    span_probabilities,
    span_scores,
)
from training.moved import moved
from training.options import add_numbers, configs


@dataclass(frozen=True)
class Schedule:
    """Training progress, 0..1: by steps taken or by the clock, whichever is further."""

    steps: int
    started: float
    """Seconds since 1970."""
    until: float | None
    """Likewise. None ignores the clock."""

    def progress(self, step: int, now: float) -> float:
        by_clock = 0.0 if self.until is None else (now - self.started) / max(self.until - self.started, 1.0)
        return min(1.0, max(step / self.steps, by_clock))


def rate(step: int, progress: float, warmup_steps: int, decay_share: float) -> float:
    """Return the learning rate factor: rises from 0 during warm-up, is 1, and decays to 0 over the last `decay_share`."""
    return min(1.0, (step + 1) / warmup_steps, (1 - progress) / decay_share)


class MasterWeights:
    """Float32 copies of a bfloat16 model's trained weights: small steps would vanish in an 8-bit mantissa."""

    def __init__(self, model: ReaderModel, config: TrainConfig) -> None:
        self._config = config
        self._names, self._lows = zip(*((n, p) for n, p in model.named_parameters() if p.requires_grad), strict=True)
        self._highs = [nn.Parameter(low.detach().float().clone()) for low in self._lows]
        self._averages = [high.detach().clone() for high in self._highs]
        groups: dict[tuple[float, float], list[Tensor]] = {}
        for name, high in zip(self._names, self._highs, strict=True):
            lr = config.head_learning_rate if "_head." in name else config.learning_rate
            decay = config.weight_decay if high.ndim > 1 else 0.0
            groups.setdefault((lr, decay), []).append(high)
        self.optimizer = torch.optim.AdamW(
            [{"params": highs, "lr": lr, "weight_decay": decay, "peak": lr} for (lr, decay), highs in groups.items()],
            fused=True,
        )

    def take_gradients(self) -> None:
        """Add the gradients of one micro-batch to the float32 gradients, and clear them."""
        for low, high in zip(self._lows, self._highs, strict=True):
            if low.grad is not None:
                high.grad = low.grad.float() if high.grad is None else high.grad.add_(low.grad)
                low.grad = None

    def step(self, factor: float) -> None:
        """Take one optimizer step at `factor` of the peak learning rates, and copy the weights to the model.

        Their moving average is kept beside them: it reads better than the last weights while the learning rate is high
        (Polyak and Juditsky 1992).
        """
        torch.nn.utils.clip_grad_norm_(self._highs, self._config.gradient_norm)
        for group in self.optimizer.param_groups:
            group["lr"] = factor * group["peak"]
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        with torch.no_grad():
            torch._foreach_lerp_(self._averages, [*self._highs], 1 - self._config.average_decay)
        self._copy_to_model()

    def state(self) -> dict[str, Any]:
        return {
            "weights": dict(zip(self._names, self._highs, strict=True)),
            "averages": dict(zip(self._names, self._averages, strict=True)),
            "optimizer": self.optimizer.state_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        with torch.no_grad():
            for name, high, average in zip(self._names, self._highs, self._averages, strict=True):
                high.copy_(state["weights"][name])
                average.copy_(state["averages"][name])
        self.optimizer.load_state_dict(state["optimizer"])
        self._copy_to_model()

    def export(self, base: Base) -> ReaderModel:
        """Return a float32 model with the averaged weights."""
        model = new_model(base)
        model.load_state_dict(dict(zip(self._names, self._averages, strict=True)), strict=False)
        return model

    @torch.no_grad()
    def _copy_to_model(self) -> None:
        torch._foreach_copy_([*self._lows], [*self._highs])


@dataclass(frozen=True)
class Setting:
    """What beside the questions a reader is trained with."""

    start: Path | None = None
    """Folder of a reader to start from; None starts from the encoder."""
    teachers: Sequence[Path] = ()
    """Folders of readers of the same base, whose mean probabilities are imitated."""
    check: Batches | None = None
    """Questions to check the reader with at the end; all of one bucket."""
    device: str = "cpu"
    workers: int = 0
    """Processes that prepare batches. 0: the training does."""


def train(
    training_set: Batches, folder: Path, config: TrainConfig, setting: Setting, until: float | None = None
) -> None:
    """Train until `config.questions` questions have been read or the time `until` is reached.

    Args:
        training_set: the questions.
        folder: for the checkpoint, the log and the weights. Training resumes from a checkpoint found there.
        config: batch sizes, learning rates and so on.
        setting: what to start from, teachers, the device.
        until: seconds since 1970.
    """
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(config.seed)
    base = BASES[config.base]
    device = torch.device(setting.device)
    reader = _network(base, setting.start, device, config.dropout).train()
    teachers = [_network(base, folder, device, 0.0).eval() for folder in setting.teachers]
    for name, parameter in reader.named_parameters():
        parameter.requires_grad_(not is_shared(name, config.frozen_layers))
    master = MasterWeights(reader, config)
    schedule, step = Schedule(max(1, config.questions // config.batch_questions), time.time(), until), 0
    place = (0, 0)
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        master.restore(state)
        torch.set_rng_state(state["random"])
        schedule, step, place = Schedule(schedule.steps, state["started"], until), state["step"], state["place"]
    print(f"{len(training_set)} questions, step {step} of {schedule.steps}", flush=True)

    def save() -> None:
        progressed = {"step": step, "place": place, "started": schedule.started, "random": torch.get_rng_state()}
        state = {**master.state(), **progressed}
        temporary = checkpoint.with_suffix(".new")
        torch.save(state, temporary)
        temporary.replace(checkpoint)
        save_model(master.export(base), folder / "reader", base, config.frozen_layers)

    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda signum, frame: stopping.set())
    log = Log(folder / "log.jsonl", config)
    saved = time.monotonic()
    for following, batch in _loaded(training_set, place, setting):
        progress = schedule.progress(step, time.time())
        if progress >= 1.0 or stopping.is_set():
            break
        size = sum(targets.count for _, targets in batch)
        loss = torch.zeros((), device=device)
        for inputs, targets in batch:
            part = _loss(reader, teachers, moved(inputs, device), moved(targets, device), config) / size
            part.backward()  # type: ignore[no-untyped-call]
            master.take_gradients()
            loss += part.detach()
        master.step(rate(step, progress, config.warmup_steps, config.decay_share))
        step, place = step + 1, following
        log.add(step, progress, loss, size)
        if time.monotonic() - saved >= config.checkpoint_seconds:
            save()
            saved = time.monotonic()
    save()
    if setting.check is not None:
        figures = check(reader, setting.check, device)
        print(json.dumps({"check": asdict(figures)}), flush=True)


def _network(base: Base, folder: Path | None, device: torch.device, dropout: float) -> ReaderModel:
    """Return a network for training on a device: an untrained one, or with the weights in a folder."""
    accelerated = device.type != "cpu"
    network = new_model(base, fused_attention=accelerated, dropout=dropout)
    if folder:
        network.load_state_dict(load_model(folder, bfloat16=False).state_dict())
    return network.to(device, torch.bfloat16 if accelerated or has_native_bfloat16() else torch.float32)


def _loss(
    reader: ReaderModel, teachers: Sequence[ReaderModel], inputs: Batch, targets: Targets, config: TrainConfig
) -> Tensor:
    """Return the loss of a micro-batch, summed over its questions."""
    scores = reader(inputs)
    if not teachers:
        return reader_loss(scores, inputs, targets, config.relevance_weight)
    with torch.no_grad():
        taught = [span_probabilities(span_scores(one(inputs), inputs.answerable), targets) for one in teachers]
        mean = torch.stack(taught).mean(0)
    spans = span_scores(scores, inputs.answerable)
    own = (1 - config.imitation_weight) * span_loss(spans, targets)
    imitation = config.imitation_weight * imitation_loss(spans, mean, targets)
    return own + imitation + config.relevance_weight * relevance_loss(scores.relevance, targets)


Place = tuple[int, int]  # a bucket, and a batch in it
Parts = list[tuple[Batch, Targets]]  # the micro-batches of a batch


class _Stream(IterableDataset[tuple[Place, Parts]]):
    """Batches from a place on, each with the place of the next one; with several workers, each one's share of them."""

    def __init__(self, batches: Batches, place: Place) -> None:
        self._batches = batches
        self._place = place

    def __iter__(self) -> Iterator[tuple[Place, Parts]]:
        worker = get_worker_info()
        number, workers = (worker.id, worker.num_workers) if worker else (0, 1)
        for n, (following, batch) in enumerate(_batches_from(self._batches, *self._place)):
            if n % workers == number:
                yield following, [(inputs, Targets.of(its)) for inputs, its in self._batches.micro_batches(batch)]


def _loaded(batches: Batches, place: Place, setting: Setting) -> Iterable[tuple[Place, Parts]]:
    """Return the batches from a place on, in order."""
    stream = _Stream(batches, place)
    return DataLoader(stream, batch_size=None, num_workers=setting.workers) if setting.workers else stream


def _batches_from(batches: Batches, bucket: int, number: int) -> Iterator[tuple[Place, list[Example]]]:
    """Yield batches, bucket after bucket, starting at a batch of a bucket; with each the place of the next one."""
    while True:
        drawn = batches.batches(bucket)
        for i in range(number, len(drawn)):
            yield (bucket, i + 1), drawn[i]
        bucket, number = bucket + 1, 0


class Log:
    """Prints the mean loss and the speed at intervals, and appends them to a file."""

    def __init__(self, file: Path, config: TrainConfig) -> None:
        self._file = file
        self._seconds = config.log_seconds
        self._since = time.monotonic()
        self._losses: list[Tensor] = []
        self._questions = 0

    def add(self, step: int, progress: float, loss: Tensor, questions: int) -> None:
        """Record one step with its mean loss over the questions."""
        self._losses.append(loss)
        self._questions += questions
        seconds = time.monotonic() - self._since
        if seconds < self._seconds:
            return
        row = {
            "time": datetime.now().isoformat(timespec="seconds"),
            "step": step,
            "progress": round(progress, 4),
            "loss": round(float(torch.stack(self._losses).mean()), 4),
            "questions_per_second": round(self._questions / seconds, 2),
        }
        print(json.dumps(row), flush=True)
        with self._file.open("a") as lines:
            lines.write(json.dumps(row) + "\n")
        self._since, self._losses, self._questions = time.monotonic(), [], 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "data",
        type=Path,
        help="articles with answerable and unanswerable questions, from training.prepare; or from training.draw",
    )
    parser.add_argument("folder", type=Path, help="output folder: checkpoint, log, weights")
    parser.add_argument("--start", type=Path, help="folder of a reader to start from (default: the encoder)")
    parser.add_argument(
        "--own-words",
        action="append",
        default=[],
        type=Path,
        metavar="FOLDER",
        help="questions in other words than the text's, from training.prepare; may be repeated",
    )
    parser.add_argument("--until", metavar="TIME", help="finish by this time (ISO 8601): shortens the schedule")
    parser.add_argument("--teacher", action="append", default=[], type=Path, metavar="FOLDER", help="may be repeated")
    parser.add_argument("--check", type=Path, metavar="FILE", help="from training.draw: read at the end")
    parser.add_argument("--device", default="cpu", help="cpu or cuda (cpu)")
    parser.add_argument("--workers", type=int, default=0, help="processes that prepare batches (0)")
    add_numbers(parser)
    options = parser.parse_args()
    until = datetime.fromisoformat(options.until).timestamp() if options.until else None
    mix, config = configs(options)
    options.folder.mkdir(parents=True, exist_ok=True)
    (options.folder / "config.json").write_text(json.dumps({"train": asdict(config), "mix": asdict(mix)}, indent=2))
    questions: Batches
    if options.data.is_file():
        questions = DrawnBatches(options.data, config)
    else:
        questions = TrainingSet(options.data, options.own_words, mix, config)
    checked = DrawnBatches(options.check, config) if options.check else None
    setting = Setting(options.start, options.teacher, checked, options.device, options.workers)
    train(questions, options.folder, config, setting, until)


if __name__ == "__main__":
    main()
