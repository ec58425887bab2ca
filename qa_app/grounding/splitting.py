"""Split a streamed reply into sentences, each with the passages it cites."""

import re
from dataclasses import dataclass

from embeddings.config import ChunkingConfig
from embeddings.documents.sentences import line_spans, sentence_spans

MARKER = re.compile(
    r"[\[【]\s*((?:passages?\s*)?\d{1,3}(?:\s*(?:,|;|and|&)\s*(?:passage\s*)?\d{1,3})*)\s*[\]】]", re.IGNORECASE
)
"""A citation marker: `[2]`, or what models write instead: `[1, 3]`, `[passage 2]`, `【2】`."""

_BEHIND_STOP = re.compile(rf"""([.!?…]["'”’)]*)\s*({MARKER.pattern}(?:[^\S\n]*{MARKER.pattern})*)""", re.IGNORECASE)
_HALF_MARKER = re.compile(r"[\[【][^\]】]{0,20}$")
_BEFORE_STOP = re.compile(r"\s+(?=[.,;:!?…])")
# Markdown around words, and at the start of a line.
_EMPHASIS = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")
_LINE_START = re.compile(r"^(?:[-*+•–]|\d{1,2}[.)]|#{1,6})\s+")
# Shows that the next sentence has started, so the one before it is complete: "3." may become "3.5".
_BEGUN = re.compile(r"\w+\W+\w")
_MAY_END = re.compile(r"[^\w\s,;()-]\W*\w|\n")
_STOPS = re.compile(r"""[.!?…。！？]["'”’)\]]*$""")
# Reasoning models think aloud before the reply.
_THINKING, _THOUGHT = "<think>", "</think>"


@dataclass(frozen=True)
class Written:
    """One sentence of a reply."""

    text: str
    """Without markers and Markdown; has a letter or digit."""
    cited: tuple[int, ...]
    """Numbers of the passages that the writer cites, ascending; they may not exist."""
    begins_paragraph: bool
    """It starts on a new line."""


class Splitter:
    """Splits a reply that arrives in pieces; returns each sentence once it is complete."""

    def __init__(self) -> None:
        self._rest = ""
        self._begun = False
        self._markers_lead = False

    def feed(self, piece: str) -> list[Written]:
        """Return the sentences that this piece completes, in order."""
        self._rest += piece
        return self._take(ended=False) if self._has_begun(ended=False) else []

    def finish(self, cut_off: bool = False) -> list[Written]:
        """Return the remaining sentences. If the reply was cut off, drop the last one unless it ends like a sentence."""
        if not self._has_begun(ended=True):
            return []
        is_whole = _STOPS.search(MARKER.sub("", self._rest).rstrip())
        left = self._take(ended=True)
        return left if is_whole or not cut_off else left[:-1]

    def _has_begun(self, ended: bool) -> bool:
        """Return whether the reply itself has started; drop the model's thinking before it."""
        if self._begun:
            return True
        text = self._rest.lstrip()
        if _THINKING.startswith(text[: len(_THINKING)]) and _THOUGHT not in text:
            return False
        self._rest = text.partition(_THOUGHT)[2].lstrip() if text.startswith(_THINKING) else text
        self._begun = bool(self._rest) and (ended or not _HALF_MARKER.match(self._rest))
        self._markers_lead = bool(MARKER.match(self._rest))
        return self._begun

    def _take(self, ended: bool) -> list[Written]:
        """Return the complete sentences and keep the remaining text."""
        if not ended and not _MAY_END.search(self._rest):
            return []  # no sentence can end yet: do not segment a long text again for each piece
        # Move markers inside their sentence: the segmenter may put one after the full stop into either sentence.
        text = _BEHIND_STOP.sub(r"\1\n\2" if self._markers_lead else r" \2\1 ", self._rest)
        spans = [
            sentence
            for paragraph in line_spans(text)
            for sentence in sentence_spans(text, *paragraph, max_chars=ChunkingConfig().max_sentence_chars)
        ]
        if not ended:
            while spans and not _BEGUN.search(_HALF_MARKER.sub("", MARKER.sub("", text[slice(*spans[-1])]))):
                spans.pop()
            spans = spans[:-1]
        position, new_line, found = 0, False, []
        for start, end in spans:
            new_line = new_line or "\n" in text[position:start]
            sentence = _written(text[start:end], new_line)
            position = end
            if sentence:
                found.append(sentence)
                new_line = False
        self._rest = text[position:]
        return found


def _written(sentence: str, begins_paragraph: bool) -> Written | None:
    cited = {int(number) for marker in MARKER.finditer(sentence) for number in re.findall(r"\d+", marker[1])}
    plain = _LINE_START.sub("", " ".join(_EMPHASIS.sub("", MARKER.sub(" ", sentence)).split()))
    plain = _BEFORE_STOP.sub("", plain).strip()
    if not re.search(r"\w", plain) or _LINE_START.match(f"{plain} "):
        return None
    return Written(plain, tuple(sorted(cited)), begins_paragraph)
