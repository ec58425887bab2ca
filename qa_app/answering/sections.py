"""Put quotes under headings."""

from collections.abc import Sequence

from embeddings.documents.document import Address
from qa_app.types import Citation, Section


def section(heading: str, citations: Sequence[Citation]) -> Section:
    """Return quotes under a heading."""
    return Section(heading, "\n\n".join(each.numbered for each in citations), tuple(each.n for each in citations))


def sections_by_article(citations: Sequence[Citation]) -> tuple[Section, ...]:
    """Return the quotes of each article under its title, in the order of the articles' first quotes."""
    by_article: dict[Address, list[Citation]] = {}
    for citation in citations:
        by_article.setdefault(citation.address, []).append(citation)
    return tuple(section(own[0].title, own) for own in by_article.values())


def headed(sections: Sequence[Section]) -> str:
    """Return sections as one text, each heading in a line of its own."""
    return "\n\n".join(f"{each.heading}\n{each.text}" for each in sections)
