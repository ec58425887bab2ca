"""Build the canonical text and the blocks of a document whose format is not text, block by block."""

from collections.abc import Sequence

from embeddings.documents.blocks import Block, Kind, Skip, Span

CELL_SEPARATOR = " | "


class TextBuilder:
    """Collects blocks. Blocks are separated by a blank line; the rows of a table and the items of a list by a line break."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self.blocks: list[Block] = []
        self.page_starts: list[int] = []

    @property
    def text(self) -> str:
        """The canonical text so far."""
        return "".join(self._pieces)

    def start_page(self) -> None:
        """Begin a new page, slide or sheet with the next block."""
        self._separate("\n\n")
        self.page_starts.append(self._length)

    def add(self, kind: Kind, words: str, level: int = 0, skips: Sequence[Skip] = ()) -> None:
        """Add a block of `words`, whose white space is kept inside and trimmed at the ends; blank words are ignored.

        The offsets of `skips` are those in `words`.
        """
        indent = len(words) - len(words.lstrip())
        words = words.strip()
        if not words:
            return
        together = kind in (Kind.LIST_ITEM, Kind.FIELD) and bool(self.blocks) and self.blocks[-1].kind is kind
        start = self._append(words, "\n" if together else "\n\n")
        moved = tuple((begin + start - indent, end + start - indent, seen) for begin, end, seen in skips)
        self.blocks.append(Block(kind, start, self._length, level, skips=moved))

    def add_field(self, name: str, value: str) -> None:
        """Add a line `name: value`; without a value it is ignored."""
        name, value = name.strip(), value.strip()
        if not value:
            return
        together = bool(self.blocks) and self.blocks[-1].kind is Kind.FIELD
        start = self._append(f"{name}: {value}", "\n" if together else "\n\n")
        cells = ((start, start + len(name)), (self._length - len(value), self._length))
        self.blocks.append(Block(Kind.FIELD, start, self._length, cells=cells))

    def add_row(self, cells: Sequence[str], *, header: bool = False, first: bool = False) -> None:
        """Add a table row; a row of blank cells is ignored.

        Args:
            cells: from left to right; their white space is made single blanks.
            header: whether the row names the columns.
            first: whether the row begins a new table, whatever stands before it.
        """
        words = [" ".join(cell.split()) for cell in cells]
        if not any(words):
            return
        table = (Kind.TABLE_HEADER, Kind.TABLE_ROW)
        together = not first and not header and bool(self.blocks) and self.blocks[-1].kind in table
        # An empty cell at the end would leave a separator without anything after it.
        position = start = self._append(CELL_SEPARATOR.join(words).rstrip(), "\n" if together else "\n\n")
        spans: list[Span] = []
        for word in words:
            begin = min(position, self._length)
            spans.append((begin, begin + len(word)))
            position += len(word) + len(CELL_SEPARATOR)
        kind = Kind.TABLE_HEADER if header else Kind.TABLE_ROW
        self.blocks.append(Block(kind, start, self._length, cells=tuple(spans)))

    def _append(self, words: str, separator: str) -> int:
        self._separate(separator)
        start = self._length
        self._pieces.append(words)
        self._length += len(words)
        return start

    def _separate(self, separator: str) -> None:
        if self._pieces and (not self.page_starts or self.page_starts[-1] != self._length):
            self._pieces.append(separator)
            self._length += len(separator)
