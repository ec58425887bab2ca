"""The conversations that are kept: listed at the side, opened again with their evidence, renamed, exported, deleted."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

import gradio as gr

from embeddings.errors import ArticlesError
from qa_app.records.conversations import Conversations, Entry
from qa_app.rendering.html import render
from qa_app.serving.access import refuse_other_sites
from qa_app.serving.page.chat import Chat
from qa_app.serving.page.events import QUIET
from qa_app.serving.page.evidence import EMPTY
from qa_app.serving.promises import promised, wait_for
from qa_app.serving.startup import Service


class ConversationsPanel:
    """What the panel's events call."""

    def __init__(self, service: "Future[Service]", chat: Chat, script: str) -> None:
        """Lay the panel out at the page's side."""
        self._service = service
        self._chat = chat

        # Called from conversations.js by these names; gr.HTML takes functions, not methods.
        def listing(_nothing: object) -> str:
            return self.listing()

        def rename(wanted: dict[str, Any], request: gr.Request) -> str:
            refuse_other_sites(request)
            return self.rename(str(wanted["id"]), str(wanted["title"]))

        def remove(conversation: str, request: gr.Request) -> str:
            refuse_other_sites(request)
            return self.remove(str(conversation))

        with gr.Sidebar(open=False, label="Conversations") as self._sidebar:
            gr.HTML("<h2>Conversations</h2>", padding=False)
            self._new = gr.Button("New conversation", elem_id="new-conversation", size="sm")
            self._entries = gr.HTML(
                elem_id="conversations",
                js_on_load=script,
                server_functions=[listing, rename, remove],
                padding=False,
            )
            gr.HTML('<p id="conversations-said" role="status"></p>', padding=False)

    def follow(self, page: gr.Blocks, interface: gr.ChatInterface, panel: gr.HTML, conversation: gr.State) -> None:
        """Wire it to the chat, its evidence panel and the conversation that is open there."""
        shown = [interface.chatbot, interface.chatbot_state, panel, conversation]

        async def first() -> str:
            try:
                await promised(self._service)
            except ArticlesError:  # the page says so above the tabs
                return ""
            return self.listing()

        def open_it(event: gr.EventData) -> tuple[Any, Any, str, str]:
            messages, evidence = self._chat.opened(str(event.id))
            return messages, messages, evidence, str(event.id)

        def close_it(current: str | None, event: gr.EventData) -> Any:
            return empty() if current == str(event.id) else tuple(gr.skip() for _ in shown)

        def empty() -> tuple[Any, Any, str, None]:
            return [], [], EMPTY, None

        page.load(first, None, self._entries, concurrency_limit=None, **QUIET)
        gr.on([self._sidebar.expand, conversation.change], self.listing, None, self._entries, **QUIET)
        self._entries.select(open_it, None, shown, **QUIET)
        self._entries.delete(close_it, conversation, shown, **QUIET)
        self._new.click(empty, None, shown, **QUIET)

    def listing(self) -> str:
        return listing_html(self._conversations().entries())

    def rename(self, conversation: str, title: str) -> str:
        """Give a conversation another name; returns what happened, in words."""
        if not title.strip():
            return "A name has words; the old one stays."
        try:
            self._conversations().rename(conversation, title)
        except ArticlesError as error:
            return str(error)
        return "Renamed."

    def remove(self, conversation: str) -> str:
        """Delete a conversation; returns what happened, in words."""
        try:
            self._conversations().delete(conversation)
        except ArticlesError as error:
            return str(error)
        return "Deleted."

    def _conversations(self) -> Conversations:
        return wait_for(self._service).conversations


def listing_html(entries: Sequence[Entry]) -> str:
    """Return the list of conversations, and how all of them are exported."""
    return render("page/conversations.html", entries=entries)
