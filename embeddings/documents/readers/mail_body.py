"""Cut a mail's body into blocks: what its author wrote, what is quoted, and the signature.

Nothing here depends on a language. Quoted text is marked by `>` or by an HTML quotation; the line that introduces it ("On …, Ann Lee
wrote:") ends with a colon and holds an address or a date's digits; an unmarked copy of a mail begins with its header lines.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from embeddings.documents.blocks import Kind, Skip
from embeddings.documents.plain_text_blocks import stanza_blocks
from embeddings.documents.quoted_mail import introduces
from embeddings.documents.readers.clean_text import clean
from embeddings.documents.readers.page_blocks import PageBlock
from embeddings.documents.sentences import line_spans

_MARKS = re.compile(r"(?:[ ]?>)+[ ]?")
_HEADER_LINE = re.compile(r"\W*(\w[\w -]{0,20}):\W?\s*\S.*")
_HEADER_LINES = 3
_RULE = re.compile(r"\s*[-_]{5,}.*|\s*-{2,}\s*\S.*\S\s*-{2,}\s*")
# RFC 3676, section 4.3; some programs drop the blank.
_SIGNATURE = ("-- ", "--")
_ITEM = re.compile(r"\s*(?:[-*•–]|\d{1,3}[.)])\s+\S")
_TEXT = (Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.HEADING)


def plain_blocks(text: str) -> list[PageBlock]:
    """Return the blocks of a plain-text body: paragraphs between blank lines, items, quoted paragraphs with their marks."""
    blocks: list[PageBlock] = []
    for lines in _paragraphs(text.split("\n")):
        quoted = bool(_MARKS.match(lines[0]))
        words = "\n".join(lines).strip()
        kind = Kind.QUOTATION if quoted else Kind.LIST_ITEM if _ITEM.match(lines[0]) else Kind.PARAGRAPH
        level = _depth(lines[0]) if quoted else 1 if kind is Kind.LIST_ITEM else 0
        blocks.append(PageBlock(kind, words, level, skips=tuple(_marks(words)) if quoted else ()))
    return blocks


def unflow(text: str, delete_space: bool) -> str:
    """Join the lines of a body in `format=flowed` that its sender's program wrapped (RFC 3676, section 4)."""
    joined: list[str] = []
    open_depth: int | None = None  # quote depth of a line that goes on
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")  # space-stuffing
        if open_depth == depth and content not in _SIGNATURE:
            joined[-1] += content
        else:
            joined.append(f"{'>' * depth} {content}" if depth else content)
        flows = content.endswith(" ") and content != "-- "
        open_depth = depth if flows else None
        if flows and delete_space:
            joined[-1] = joined[-1][:-1]
    return "\n".join(joined)


def with_quoted_parts(blocks: list[PageBlock]) -> list[PageBlock]:
    """Mark what introduces a quotation, what follows the header of a copied mail, and the signature."""
    result: list[PageBlock] = []
    copied = signed = False
    for position, block in enumerate(blocks):
        following = blocks[position + 1] if position + 1 < len(blocks) else None
        quoted = block.kind is Kind.QUOTATION
        copied = copied or (not quoted and _begins_copy(block.words, following))
        is_introduction = (
            following is not None and following.kind is Kind.QUOTATION and not quoted and introduces(block.words)
        )
        signed = (signed or block.words.split("\n")[0] in _SIGNATURE) and not (quoted or is_introduction or copied)
        if signed:
            result.append(replace(block, kind=Kind.BOILERPLATE, cells=(), level=0))
        elif (copied or is_introduction) and block.kind in _TEXT:
            result.append(replace(block, kind=Kind.QUOTATION, level=0))
        else:
            result.append(replace(block, level=max(1, block.level)) if quoted else block)
    return result


def with_fields(blocks: Sequence[PageBlock]) -> Iterator[PageBlock]:
    """Yield the blocks with lines "Price: 20" of a paragraph as fields of their own."""
    for block in blocks:
        lines = line_spans(block.words)
        parts = (
            stanza_blocks(block.words, lines, frozenset()) if block.kind is Kind.PARAGRAPH and len(lines) > 1 else []
        )
        if not any(part.kind is Kind.FIELD for part in parts):
            yield block
            continue
        for part in parts:
            words = block.words[part.start : part.end]
            cells = tuple(block.words[slice(*cell)] for cell in part.cells) if part.kind is Kind.FIELD else ()
            yield PageBlock(part.kind if cells else Kind.PARAGRAPH, words, cells=cells)


def _paragraphs(lines: list[str]) -> Iterator[list[str]]:
    """Yield runs of lines: cut at blank lines, between quoted and new text, before items, the signature, an introduction."""
    run: list[str] = []
    for position, line in enumerate(lines):
        words = clean(line)
        bare = _MARKS.sub("", words, count=1) if _MARKS.match(words) else words
        cut = bool(run) and (
            _depth(words) != _depth(run[0])
            or (not _MARKS.match(words) and (bool(_ITEM.match(words)) or words in _SIGNATURE))
            or _starts_introduction(lines, position)
        )
        if run and (cut or not bare.strip()):
            yield run
            run = []
        if bare.strip():
            run.append(words)
    if run:
        yield run


def _starts_introduction(lines: list[str], position: int) -> bool:
    """Return whether the last line before quoted text introduces it; longer introductions stand in a paragraph of their own."""
    following = next((line for line in lines[position + 1 : position + 3] if _MARKS.sub("", line, count=1).strip()), "")
    line = lines[position]
    return _depth(following) > _depth(line) and introduces(line)


def _depth(line: str) -> int:
    """Return how often a line is quoted."""
    match = _MARKS.match(line)
    return match[0].count(">") if match else 0


def _marks(words: str) -> Iterator[Skip]:
    position = 0
    for line in words.split("\n"):
        if match := _MARKS.match(line):
            yield position, position + match.end(), ""
        position += len(line) + 1


def _begins_copy(words: str, following: PageBlock | None) -> bool:
    """Return whether a copied mail begins here: a rule, or directly header lines of which one holds an address or a date."""
    lines = words.split("\n")
    if _RULE.fullmatch(lines[0]):
        lines = lines[1:] or (following.words.split("\n") if following else [])
    headers = 0
    for line in lines:
        if not _HEADER_LINE.fullmatch(line):
            break
        headers += 1
    return headers >= _HEADER_LINES and any("@" in line or re.search(r"\d{4}", line) for line in lines[:headers])
