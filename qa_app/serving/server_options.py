"""The options of the server."""

from dataclasses import dataclass
from pathlib import Path

from qa_app.config import AssistantConfig, is_loopback
from qa_app.generation.opening import WriterConfig


@dataclass(frozen=True)
class ServerOptions:
    """Which articles to serve, on which address, and to whom."""

    folder: Path | None
    """Folder of the articles; None for all that the index has."""
    index: Path
    """Folder of the index; created if missing."""
    change_folder: bool = False
    """Permit an index that was made from another folder."""
    host: str = "127.0.0.1"
    """Address to serve on."""
    port: int = 7860
    share: bool = False
    """Also create a public link through Gradio's servers."""
    mcp: bool = False
    """Also serve MCP."""
    config: AssistantConfig | None = None
    """As in `open_assistant`."""
    writer: WriterConfig | None = None
    """The language model that words the answers at first; None to quote the articles."""

    @property
    def private(self) -> bool:
        """True if only this machine can reach the server. Other machines may only read, and see no local paths."""
        return is_loopback(self.host) and not self.share
