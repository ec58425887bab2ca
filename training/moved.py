"""Move what holds tensors to an accelerator."""

from dataclasses import fields, replace
from typing import Any, TypeVar

import torch
from torch import Tensor

from qa_app.reading.inputs import Batch
from training.loss import Targets

Held = TypeVar("Held", Batch, Targets)

_ALIGNED = 8  # bytes; where a tensor of int64 may begin


def moved(value: Held, device: torch.device) -> Held:
    """Return it with its tensors on a device. They go in one copy, since each has a price of its own; it is pinned, so that the next
    batch can be prepared while the accelerator reads this one."""
    if device.type == "cpu":
        return value
    tensors = {f.name: held for f in fields(value) if isinstance(held := getattr(value, f.name), Tensor)}
    parts = [tensor.contiguous().flatten().view(torch.uint8) for tensor in tensors.values()]
    padded = [torch.nn.functional.pad(part, (0, -len(part) % _ALIGNED)) for part in parts]
    there = torch.split(torch.cat(padded).pin_memory().to(device, non_blocking=True), [len(part) for part in padded])
    found: dict[str, Any] = {
        name: bytes_[: len(part)].view(tensor.dtype).view(tensor.shape)
        for (name, tensor), part, bytes_ in zip(tensors.items(), parts, there, strict=True)
    }
    return replace(value, **found)
