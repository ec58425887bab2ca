"""Questions as the page sends them, for tests."""

from typing import Any

from qa_app.serving.page.chat import Asked, Chat, Shown


def asked(question: str, after: Shown | None = None, position: int = 0, **more: Any) -> Asked:
    """Return a question after what a window shows; `more` replaces other values."""
    values: dict[str, Any] = {
        "question": question,
        "position": position,
        "conversation": after and after["conversation"],
        "last_turn": after and after["turn"],
        "as_is": False,
        "wording": None,
        "limits": {"articles": [], "folders": [], "labels": []},
    }
    return values | more  # type: ignore[return-value]


def answered(chat: Chat, question: str, after: Shown | None = None, position: int = 0, **more: Any) -> Shown:
    """Return the last step of the answer."""
    *_, last = chat.respond(asked(question, after, position, **more))
    return last
