"""What can be wrong before the server starts; without gradio, whose import would delay the message by seconds."""

import socket

from embeddings.errors import ArticlesError
from embeddings.scan import check_folder
from qa_app.serving.mcp_server import check_mcp
from qa_app.serving.server_options import ServerOptions


class NoAccounts(ArticlesError):
    """Other machines could reach the server, and nobody would have to log in."""


class PortInUse(ArticlesError):
    """The port cannot be used."""


def check(options: ServerOptions) -> None:
    """Check before anything is loaded that a folder exists, the port is free, there are accounts if other machines can reach the
    server, and the `mcp` package is installed if needed.

    Raises:
        FolderMissing, NoAccounts, PortInUse, McpMissing: a check failed.
    """
    if not options.local and not options.has_accounts:
        raise NoAccounts(
            "Other machines could reach this server, and nobody would have to log in.",
            f"Make an account: python -m qa_app users add NAME --role admin --index {options.index}",
        )
    if options.openid and not options.has_accounts:
        raise NoAccounts(
            "With --openid people log in, and there is no account.",
            f"Make one: python -m qa_app users add NAME --role admin --index {options.index}",
        )
    if options.mcp:
        check_mcp()
    if options.folder:
        check_folder(options.folder)
    host, port = options.host, options.port
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise PortInUse(
                f"Port {port} on {host} cannot be used ({error}).", "Choose another with --port."
            ) from error
