"""Serve the page until it is stopped."""

import socket
from pathlib import Path

from embeddings.encoder import SentenceEncoder
from embeddings.errors import ArticlesError
from embeddings.scan import check_folder
from qa_app.assistant import open_assistant
from qa_app.corpus import Corpus
from qa_app.page.build import build_page, launch_options


class PortInUse(ArticlesError):
    """The port cannot be had."""


def serve(folder: Path, index: Path, encoder: SentenceEncoder, host: str, port: int, share: bool) -> None:
    """Serve the chat over `folder` and keep its index in sync; returns after Ctrl-C.

    Raises:
        IndexMismatch, IndexDamaged: as they say.
    """
    assistant = open_assistant(index, encoder=encoder)
    corpus = Corpus(folder, index, encoder)
    try:
        corpus.start_sync()
        corpus.wait(timeout_s=2.0)  # a small folder is in before the first look, so that its examples show
        page = build_page(assistant, corpus)
        corpus.watch()
        print(f"Serving {folder} on http://{host}:{port} (Ctrl-C stops)", flush=True)
        page.launch(server_name=host, server_port=port, share=share, **launch_options())
    finally:
        corpus.close()


def check(folder: Path, host: str, port: int) -> None:
    """Refuse a folder that is not there and a port that is taken, before anything is built.

    Raises:
        FolderMissing, PortInUse: with the next step.
    """
    check_folder(folder)
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise PortInUse(
                f"Port {port} on {host} cannot be used ({error}).", "Name another one with --port."
            ) from error
