"""The options of the server."""

from dataclasses import dataclass
from pathlib import Path

from qa_app.accounts import has_accounts
from qa_app.accounts.openid import OpenIdConfig
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
    suggestions: bool = True
    """Look for questions to suggest while nobody waits for an answer."""
    config: AssistantConfig | None = None
    """As in `open_assistant`."""
    writer: WriterConfig | None = None
    """The language model that words the answers at first; None to quote the articles."""

    json_log: bool = False
    """Whether the log is JSON, and has requests and answers too."""
    log_questions: bool = False
    """Whether it has the text of questions."""

    openid: OpenIdConfig | None = None
    """The service by which people with an account may log in too."""

    @property
    def local(self) -> bool:
        """True if only this machine can reach the server."""
        return is_loopback(self.host) and not self.share

    @property
    def has_accounts(self) -> bool:
        """True if everyone logs in."""
        return has_accounts(self.index)
