"""A writer on an OpenAI-compatible server: Ollama, llama.cpp, vLLM, LM Studio."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from qa_app.generation.writer import WriterFailed, WriterUnavailable
from qa_app.types import Turn

# Sent when no key is set: the client would otherwise send this machine's Hugging Face token to the server.
_NO_KEY = "none"
_SHOWN_CHARACTERS = 200


class ServerWriter:
    """Asks a server for each reply; nothing is sent before that. The key appears in no message, log or repr."""

    def __init__(self, url: str, model: str | None, key: str | None, wait_s: float) -> None:
        """Store the server's address; nothing is sent yet.

        Args:
            url: the address, with or without `/v1`.
            model: the server's name for the model; None if it has only one.
            key: the server's API key, if it needs one.
            wait_s: seconds without data after which the connection is closed.

        Raises:
            WriterUnavailable: the address or the key is invalid.
        """
        if key and not (key.isascii() and key.isprintable()):
            raise WriterUnavailable(
                "The key of the writer's server contains characters that no key has.",
                "Set ARTICLES_WRITER_KEY to the key alone.",
            )
        self._url = _checked(url)
        self._model = model
        self._key = key or _NO_KEY
        self._wait_s = wait_s

    @property
    def name(self) -> str:
        return self._model or urlsplit(self._url).netloc

    def write(self, messages: Sequence[Turn], most_tokens: int) -> Iterator[str]:
        from huggingface_hub import InferenceClient, constants  # a late import, which would delay the page

        # Otherwise it asks huggingface.co for a list of the programs that may be running it, for its user agent.
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
                    # Some servers send a last chunk without choices, only with token counts.
                    for choice in chunk.choices or ():
                        finished = choice.finish_reason or finished
                        # Empty for a chunk without text, such as thinking, so that the caller can stop here.
                        yield str(choice.delta.content or "") if choice.delta is not None else ""
        except Exception as error:  # the client also raises the errors of its HTTP library and parser
            raise self._explained(error) from error
        if finished is None:
            raise WriterFailed(f"The reply of {self.name} ended early.", "Ask again; the server's log may say why.")
        if finished == "length":
            raise WriterFailed(
                f"The writer {self.name} was stopped after {most_tokens} tokens.", "Ask a narrower question."
            )

    def _explained(self, error: Exception) -> WriterFailed:
        """Return the error in words for the user."""
        from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled, TextGenerationError

        place = urlsplit(self._url).netloc
        if isinstance(error, OfflineModeIsEnabled):
            return WriterFailed(
                f"{place} was not asked, because HF_HUB_OFFLINE is set.", "Unset it and start the program again."
            )
        if "Timeout" in type(error).__name__:  # the client's own, or one of its HTTP library's
            return WriterFailed(
                f"{place} did not answer within {self._wait_s:g} s.", "Check whether the server is busy."
            )
        if isinstance(error, HfHubHTTPError):
            status = error.response.status_code
            reason = f": {self._harmless(error.server_message)}" if error.server_message else ""
            return WriterFailed(f"{place} answered with HTTP {status}{reason}.", _NEXT_STEPS.get(status, _CHECK_LOG))
        if isinstance(error, TextGenerationError):
            return WriterFailed(f"{place} failed while writing: {self._harmless(error)}.", _CHECK_LOG)
        cause = self._harmless(f"{type(error).__name__}: {error}")
        if isinstance(error, ValueError | AttributeError | TypeError | KeyError):
            return WriterFailed(f"{place} sent something other than a chat reply ({cause}).", _WRONG_ADDRESS)
        return WriterFailed(f"{place} cannot be reached ({cause}).", "Start the server, or check its address.")

    def _harmless(self, words: Any) -> str:
        """Return a server's message as one short line, without the key."""
        line = " ".join(str(words).split()).rstrip(".")
        if self._key != _NO_KEY:
            line = line.replace(self._key, "…")
        return line if len(line) <= _SHOWN_CHARACTERS else line[: _SHOWN_CHARACTERS - 1] + "…"


_CHECK_LOG = "Check the server's log."
_WRONG_ADDRESS = "Check the address: use the one that ends in /v1."
_NEXT_STEPS = {
    401: "Set ARTICLES_WRITER_KEY to the server's key.",
    403: "Set ARTICLES_WRITER_KEY to a key that may use this model.",
    404: "Check the address, and use --writer-model to name a model that the server has.",
}


def _checked(url: str) -> str:
    parts = urlsplit(url)
    try:
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:  # the port is not a number
        fine = False
    if not fine:
        raise WriterUnavailable("The address of the writer's server is invalid.", _EXAMPLE)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise WriterUnavailable(
            "The address of the writer's server must not contain a user name, password, query or fragment.",
            f"Put a key into ARTICLES_WRITER_KEY. {_EXAMPLE}",
        )
    return url


_EXAMPLE = "Example: http://127.0.0.1:11434/v1"
