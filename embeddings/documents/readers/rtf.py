"""Read Rich Text Format (`.rtf`).

Kept: headings, lists with their labels, tables, footnotes after the paragraph or table that refers to them, text boxes, tracked insertions; headers
and footers as boilerplate. Left out: deletions, hidden text, comments. A reader of our own, because striprtf drops footnotes, text boxes, headings
and tables, and keeps deleted text.
"""

import codecs
from dataclasses import dataclass, replace

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.office_properties import stated_day, stated_words
from embeddings.documents.readers.rtf_flow import Flow, RtfStyle
from embeddings.documents.readers.rtf_tokens import CODE_PAGES, Token, join_surrogates, tokens
from embeddings.documents.readers.symbol_fonts import symbol
from embeddings.documents.readers.zipped import damaged, without_text
from embeddings.documents.text_builder import TextBuilder

_CHARACTERS = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "emspace": "\u2003", "enspace": "\u2002", "qmspace": "\u2005",
    "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "~": "\u00a0", "_": "\u2011",
    "{": "{", "}": "}", "\\": "\\",
}  # fmt: skip
_LEFT_OUT = frozenset(
    "colortbl pict objdata fldinst annotation atnid atnauthor atndate atnref atnicn atrfstart atrfend bkmkstart bkmkend xe tc "
    "listtable listoverridetable rsidtbl generator filetbl revtbl nonesttables shprslt sp datafield formfield nextfile template "
    "private ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn themedata colorschememapping latentstyles datastore xmlnstbl "
    "picprop pgptbl upr doccomm operator subject keywords company category comment hlinkbase revtim printim buptim "
    "userprops docvar pnseclvl pntxta pntxtb".split()
)
_MARGINS = frozenset("header headerl headerr headerf footer footerl footerr footerf".split())
_KNOWN = frozenset("footnote shpinst shptxt fldrslt listtext pntext result pn ud".split())
"""Destinations to be read although a program that does not know them may skip them."""


@dataclass
class _State:
    """What holds inside a group of the file, and ends with it."""

    place: str = "text"
    """`text`, `fonts`, `styles`, `info` or one of its parts, `label`, or `skip`."""
    fallback: int = 1
    """How many characters after a Unicode one are for programs that don't know it."""
    font: int | None = None
    bold: bool = False
    hidden: bool = False
    deleted: bool = False


@dataclass(frozen=True)
class RtfReader:
    """Reads Rich Text Format."""

    name: str = "rtf"
    version: int = 1

    def read(self, data: bytes, name: str) -> list[Extracted]:
        """Return the text as one article; see `FormatReader.read`."""
        if not data.lstrip().startswith(b"{\\rtf"):
            raise damaged(name, "it is not Rich Text Format")
        document = _Document()
        for token in tokens(data):
            document.take(token)
            if document.ended:
                break
        if not document.ended:
            raise damaged(name, "its end is missing")
        builder = TextBuilder()
        document.body.end()
        document.body.add_to(builder)
        for margin in document.margins:
            margin.add_to(builder, Kind.BOILERPLATE)
        if not builder.blocks:
            raise without_text(name)
        text = builder.text
        title = next((text[block.start : block.end] for block in builder.blocks if block.kind is Kind.TITLE), None)
        stated = {key: stated_words(join_surrogates("".join(pieces))) for key, pieces in document.info.items()}
        year, month, day = (document.created.get(part, 0) for part in ("yr", "mo", "dy"))
        return [
            Extracted(
                text,
                tuple(builder.blocks),
                title or stated.get("title") or None,
                stated_day(f"{year:04}-{month:02}-{day:02}"),
                stated.get("author") or None,
            )
        ]


class _Document:
    """Follows the tokens of a file."""

    def __init__(self) -> None:
        self.body = Flow()
        self.margins: list[Flow] = []
        self.info: dict[str, list[str]] = {}
        self.created: dict[str, int] = {}
        self.ended = False
        self._flow = self.body
        self._state = _State()
        self._groups: list[tuple[_State, Flow]] = []
        self._codec = "cp1252"
        self._fonts: dict[int, str] = {}
        """Codec of each font; "symbol:" and its name for a font of signs."""
        self._default_font: int | None = None
        self._charset: tuple[int, int] | None = None
        self._styles: dict[int, RtfStyle] = {}
        self._style: tuple[int, int | None] = (0, None)
        """Number and outline level of the style whose definition is being read."""
        self._definition: list[str] = []
        self._bytes = b""
        self._to_skip = 0
        self._optional = False

    def take(self, token: Token) -> None:
        """Follow one token."""
        if token.raw is not None:
            skipped = token.raw[self._to_skip :]
            self._to_skip = max(0, self._to_skip - len(token.raw))
            self._bytes += skipped
            return
        if self._to_skip and token.word is not None and token.brace is None:
            self._to_skip -= 1
            return
        self._decode()
        if token.brace == "{":
            self._to_skip = 0
            self._groups.append((self._state, self._flow))
            self._state = replace(self._state)
        elif token.brace == "}":
            self._to_skip = 0
            self._close()
        elif token.word == "*":
            self._optional = True
        elif token.word is not None:
            self._follow(token.word, token.number)
            self._optional = False

    def _close(self) -> None:
        flow, place = self._flow, self._state.place
        if not self._groups:
            self.ended = True
            return
        self._state, self._flow = self._groups.pop()
        if (place == "fonts" and self._state.place == "fonts") or (place == "styles" and self._state.place == "styles"):
            self._define()
        if flow is not self._flow and flow not in self.margins:
            self._flow.add_note(flow)
        elif flow is not self._flow:
            flow.end()
        self.ended = not self._groups

    def _follow(self, word: str, number: int | None) -> None:
        state = self._state
        if state.place == "skip":
            return
        if (self._optional and word not in _KNOWN) or word in _LEFT_OUT:
            state.place = "skip"
        elif word in _MARGINS:
            self._flow = Flow()
            self.margins.append(self._flow)
        elif word in ("footnote", "shptxt"):
            self._flow = Flow()
        elif word in ("fonttbl", "stylesheet", "info"):
            state.place = {"fonttbl": "fonts", "stylesheet": "styles", "info": "info"}[word]
        elif state.place == "info":
            state.place = word
        elif state.place == "creatim" and number is not None:
            self.created[word] = number
        elif word in ("listtext", "pntext"):
            state.place = "label"
        elif word == "u" and number is not None:
            self._words(chr(number % 0x10000))
            self._to_skip = state.fallback
        elif word in _CHARACTERS:
            self._words(_CHARACTERS[word])
        elif not self._format(word, number):
            self._set(word, number)

    def _format(self, word: str, number: int | None) -> bool:
        """Follow a control word of characters, fonts and code pages; return whether it is one."""
        state = self._state
        match word:
            case "uc":
                state.fallback = min(max(number or 0, 0), 100)
            case "b":
                state.bold = number != 0
            case "v":
                state.hidden = number != 0
            case "deleted":
                state.deleted = number != 0
            case "plain":
                state.bold = state.hidden = state.deleted = False
                state.font = self._default_font
            case "f":
                state.font = number
                if state.place == "fonts":
                    self._charset = (number or 0, 1)
            case "fcharset" if self._charset is not None:
                self._charset = (self._charset[0], number or 0)
            case "deff":
                self._default_font = state.font = number
            case "ansicpg":
                self._codec = _codec(number)
            case "mac":
                self._codec = "mac_roman"
            case "pc":
                self._codec = "cp437"
            case "pca":
                self._codec = "cp850"
            case _:
                return False
        return True

    def _set(self, word: str, number: int | None) -> None:
        """Follow a control word of styles, paragraphs and tables."""
        if self._state.place == "styles":
            if word == "s":
                self._style = number or 0, None
            elif word == "outlinelevel":
                self._style = self._style[0], number
        elif self._state.place == "text":
            if word == "s":
                self._flow.paragraph.style = self._styles.get(number or 0, RtfStyle())
            else:
                self._flow.control(word, number)

    def _define(self) -> None:
        """End the definition of a font or a style."""
        name = "".join(self._definition).strip().rstrip(";").strip()
        self._definition.clear()
        if self._charset is not None:
            font, charset = self._charset
            if charset == 2 or name.lower().startswith(("symbol", "wingdings")):
                self._fonts[font] = f"symbol:{name}"
            elif charset in CODE_PAGES:
                self._fonts[font] = CODE_PAGES[charset]
            self._charset = None
        elif name:
            number, outline = self._style
            self._styles[number] = RtfStyle(name, outline)
            self._style = 0, None

    def _decode(self) -> None:
        """Decode the bytes of text so far, in the code page that holds now."""
        if not self._bytes:
            return
        data, self._bytes = self._bytes, b""
        codec = self._fonts.get(self._state.font if self._state.font is not None else -1, self._codec)
        if codec.startswith("symbol:") and self._state.place == "text":
            font = codec.removeprefix("symbol:")
            self._words("".join(symbol(font, code) for code in data))
        else:
            self._words(data.decode(self._codec if codec.startswith("symbol:") else codec, "replace"))

    def _words(self, words: str) -> None:
        state = self._state
        if state.place in ("fonts", "styles"):
            self._definition.append(words)
        elif state.place in ("title", "author"):
            self.info.setdefault(state.place, []).append(words)
        elif state.place == "label":
            self._flow.label.append(words)
        elif state.place == "text" and not state.hidden and not state.deleted:
            self._flow.add(words, bold=state.bold)


def _codec(number: int | None) -> str:
    name = {65001: "utf-8", 10000: "mac_roman", 708: "iso8859_6"}.get(number or 0, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"
