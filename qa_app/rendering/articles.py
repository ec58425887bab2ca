"""Name an article in a line."""

from qa_app.types import ListedArticle


def article_line(article: ListedArticle) -> str:
    """Return an article's title with its date and source, or author: "New bridge opens (2024-11-02, Coast Courier)"."""
    origin = ", ".join(filter(None, (article.date, article.origin)))
    return f"• {article.title}{f' ({origin})' if origin else ''}"
