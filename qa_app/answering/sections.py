"""Put quotes under headings."""

from collections.abc import Mapping, Sequence

from embeddings.documents.document import Address
from qa_app.types import Citation, Section


def section(heading: str, citations: Sequence[Citation]) -> Section:
    """Return quotes under a heading."""
    return Section(heading, "\n\n".join(each.numbered for each in citations), tuple(each.n for each in citations))


def sections_by_article(
    citations: Sequence[Citation], themes: Mapping[Address, str] | None = None
) -> tuple[Section, ...]:
    """Return the quotes of each article under its title, in the order of the first quotes; of those with a theme, under that."""
    under: dict[Address | str, list[Citation]] = {}
    for citation in citations:
        under.setdefault((themes or {}).get(citation.address, citation.address), []).append(citation)
    return tuple(section(key if isinstance(key, str) else own[0].title, own) for key, own in under.items())


def headed(sections: Sequence[Section]) -> str:
    """Return sections as one text, each heading in a line of its own."""
    return "\n\n".join(f"{each.heading}\n{each.text}" for each in sections)
