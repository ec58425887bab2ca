"""What a server is started with."""

from dataclasses import dataclass
from pathlib import Path

from qa_app.config import AssistantConfig, is_loopback
from qa_app.generation.opening import WriterConfig


@dataclass(frozen=True)
class ServerOptions:
    """Which articles are served, where, and to whom."""

    folder: Path
    """Of the articles."""
    index: Path
    """The index's folder; an index is made there if it holds none."""
    change_folder: bool = False
    """The index may have belonged to another folder until now."""
    host: str = "127.0.0.1"
    """Address to serve on."""
    port: int = 7860
    share: bool = False
    """Also open a public link through Gradio's servers."""
    mcp: bool = False
    """Also serve MCP."""
    config: AssistantConfig | None = None
    """As in `open_assistant`."""
    writer: WriterConfig | None = None
    """Words the answers from the start; None for the articles' own words."""

    @property
    def private(self) -> bool:
        """Only this machine is served. Others may read only, and are told nothing of this machine."""
        return is_loopback(self.host) and not self.share
