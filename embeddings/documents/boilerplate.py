"""Find boilerplate: the parts of a copied web page that are not the article.

Boilerplate stays in the canonical text but is not chunked. The rules are cautious: without a clear sign of navigation
nothing is left out.
"""

import re
from dataclasses import dataclass

from embeddings.documents.metadata import Metadata
from embeddings.documents.scripts import dominant_script
from embeddings.documents.sentences import Span, line_spans

VERSION = 1
"""Increase it when the rules below give a different result for the same text."""

# Whole lines that are navigation anywhere in the text, in English and Russian.
_NAVIGATION = re.compile(
    r"""leave\ a\ (review|comment|reply)|(add|post|write)\ a\ comment|\d+\ comments|comments\ \(\d+\)
    |follow\ us\b.*|find\ us\ on\b.*|join\ us\ on\b.*|share(\ (this|on|via)\b.*)?|tweet|subscribe(\ (to|now|for)\b.*)?
    |sign\ up\ (for|to)\b.*|newsletter|read\ (also|next|more)\b.*|see\ also:?|related\ (news|articles|stories|posts|topics)
    |(more|latest|top|other|breaking)\ (news|stories|headlines|articles)(\ .{1,20})?|(most|popular)\ (read|popular|viewed|posts)
    |news\ ?(line|feed)|back\ to\ top|print\ this\b.*|advertisement|sponsored(\ content)?|(skip|jump)\ to\ (main\ )?content
    |all\ rights\ reserved.*|(©|\(c\)\ |copyright\ )[\ ©(c)]*(\d{4}|by\b).*|privacy\ policy|terms\ of\ (use|service)|cookie\ (policy|settings)
    |contact\ us|about\ us|download\ (the|our)\ app\b.*|tags?:.*
    |поделиться.*|подписывайтесь.*|подписаться.*|читайте\ также.*|оставить\ комментарий|комментарии|лента\ новостей
    |следите\ за\ нами.*|все\ права\ защищены.*|главные\ новости|последние\ новости""",
    re.IGNORECASE | re.VERBOSE,
)
_NAVIGATION_CHARS = 100
_SENTENCE_END = re.compile(r"[.!?…。！？؟।][)\]\"'”’»]*$")
# A shorter line that ends like a sentence may still be a slogan of the page ("Stay informed.").
_PROSE_CHARS = 60


@dataclass(frozen=True)
class Boilerplate:
    """A part of the canonical text, `[start, end)` in characters, that is not chunked."""

    start: int
    end: int
    reason: str
    """"header", "title", "sign-off", "navigation" or "another language"."""


def find_boilerplate(text: str, metadata: Metadata) -> tuple[Boilerplate, ...]:
    """Return the boilerplate of `text` in order; empty if all of the text would be boilerplate."""
    known = [
        *(Boilerplate(*span, "header") for span in metadata.header),
        *(Boilerplate(*span, "title") for span in metadata.title_lines),
        *([Boilerplate(*metadata.sign_off, "sign-off")] if metadata.sign_off else []),
    ]
    taken = {(piece.start, piece.end) for piece in known}
    lines = [line for line in line_spans(text) if line not in taken and not _inside(line, metadata.header)]
    found = _outermost([*known, *_navigation(text, lines)])
    rest = text
    for piece in reversed(found):
        rest = rest[: piece.start] + rest[piece.end :]
    return tuple(found) if rest.strip() else ()


def _outermost(pieces: list[Boilerplate]) -> list[Boilerplate]:
    """Return the pieces in order, without those inside another, such as a sign-off in a copyright line."""
    kept: list[Boilerplate] = []
    for piece in sorted(pieces, key=lambda piece: (piece.start, -piece.end)):
        if not kept or piece.start >= kept[-1].end:
            kept.append(piece)
    return kept


def _navigation(text: str, lines: list[Span]) -> list[Boilerplate]:
    article_script = dominant_script(text)
    last_prose = max((i for i, line in enumerate(lines) if _is_prose(text[slice(*line)], article_script)), default=-1)
    pieces, in_tail = [], False
    for i, (start, end) in enumerate(lines):
        line = text[start:end]
        foreign = dominant_script(line) not in (article_script, None)
        sentence = bool(_SENTENCE_END.search(line))
        is_navigation = len(line) <= _NAVIGATION_CHARS and not sentence and bool(_NAVIGATION.fullmatch(line))
        # After the article's last prose, everything from the first clear sign of navigation on belongs to the page.
        in_tail = in_tail or (i > last_prose >= 0 and (is_navigation or (foreign and not sentence)))
        if is_navigation or in_tail:
            pieces.append(Boilerplate(start, end, "another language" if foreign else "navigation"))
    return pieces


def _is_prose(line: str, article_script: str | None) -> bool:
    return (
        len(line) >= _PROSE_CHARS
        and bool(_SENTENCE_END.search(line))
        and dominant_script(line) in (article_script, None)
    )


def _inside(span: Span, outer: tuple[Span, ...]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in outer)
