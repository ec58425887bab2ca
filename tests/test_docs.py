"""The documentation: links resolve, named files exist, and reference pages are short."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.preloaded import ROOT

_PAGES = [
    page
    for pattern in ("*.md", "docs/**/*.md", "training/*.md", "models/**/*.md")
    for page in sorted(ROOT.glob(pattern))
]
_FILE = re.compile(
    r"(embeddings|qa_app|tests|training|benchmarks|docs|models)/[\w./-]+\.(py|md|jsonl|json|css|js|html)"
)
_LINES_MOST = 150


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_relative_link_and_anchor_resolves(page: Path) -> None:
    for link in _links(page):
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target), link


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_named_file_exists(page: Path) -> None:
    if page.parent.name == "decisions":  # a decision may name files that no longer exist
        return
    named = {match[0] for match in _FILE.finditer(page.read_text(encoding="utf-8"))}
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_a_reference_page_is_short(page: Path) -> None:
    assert len(page.read_text(encoding="utf-8").splitlines()) <= _LINES_MOST


def _links(page: Path) -> Iterator[str]:
    for token in _tokens(page):
        for child in token.children or []:
            link = str(child.attrs.get("href" if child.type == "link_open" else "src", ""))
            if child.type in ("link_open", "image") and "://" not in link:
                yield link


def _anchors(page: Path) -> set[str]:
    """Return the anchors of the headings, as GitHub generates them."""
    tokens = _tokens(page)
    headings = [after.content for token, after in pairwise(tokens) if token.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _tokens(page: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8"))
