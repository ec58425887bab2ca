"""One line to a person, as the page shows it."""

from qa_app.rendering.html import render


def hint(words: str) -> str:
    """Return what stands where there is nothing else to show."""
    return render("page/notice.html", kind="hint", words=words)


def waiting(words: str) -> str:
    """Return what is being done."""
    return render("page/notice.html", kind="waiting", words=words)


def said(words: str) -> str:
    """Return what happened; a screen reader reads it out when it can."""
    return render("page/notice.html", kind="said", words=words)


def failed(words: str) -> str:
    """Return what failed; a screen reader reads it out at once."""
    return render("page/notice.html", kind="failed", words=words)
