"""The conversations panel: lists saved conversations; opens, renames, exports and deletes them."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

import gradio as gr

from embeddings.errors import ArticlesError
from qa_app.records.conversations import Conversations, Entry
from qa_app.records.turns import View
from qa_app.rendering.html import render
from qa_app.serving.page.ask_tab import AskTab
from qa_app.serving.page.chat import Chat
from qa_app.serving.page.events import QUIET
from qa_app.serving.page.evidence import EMPTY
from qa_app.serving.startup import Service
from qa_app.serving.waiting import promised, wait_for


class ConversationsPanel:
    """The panel's event handlers."""

    def __init__(self, service: "Future[Service]", chat: Chat, script: str) -> None:
        """Lay out the panel at the side of the page."""
        self._service = service
        self._chat = chat

        # Called from conversations.js by these names; gr.HTML takes functions, not methods.
        def listing(_nothing: object) -> str:
            return self.listing()

        def rename(wanted: dict[str, Any]) -> str:
            return self.rename(str(wanted["id"]), str(wanted["title"]))

        def remove(conversation: str) -> str:
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

    def follow(self, page: gr.Blocks, ask: AskTab) -> None:
        """Connect the panel to the conversation in the Ask tab."""

        async def first() -> str:
            try:
                await promised(self._service)
            except ArticlesError:  # the page says so above the tabs
                return ""
            return self.listing()

        def open_it(event: gr.EventData) -> tuple[Any, str, View | None]:
            return self._chat.opened(str(event.id))

        def close_it(view: View | None, event: gr.EventData) -> Any:
            return empty() if view and view.conversation == str(event.id) else (gr.skip(), gr.skip(), gr.skip())

        def empty() -> tuple[Any, str, None]:
            return [], EMPTY, None

        page.load(first, None, self._entries, concurrency_limit=None, **QUIET)
        gr.on([self._sidebar.expand, ask.view.change], self.listing, None, self._entries, **QUIET)
        ask.show_on(self._entries.select, open_it)
        ask.show_on(self._entries.delete, close_it, ask.view)
        ask.show_on(self._new.click, empty)

    def listing(self) -> str:
        return listing_html(self._conversations().entries())

    def rename(self, conversation: str, title: str) -> str:
        """Rename a conversation; return a message for the user."""
        if not title.strip():
            return "A name cannot be empty. The old one is kept."
        try:
            self._conversations().rename(conversation, title)
        except ArticlesError as error:
            return str(error)
        return "Renamed."

    def remove(self, conversation: str) -> str:
        """Delete a conversation; return a message for the user."""
        try:
            self._conversations().delete(conversation)
        except ArticlesError as error:
            return str(error)
        return "Deleted."

    def _conversations(self) -> Conversations:
        return wait_for(self._service).conversations


def listing_html(entries: Sequence[Entry]) -> str:
    """Return the list of conversations, with buttons that export all of them."""
    return render("page/conversations.html", entries=entries)
