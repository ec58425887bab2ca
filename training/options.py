"""The command line options that set a number of the configuration."""

import argparse
from dataclasses import asdict

from training.config import MixConfig, TrainConfig

_TEXTS = {
    "questions": "questions to train on",
    "learning_rate": "peak rate of the body",
    "head_learning_rate": "peak rate of the heads",
    "base": "packaged encoder to start from",
    "batch_questions": "questions in a step",
    "micro_batch_passages": "passages in one forward pass",
    "seed": "random seed",
}
_NUMBERS = (
    *_TEXTS,
    *(
        "frozen_layers",
        "dropout",
        "imitation_weight",
        "window_tokens",
        "bucket_batches",
        "warmup_steps",
        "average_decay",
    ),
    *("decay_share", "checkpoint_seconds", "log_seconds"),
)


def add_numbers(parser: argparse.ArgumentParser) -> None:
    """Add an option for each number."""
    defaults = asdict(TrainConfig())
    for name, default in {**{name: defaults[name] for name in _NUMBERS}, **asdict(MixConfig())}.items():
        text = _TEXTS.get(name, "see training/config.py")
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=type(default), default=default, help=f"{text} ({default})"
        )


def configs(options: argparse.Namespace) -> tuple[MixConfig, TrainConfig]:
    """Return the configuration that the options make."""
    mix = {name: getattr(options, name) for name in asdict(MixConfig())}
    return MixConfig(**mix), TrainConfig(**{name: getattr(options, name) for name in _NUMBERS})
