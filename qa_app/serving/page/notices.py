"""One-line notices for the user, as HTML."""

from qa_app.rendering.html import render


def hint(words: str) -> str:
    """Return a hint, shown where there is nothing else to show."""
    return render("page/notice.html", kind="hint", words=words)


def waiting(words: str, written: str = "") -> str:
    """Return a notice about work in progress, below what was `written` so far."""
    return render("page/notice.html", kind="waiting", words=words, written=written)


def said(words: str) -> str:
    """Return a notice about what happened; a screen reader announces it when idle."""
    return render("page/notice.html", kind="said", words=words)


def failed(words: str) -> str:
    """Return an error notice; a screen reader announces it at once."""
    return render("page/notice.html", kind="failed", words=words)
