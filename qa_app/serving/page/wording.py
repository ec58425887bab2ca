"""The panel that chooses between the articles' own words and a language model whose sentences are checked."""

from typing_extensions import TypedDict

from qa_app.generation.opening import KEY_VARIABLES, WriterConfig, shared_writing
from qa_app.generation.writer import WriterUnavailable
from qa_app.rendering.html import render
from qa_app.types import Turn

# Enough for a server to answer with a word; a model that is loaded for it may take longer.
_TRIAL_S = 60.0


class Wording(TypedDict):
    """A language model as the page names it."""

    where: str
    model: str
    limit: float
    hide: bool


def wording_html(writer: WriterConfig | None) -> str:
    """Return the panel; `writer` is the language model in use, or None."""
    return render("page/wording.html", writer=writer, limit=WriterConfig.time_limit_s, key_variable=KEY_VARIABLES[0])


def writer_of(wording: Wording | None) -> WriterConfig | None:
    """Return the writer that the page names; None without one."""
    if wording is None:
        return None
    limit_s = wording["limit"] if wording["limit"] > 0 else WriterConfig.time_limit_s
    return WriterConfig(wording["where"].strip(), wording["model"].strip() or None, limit_s, limit_s, wording["hide"])


def wording_of(writer: WriterConfig | None) -> Wording | None:
    """Return a writer as the page names it."""
    if writer is None:
        return None
    return {
        "where": writer.where,
        "model": writer.model or "",
        "limit": writer.time_limit_s,
        "hide": writer.hide_unsupported,
    }


def tried(wording: Wording) -> str:
    """Ask a language model for a word; return its name.

    Raises:
        WriterUnavailable: the address, folder or file cannot be used.
        WriterFailed: the server cannot be reached, or does not answer as one should.
    """
    if not wording["where"].strip():
        raise WriterUnavailable(
            "No model is named.", "Enter the address of a server, or the folder or file of a model."
        )
    config = writer_of({**wording, "limit": min(wording["limit"] or _TRIAL_S, _TRIAL_S)})
    assert config
    writer = shared_writing(config).writer
    for _ in writer.write([Turn("user", "Say yes.")], 4):
        break
    return writer.name
