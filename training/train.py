"""Train the reader. The same command resumes from the last checkpoint; SIGTERM writes one before it stops.

    python -m training.train data/prepared/squad data/runs/base --own-words data/prepared/fairytaleqa

The output folder receives `checkpoint.pt`, `log.jsonl` and, with every checkpoint, the weights in `reader/`.
"""

import argparse
import json
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from embeddings.encoders.sentence_encoder import has_native_bfloat16
from qa_app.reading.base import BASES, Base
from qa_app.reading.model import ReaderModel, is_shared, load_model, new_model, save_model
from training.config import MixConfig, TrainConfig
from training.examples import Example, TrainingSet
from training.loss import reader_loss


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
            for average, high in zip(self._averages, self._highs, strict=True):
                average.lerp_(high, 1 - self._config.average_decay)
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
        for low, high in zip(self._lows, self._highs, strict=True):
            low.copy_(high)


def train(
    training_set: TrainingSet, folder: Path, config: TrainConfig, start: Path | None, until: float | None
) -> None:
    """Train until `config.questions` questions have been read or the time `until` is reached.

    Args:
        training_set: the questions.
        folder: for the checkpoint, the log and the weights. Training resumes from a checkpoint found there.
        config: batch sizes, learning rates and so on.
        start: folder of a reader to start from; None starts from the encoder.
        until: seconds since 1970.
    """
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(config.seed)
    base = BASES[config.base]
    reader = load_model(start, bfloat16=False) if start else new_model(base)
    reader = reader.to(torch.bfloat16 if has_native_bfloat16() else torch.float32).train()
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
    for following, batch in _batches_from(training_set, *place):
        progress = schedule.progress(step, time.time())
        if progress >= 1.0 or stopping.is_set():
            break
        loss = 0.0
        for inputs, targets in training_set.micro_batches(batch):
            part = reader_loss(reader(inputs), inputs, targets, config.relevance_weight) / len(batch)
            part.backward()  # type: ignore[no-untyped-call]
            master.take_gradients()
            loss += part.item()
        master.step(rate(step, progress, config.warmup_steps, config.decay_share))
        step, place = step + 1, following
        log.add(step, progress, loss, len(batch))
        if time.monotonic() - saved >= config.checkpoint_seconds:
            save()
            saved = time.monotonic()
    save()


def _batches_from(
    training_set: TrainingSet, bucket: int, number: int
) -> Iterator[tuple[tuple[int, int], list[Example]]]:
    """Yield batches, bucket after bucket, starting at a batch of a bucket; with each the place of the next one."""
    while True:
        batches = training_set.batches(bucket)
        for i in range(number, len(batches)):
            yield (bucket, i + 1), batches[i]
        bucket, number = bucket + 1, 0


class Log:
    """Prints the mean loss and the speed at intervals, and appends them to a file."""

    def __init__(self, file: Path, config: TrainConfig) -> None:
        self._file = file
        self._seconds = config.log_seconds
        self._since = time.monotonic()
        self._losses: list[float] = []
        self._questions = 0

    def add(self, step: int, progress: float, loss: float, questions: int) -> None:
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
            "loss": round(sum(self._losses) / len(self._losses), 4),
            "questions_per_second": round(self._questions / seconds, 2),
        }
        print(json.dumps(row), flush=True)
        with self._file.open("a") as lines:
            lines.write(json.dumps(row) + "\n")
        self._since, self._losses, self._questions = time.monotonic(), [], 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "data", type=Path, help="articles with answerable and unanswerable questions, from training.prepare"
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
    for name, (default, text) in _NUMBERS.items():
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=type(default), default=default, help=f"{text} ({default})"
        )
    options = parser.parse_args()
    until = datetime.fromisoformat(options.until).timestamp() if options.until else None
    chosen = {name: getattr(options, name) for name in _NUMBERS}
    config = TrainConfig(**{name: value for name, value in chosen.items() if name in TrainConfig.__dataclass_fields__})
    mix = MixConfig(**{name: value for name, value in chosen.items() if name in MixConfig.__dataclass_fields__})
    options.folder.mkdir(parents=True, exist_ok=True)
    (options.folder / "config.json").write_text(json.dumps({"train": asdict(config), "mix": asdict(mix)}, indent=2))
    training_set = TrainingSet(options.data, options.own_words, mix, config)
    train(training_set, options.folder, config, options.start, until)


_NUMBERS = {
    "questions": (TrainConfig.questions, "questions to train on"),
    "learning_rate": (TrainConfig.learning_rate, "peak rate of the body"),
    "head_learning_rate": (TrainConfig.head_learning_rate, "peak rate of the heads"),
    "base": (TrainConfig.base, "packaged encoder to start from"),
    "frozen_layers": (TrainConfig.frozen_layers, "see training/config.py"),
    "window_tokens": (TrainConfig.window_tokens, "see training/config.py"),
    "micro_batch_passages": (TrainConfig.micro_batch_passages, "passages in one forward pass"),
    "average_decay": (TrainConfig.average_decay, "see training/config.py"),
    "decay_share": (TrainConfig.decay_share, "see training/config.py"),
    "seed": (TrainConfig.seed, "random seed"),
    **{name: (default, "see training/config.py") for name, default in asdict(MixConfig()).items()},
}


if __name__ == "__main__":
    main()
