"""Name an article in a line, and link to it."""

from urllib.parse import quote

from qa_app.rendering.markdown import escape_markdown
from qa_app.types import ListedArticle


def article_line(article: ListedArticle) -> str:
    """Return an article's title with its date and origin: "New bridge opens (2024-11-02, Coast Courier)"."""
    origin = ", ".join(filter(None, (article.date, article.source or article.author)))
    return f"• {article.title}{f' ({origin})' if origin else ''}"


def article_link(article: ListedArticle) -> str:
    """Return an article's line as Markdown; the page opens the article when its title is clicked."""
    after = escape_markdown(article_line(article)[len(f"• {article.title}") :])
    place = quote(article.document, safe="") + (f"&folder={quote(article.folder, safe='')}" if article.folder else "")
    link = f"- [{escape_markdown(article.title)}](#article={place})"
    return f"{link} {after}" if after else link
