"""The list of kept conversations: finds, renames and deletes them."""

from collections.abc import Sequence
from concurrent.futures import Future

from typing_extensions import TypedDict

from qa_app.records.conversations import Conversations, Entry
from qa_app.rendering.html import render
from qa_app.serving.service import Service
from qa_app.serving.waiting import wait_for

_SHOWN = 200


class Renamed(TypedDict):
    id: str
    title: str


class ConversationsList:
    """The list's functions."""

    def __init__(self, service: "Future[Service]") -> None:
        self._service = service

    def listing(self, words: str) -> str:
        """Return the conversations in which `words` were asked, newest first; all without words."""
        return listing_html(self._conversations().entries(words.strip()), words.strip())

    def rename(self, renamed: Renamed) -> str:
        """Rename a conversation; return a message for the user."""
        if not renamed["title"].strip():
            return "A name cannot be empty. The old one is kept."
        self._conversations().rename(renamed["id"], renamed["title"])
        return "Renamed."

    def delete(self, conversation: str) -> str:
        """Delete a conversation; return a message for the user."""
        self._conversations().delete(conversation)
        return "Deleted."

    def _conversations(self) -> Conversations:
        return wait_for(self._service).conversations


def listing_html(entries: Sequence[Entry], words: str = "") -> str:
    """Return the rows of conversations, the first ones of many."""
    rest = max(0, len(entries) - _SHOWN)
    return render("page/conversations.html", entries=entries[:_SHOWN], words=words, rest=rest)
