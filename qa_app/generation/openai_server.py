"""A writer behind an OpenAI-compatible server: Ollama, llama.cpp, vLLM, LM Studio."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from qa_app.generation.writer import WriterFailed, WriterUnavailable
from qa_app.types import Turn

# Sent where there is none. The client would otherwise send the machine's own Hugging Face token to whatever server.
_NO_KEY = "none"
_SHOWN_CHARACTERS = 200


class ServerWriter:
    """Asks a server for each reply; nothing is sent before. Its key appears in no message, log or representation."""

    def __init__(self, url: str, model: str | None, key: str | None, wait_s: float) -> None:
        """Remember where the server is.

        Args:
            url: its address, with or without `/v1`.
            model: as the server calls it; None where it has only one.
            key: what it wants to be shown, if anything.
            wait_s: seconds that the connection may stand still before it is given up.

        Raises:
            WriterUnavailable: the address or the key is none.
        """
        if key and not (key.isascii() and key.isprintable()):
            raise WriterUnavailable(
                "The key for the writer's server is none.", "Set ARTICLES_WRITER_KEY to it, and no more."
            )
        self._url = _checked(url)
        self._model = model
        self._key = key or _NO_KEY
        self._wait_s = wait_s

    @property
    def name(self) -> str:
        return self._model or urlsplit(self._url).netloc

    def write(self, messages: Sequence[Turn], most_tokens: int) -> Iterator[str]:
        from huggingface_hub import InferenceClient, constants  # not before it is needed: the page should be up first

        # It would ask huggingface.co, for the user agent that it sends, by what program it may be run.
        constants.HF_HUB_DISABLE_TELEMETRY = True
        finished = None
        try:
            with InferenceClient(base_url=self._url, api_key=self._key, timeout=self._wait_s) as client:
                for chunk in client.chat_completion(
                    [{"role": turn.role, "content": turn.content} for turn in messages],
                    model=self._model,
                    stream=True,
                    temperature=0.0,
                    max_tokens=most_tokens,
                ):
                    # The last chunk of some servers has no choice, only the count of tokens.
                    for choice in chunk.choices or ():
                        finished = choice.finish_reason or finished
                        # Empty where it only says that it goes on, perhaps with thoughts: whoever waits may stop it.
                        yield str(choice.delta.content or "") if choice.delta is not None else ""
        except Exception as error:  # the client passes on whatever its HTTP library and its parser raise
            raise self._explained(error) from error
        if finished is None:
            raise WriterFailed(f"The reply of {self.name} broke off.", "Ask again; the server's log may say why.")
        if finished == "length":
            raise WriterFailed(f"The writer {self.name} was stopped after {most_tokens} tokens.", "Ask more narrowly.")

    def _explained(self, error: Exception) -> WriterFailed:
        """Return what a person is told."""
        from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled, TextGenerationError

        place = urlsplit(self._url).netloc
        if isinstance(error, OfflineModeIsEnabled):
            return WriterFailed(f"HF_HUB_OFFLINE keeps this program from {place}.", "Start it without HF_HUB_OFFLINE.")
        if "Timeout" in type(error).__name__:  # the client's own, or one of its HTTP library's
            return WriterFailed(f"{place} did not answer in {self._wait_s:g} s.", "Look whether the server is busy.")
        if isinstance(error, HfHubHTTPError):
            status = error.response.status_code
            said = f": {self._harmless(error.server_message)}" if error.server_message else ""
            return WriterFailed(f"{place} answered with HTTP {status}{said}.", _NEXT_STEPS.get(status, _LOOK))
        if isinstance(error, TextGenerationError):
            return WriterFailed(f"{place} failed while it wrote: {self._harmless(error)}.", _LOOK)
        cause = self._harmless(f"{type(error).__name__}: {error}")
        if isinstance(error, ValueError | AttributeError | TypeError | KeyError):
            return WriterFailed(f"{place} answered with something else than a chat reply ({cause}).", _WRONG_ADDRESS)
        return WriterFailed(f"{place} cannot be reached ({cause}).", "Start the server, or look at its address.")

    def _harmless(self, words: Any) -> str:
        """Return a server's words in one short line, without the key."""
        line = " ".join(str(words).split()).rstrip(".")
        if self._key != _NO_KEY:
            line = line.replace(self._key, "…")
        return line if len(line) <= _SHOWN_CHARACTERS else line[: _SHOWN_CHARACTERS - 1] + "…"


_LOOK = "Look at the server's log."
_WRONG_ADDRESS = "Look at the address: it is the one that ends in /v1."
_NEXT_STEPS = {
    401: "Set ARTICLES_WRITER_KEY to the server's key.",
    403: "Set ARTICLES_WRITER_KEY to a key that may use this model.",
    404: "Look at the address, and name a model that the server has with --writer-model.",
}


def _checked(url: str) -> str:
    parts = urlsplit(url)
    try:
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:  # a port that is no number
        fine = False
    if not fine:
        raise WriterUnavailable("The writer's address is no address of a server.", _EXAMPLE)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise WriterUnavailable(
            "The writer's address holds more than a place.", f"Put a key into ARTICLES_WRITER_KEY. {_EXAMPLE}"
        )
    return url


_EXAMPLE = "One looks like this: http://127.0.0.1:11434/v1"
