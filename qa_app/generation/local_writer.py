"""A writer in this process: any chat model that transformers loads, including GGUF files."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from embeddings.encoders.sentence_encoder import has_native_bfloat16
from qa_app.generation.writer import WriterFailed, WriterUnavailable
from qa_app.types import Turn

_GGUF = ".gguf"
# What transformers needs to read GGUF files.
_GGUF_PACKAGES = ("gguf", "accelerate")


class LocalWriter:
    """A chat model in this process. It writes one reply at a time; other callers wait."""

    def __init__(self, where: str) -> None:
        """Load the model; nothing is downloaded, and no code that comes with the model is run.

        Args:
            where: a folder, a GGUF file, or the name of a downloaded model.

        Raises:
            WriterUnavailable: the model does not exist, cannot be loaded, or is not a chat model.
        """
        folder, gguf = _located(where)
        self.name = Path(where).stem if gguf else Path(where).name
        self._tokenizer, self._model = _loaded(where, folder, gguf)
        if not self._tokenizer.chat_template:
            raise WriterUnavailable(f"{where} has no chat template.", "Choose a chat model (…-Instruct, …-Chat).")
        self._turn = threading.Lock()

    def write(self, messages: Sequence[Turn], most_tokens: int) -> Iterator[str]:
        from transformers import StoppingCriteriaList, TextIteratorStreamer

        with self._turn, ThreadPoolExecutor(1, "local-writer") as thread:
            prompt = self._prompt(messages, most_tokens)
            left = threading.Event()
            streamer: Any = TextIteratorStreamer(self._tokenizer, skip_prompt=True, skip_special_tokens=True)

            def stop(ids: Any, scores: Any, **_: Any) -> bool:
                return left.is_set()

            def generate() -> int:
                """Return the number of tokens written."""
                try:
                    written = self._model.generate(
                        **prompt,
                        streamer=streamer,
                        max_new_tokens=most_tokens,
                        do_sample=False,
                        temperature=None,
                        top_p=None,
                        top_k=None,
                        stopping_criteria=StoppingCriteriaList([stop]),
                        pad_token_id=self._tokenizer.eos_token_id,
                    )
                    return int(written.shape[1] - prompt["input_ids"].shape[1])  # (1, tokens)
                finally:
                    streamer.end()

            generating = thread.submit(generate)
            try:
                yield from streamer
            finally:
                left.set()
            failure = generating.exception()
            if failure is not None:
                cause = f"{type(failure).__name__}: {failure}"
                raise WriterFailed(f"The model {self.name} failed ({cause}).", "Try another model.") from failure
            if generating.result() >= most_tokens:
                raise WriterFailed(
                    f"The writer {self.name} was stopped after {most_tokens} tokens.", "Ask a narrower question."
                )

    def _prompt(self, messages: Sequence[Turn], most_tokens: int) -> Any:
        prompt = self._tokenizer.apply_chat_template(
            [{"role": turn.role, "content": turn.content} for turn in messages],
            add_generation_prompt=True,
            return_tensors="pt",
            return_dict=True,
            enable_thinking=False,  # where the template supports it: thinking would use up the tokens
        )
        length = prompt["input_ids"].shape[1]  # (1, length)
        room = getattr(self._model.config, "max_position_embeddings", None)
        if room is not None and length + most_tokens > room:
            raise WriterFailed(
                f"The passages and a reply need {length + most_tokens} tokens, but {self.name} takes at most {room}.",
                "Choose a model with a longer context.",
            )
        return prompt


def _located(where: str) -> tuple[str, str | None]:
    """Return the model's folder, or the name of a downloaded model, and the GGUF file's name if `where` is one."""
    path = Path(where).expanduser()
    if path.suffix.lower() == _GGUF:
        if not path.is_file():
            raise WriterUnavailable(f"There is no file {where}.", "Name a GGUF file.")
        if missing := [package for package in _GGUF_PACKAGES if find_spec(package) is None]:
            raise WriterUnavailable(
                f"Reading GGUF files needs {' and '.join(missing)}.", f"Run: pip install {' '.join(missing)}"
            )
        return str(path.parent), path.name
    if path.is_dir():
        if not (path / "config.json").is_file():
            raise WriterUnavailable(
                f"The folder {where} is not a model: it has no config.json.", "Name a model's folder."
            )
        return str(path), None
    if path.exists() or where.count("/") != 1 or where.startswith((".", "/", "~")):
        raise WriterUnavailable(
            f"There is no model at {where}.",
            "Name a folder, a GGUF file, a downloaded model (owner/name), or a server (http://…).",
        )
    return where, None


def _loaded(where: str, folder: str, gguf: str | None) -> tuple[Any, Any]:
    """Return tokenizer and model."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    if gguf:
        options["gguf_file"] = gguf
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, **options)
        dtype = torch.bfloat16 if has_native_bfloat16() else torch.float32
        model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, **options)
    except Exception as error:  # each architecture and file format has its own exceptions
        cause = " ".join(str(error).split())[:200]
        step = "Check that the files are complete."
        if not Path(folder).is_dir():
            step = f"Download it first: hf download {where}"
        raise WriterUnavailable(
            f"The model {where} cannot be loaded ({type(error).__name__}: {cause}).", step
        ) from error
    return tokenizer, model.eval()
