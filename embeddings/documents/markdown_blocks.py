"""Find the structure of Markdown with a real parser: blocks with exact offsets, and the markup inside them."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from itertools import accumulate, pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from embeddings.documents.blocks import Block, Kind, Skip, Span
from embeddings.documents.plain_text_blocks import hyphenated_words, plain_text_blocks, stanza_blocks
from embeddings.documents.sentences import trim

# Its first line has a key and a value; otherwise it is text between two rules.
_FRONT_MATTER = re.compile(
    r"\s*(?P<fence>---|\+\+\+)[ \t]*\n(?P<matter>(?=[^\n]*[:=]).*?)\n(?:(?P=fence)|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL
)
_HTML = re.compile(
    r"<!--.*?(?:-->|$)|<(script|style)\b.*?(?:</\1\s*>|$)|<[^<>]*>|<[^<>]*$|&(?:#\w{1,8}|\w{2,31});",
    re.DOTALL | re.IGNORECASE,
)
# The parser ends a line at a carriage return and replaces NUL; the text's lines and characters must stay its own.
_SAME_LINES = str.maketrans({"\r": " ", "\0": "\ufffd"})
_BREAK = re.compile(r"<br\b", re.IGNORECASE)
# Marks of widespread note programs that CommonMark does not know: [[page]], [[page|shown]], ![[file]], [^note], [!NOTE].
_WIKI_LINK = re.compile(r"(!?)\[\[(?:[^\[\]|\n]*\|)?([^\[\]\n]*)\]\]")
_NOTE_MARK = re.compile(r"\[(?:\^[^\]\s]+\]:?|![a-zA-Z-]+\][+-]?)")

# The number of a list item, which may say which it is; a bullet says nothing.
_MARKER = re.compile(r"\d{1,9}[.)]\s+$")

# A line of an interview or of questions with answers: "**How deep is the well?**".
_BOLD_QUESTION = re.compile(r"(?P<mark>\*\*|__)(?P<words>(?:(?!(?P=mark)).)+\?)(?P=mark)")

_Rule = Callable[[StateInline, bool], bool]


def markdown_blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks of a Markdown text, in order. Pictures, raw HTML and addresses are in none, or skipped in them.

    The lines of front matter are blocks too: what metadata makes of them is decided later.
    """
    text = text.translate(_SAME_LINES)
    front = _FRONT_MATTER.match(text)
    start = front.end() if front else 0
    matter = plain_text_blocks(text, *front.span("matter")) if front else ()
    # As many lines as in the text, so that the parser's line numbers are those of the text.
    env: dict[str, object] = {}
    tokens = _PARSER.parse("\n" * text.count("\n", 0, start) + text[text.rfind("\n", 0, start) + 1 :], env)
    return (*matter, *_Walk(text, env).blocks(tokens))


@dataclass
class _Walk:
    """Goes through the parser's tokens and turns them into blocks."""

    text: str
    env: dict[str, object]
    starts: list[int] = field(init=False)
    """Where each line begins."""
    hyphenated: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        lengths = (len(line) + 1 for line in self.text.split("\n"))
        self.starts = [0, *accumulate(lengths)]
        self.hyphenated = hyphenated_words(self.text)

    def blocks(self, tokens: Sequence[Token]) -> Iterator[Block]:
        nesting: list[str] = []
        level = 0
        row: list[tuple[Span, list[Skip]]] = []
        position = end = 0
        for token in tokens:
            if token.nesting == 1:
                nesting.append(token.type)
                if token.type == "heading_open":
                    level = int(token.tag[1:])
                if token.type == "tr_open" and token.map:
                    row, position, end = [], self.starts[token.map[0]], self.starts[token.map[0] + 1]
            elif token.nesting == -1:
                nesting.pop()
                if token.type == "tr_close" and (block := _row(row, is_header="thead_open" in nesting)):
                    yield block
            elif token.type == "inline" and nesting[-1] in ("th_open", "td_open"):
                cell = self._cell(token.content, position, end)
                row.append((cell, self._skips([cell])))
                position = cell[1]
            elif token.type == "inline" and token.map:
                yield from self._inline(token, nesting, level)
            elif token.type in ("fence", "code_block") and token.map:
                yield from self._code(token)
            elif token.type == "html_block" and token.map:
                yield from self._html(*token.map)

    def _inline(self, token: Token, nesting: Sequence[str], level: int) -> Iterator[Block]:
        assert token.map
        spans = self._line_spans(token.content, *token.map)
        if not spans:
            return
        skips = self._skips(spans)
        start, end = spans[0][0], spans[-1][1]
        depth = sum(kind in ("bullet_list_open", "ordered_list_open") for kind in nesting)
        if nesting[-1] == "heading_open":
            block = Block(Kind.HEADING, start, end, level=level)
        elif depth:
            marker = _MARKER.search(self.text, self.starts[token.map[0]], start)
            block = Block(Kind.LIST_ITEM, marker.start() if marker else start, end, level=depth)
        elif "blockquote_open" in nesting:
            block = Block(Kind.QUOTATION, start, end, level=nesting.count("blockquote_open"))
        else:
            yield from self._paragraph(spans, skips)
            return
        if "blockquote_open" in nesting:  # the marks of quotation at the lines' begins
            skips = _in_order([*skips, *((one[1], other[0], " ") for one, other in pairwise(spans))])
        block = replace(block, skips=tuple(skips))
        if _is_read(self.text, block):
            yield block

    def _paragraph(self, spans: Sequence[Span], skips: Sequence[Skip]) -> Iterator[Block]:
        """Yield the blocks of a paragraph's lines: one, unless their breaks mean something."""
        if spans and (bold := _BOLD_QUESTION.fullmatch(self.text, *spans[0])):
            yield _with_skips(Block(Kind.QUESTION, *bold.span("words")), skips)
            spans = spans[1:]
        lines = stanza_blocks(self.text, spans, self.hyphenated)
        if lines and all(each.kind is Kind.PARAGRAPH for each in lines):
            lines = [Block(Kind.PARAGRAPH, spans[0][0], spans[-1][1])]
        for block in (_with_skips(line, skips) for line in lines):
            if _is_read(self.text, block):
                yield block

    def _code(self, token: Token) -> Iterator[Block]:
        assert token.map
        first, last = token.map
        if spans := self._line_spans(token.content, first + (token.type == "fence"), last):
            between = [(one[1], other[0], "\n") for one, other in pairwise(spans)]
            marks = tuple(skip for skip in between if self.text[skip[0] : skip[1]].strip())
            yield Block(Kind.CODE, spans[0][0], spans[-1][1], skips=marks)

    def _html(self, first: int, last: int) -> Iterator[Block]:
        """Yield the words between the tags."""
        start, end = trim(self.text, self.starts[first], min(self.starts[last] - 1, len(self.text)))
        if start < end:
            found = _HTML.finditer(self.text, start, end)
            skips = tuple((m.start(), m.end(), unescape(m[0]) if m[0][0] == "&" else " ") for m in found)
            block = Block(Kind.PARAGRAPH, start, end, skips=skips)
            if _is_read(self.text, block):
                yield block

    def _line_spans(self, content: str, first: int, last: int) -> list[Span]:
        """Return where the lines of a token stand in the text's lines [first, last); each is the end of its source line."""
        spans: list[Span] = []
        for words in filter(None, map(str.strip, content.split("\n"))):
            for number in range(first, last):
                at = self.text.rfind(words, self.starts[number], self.starts[number + 1] - 1)
                if at >= 0:
                    spans.append((at, at + len(words)))
                    first = number + 1
                    break
        return spans

    def _cell(self, content: str, position: int, end: int) -> Span:
        """Return where a table cell stands in the rest of its row; an empty one is an empty span."""
        words = content if self.text.find(content, position, end) >= 0 else content.replace("|", "\\|")
        at = self.text.find(words, position, end)
        return (at, at + len(words)) if content and at >= 0 else (position, position)

    def _skips(self, spans: Sequence[Span]) -> list[Skip]:
        """Return the markup in the lines of a paragraph, or in a cell, in characters of the text."""
        words = "\n".join(self.text[start:end] for start, end in spans)
        begins = [0, *accumulate(end - start + 1 for start, end in spans)]
        found: list[Skip] = []
        for start, end, replacement in _markup(words, self.env):
            first = bisect_right(begins, start, hi=len(spans)) - 1
            last = bisect_left(begins, max(end, 1), hi=len(spans)) - 1
            at = spans[first][0] + start - begins[first]
            until = spans[last][0] + end - begins[last]
            found.append((at, until, replacement))
        return _in_order(found)


def _row(cells: Sequence[tuple[Span, list[Skip]]], *, is_header: bool) -> Block | None:
    spans = tuple(span for span, _ in cells)
    filled = [span for span in spans if span[0] < span[1]]
    if not filled:
        return None
    skips = _in_order([skip for _, found in cells for skip in found])
    kind = Kind.TABLE_HEADER if is_header else Kind.TABLE_ROW
    return Block(kind, filled[0][0], filled[-1][1], cells=spans, skips=tuple(skips))


def _with_skips(block: Block, skips: Sequence[Skip]) -> Block:
    return replace(block, skips=tuple(skip for skip in skips if block.start <= skip[0] and skip[1] <= block.end))


def _is_read(text: str, block: Block) -> bool:
    """Return whether anything of a block is left without its markup."""
    position, left = block.start, ""
    for start, end, _ in block.skips:
        left += text[position:start]
        position = end
    return any(char.isalnum() for char in left + text[position : block.end])


def _in_order(skips: Sequence[Skip]) -> list[Skip]:
    """Return the skips in order, without those inside another."""
    kept: list[Skip] = []
    for skip in sorted(skips, key=lambda skip: (skip[0], -skip[1])):
        if not kept or skip[0] >= kept[-1][1]:
            kept.append(skip)
    return kept


# -- markup inside a line


def _markup(words: str, env: dict[str, object]) -> list[Skip]:
    """Return the markup in the source of a paragraph, in its characters."""
    record = _Record()
    _PARSER.inline.parse(words, _PARSER, {**env, "record": record}, [])
    return record.skips()


@dataclass
class _Record:
    """What the parser's rules recognised in one paragraph."""

    found: list[Skip] = field(default_factory=list)
    delimiters: list[tuple[Token, int, int]] = field(default_factory=list)
    """Marks of emphasis and deletion with their place; what they are is known once all are paired."""

    def skips(self) -> list[Skip]:
        marks = [(start, end, "") for token, start, end in self.delimiters if _is_mark(token)]
        deleted: list[Skip] = []
        opened: list[int] = []
        for token, start, end in sorted(self.delimiters, key=lambda each: each[1]):
            if token.type == "s_open":
                opened.append(start)
            elif token.type == "s_close" and opened:
                deleted.append((opened.pop(), end, ""))
        return _in_order([*self.found, *marks, *deleted])


def _is_mark(token: Token) -> bool:
    return token.type != "text" or token.content == ""


def _recording(name: str, rule: _Rule) -> _Rule:
    """Return a parser's rule that also records what it recognised."""

    def recorded(state: StateInline, silent: bool) -> bool:
        start, count = state.pos, len(state.tokens)
        if not rule(state, silent):
            return False
        if not silent and isinstance(record := state.env.get("record"), _Record):
            _note(record, name, state, start, state.tokens[count:])
        return True

    return recorded


def _note(record: _Record, name: str, state: StateInline, start: int, tokens: Sequence[Token]) -> None:
    end = state.pos
    if name in ("emphasis", "strikethrough"):
        for token in reversed(tokens):  # the text before the marks is a token too
            if end > start:
                record.delimiters.append((token, end - len(token.content), end))
                end -= len(token.content)
    elif name == "escape":
        record.found.append((start, start + 1, ""))
    elif name == "backticks" and tokens and tokens[-1].type == "code_inline":
        width = len(tokens[-1].markup)
        record.found += [(start, start + width, ""), (end - width, end, "")]
    elif name == "link":
        label_end = state.md.helpers.parseLinkLabel(state, start, True)
        record.found += [(start, start + 1, ""), (label_end, end, "")]
    elif name == "autolink":
        record.found += [(start, start + 1, ""), (end - 1, end, "")]
    elif name in ("image", "html_inline"):
        record.found.append((start, end, " " if _BREAK.match(state.src, start) else ""))
    elif name == "entity":
        record.found.append((start, end, tokens[-1].content.replace("\u00a0", " ") if tokens else " "))
    elif name == "note":
        record.found += state.env.pop("note", [])


def _note_program_marks(state: StateInline, silent: bool) -> bool:
    """Recognise wiki links, footnote marks and callouts."""
    if state.src[state.pos] not in "[!":
        return False
    skips: list[Skip] = []
    if match := _WIKI_LINK.match(state.src, state.pos):
        if match[1]:
            skips = [(match.start(), match.end(), "")]
        else:
            skips = [(match.start(), match.start(2), ""), (match.end(2), match.end(), "")]
    elif match := _NOTE_MARK.match(state.src, state.pos):
        skips = [(match.start(), match.end(), "")]
    if match is None:
        return False
    if not silent:
        state.env["note"] = skips
    state.pos = match.end()
    return True


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.inline.ruler2.disable("fragments_join")  # it would hide which marks were paired
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # no link is followed; `data:` is markup too
    parser.inline.ruler.before("link", "note", _note_program_marks)
    for rule in parser.inline.ruler.__rules__:
        rule.fn = _recording(rule.name, rule.fn)
    parser.inline.ruler.__compile__()
    return parser


_PARSER = _parser()
