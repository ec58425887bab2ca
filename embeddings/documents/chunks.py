"""Cut a document into chunks: whole sentences of one paragraph, near a target size."""

import hashlib
from bisect import bisect_left
from dataclasses import dataclass

from embeddings.config import ChunkingConfig
from embeddings.documents.document import Document
from embeddings.documents.sentences import Span, paragraph_spans, sentence_spans

VERSION = 1
"""Raised when paragraphs, sentences or chunks come out differently for the same text."""


@dataclass(frozen=True)
class Chunk:
    """A passage `[start, end)` of a document's canonical text, in characters: the unit of encoding and search."""

    document: Document
    start: int
    end: int

    @property
    def text(self) -> str:
        """The chunk's words: a slice of the document's text."""
        return self.document.text[self.start : self.end]


def encoder_input(title: str, text: str) -> str:
    """Return the encoder's input for a chunk. The document's title adds names that the paragraph leaves out."""
    return f"{title}\n{text}"


def content_key(title: str, text: str) -> bytes:
    """Return the SHA-256 of the encoder's input; equal content is encoded once."""
    return hashlib.sha256(encoder_input(title, text).encode()).digest()


def chunk_document(document: Document, config: ChunkingConfig) -> list[Chunk]:
    """Cut a document into chunks, in order. Each has whole sentences, no boilerplate, and is not empty."""
    chunks: list[Chunk] = []
    for block in _blocks(document, config):
        sentences = [
            span
            for paragraph in block
            for span in sentence_spans(document.text, *paragraph, max_chars=config.max_sentence_chars)
        ]
        chunks.extend(Chunk(document, start, end) for start, end in pack(sentences, config))
    return chunks


def pack(sentences: list[Span], config: ChunkingConfig) -> list[Span]:
    """Pack consecutive sentences into chunks of even size near `config.target_chars`.

    The number of chunks follows from the total length, and all get about the same size, so that no short rest remains.
    Each chunk but the first begins with the last `overlap_sentences` of the one before.
    """
    if not sentences:
        return []
    total = sentences[-1][1] - sentences[0][0]
    parts = max(1, round(total / config.target_chars))
    # first[i] is the first sentence of part i: the one that starts nearest to an even cut
    cuts = [sentences[0][0] + total * i / parts for i in range(parts)]
    starts = [start for start, _ in sentences]
    first = sorted({_nearest(starts, cut) for cut in cuts})
    last = [*(index - 1 for index in first[1:]), len(sentences) - 1]
    return [
        (sentences[begin if i == 0 else max(first[i - 1], begin - config.overlap_sentences)][0], sentences[stop][1])
        for i, (begin, stop) in enumerate(zip(first, last, strict=True))
    ]


def _nearest(values: list[int], target: float) -> int:
    """Return the position of the value nearest to `target` in ascending `values`; the lower one in a tie."""
    after = bisect_left(values, target)
    if after == 0 or (after < len(values) and values[after] - target < target - values[after - 1]):
        return after
    return after - 1


def _blocks(document: Document, config: ChunkingConfig) -> list[list[Span]]:
    """Group paragraphs into blocks, each between two pieces of boilerplate; only tiny paragraphs share a block."""
    blocks: list[list[Span]] = []
    for start, end in _prose_spans(document):
        run: list[list[Span]] = []
        for paragraph in paragraph_spans(document.text, start, end):
            if run and _joins(run[-1], paragraph, config):
                run[-1].append(paragraph)
            else:
                run.append([paragraph])
        blocks.extend(run)
    return blocks


def _joins(block: list[Span], paragraph: Span, config: ChunkingConfig) -> bool:
    """Return whether a paragraph joins the block before it: one of the two is tiny, and both fit into one chunk.

    A single tiny paragraph (a heading) joins the next one even if they do not fit.
    """
    size = block[-1][1] - block[0][0]
    tiny = config.tiny_paragraph_chars
    fits = paragraph[1] - block[0][0] <= config.target_chars
    return (size < tiny and (fits or len(block) == 1)) or (paragraph[1] - paragraph[0] < tiny and fits)


def _prose_spans(document: Document) -> list[Span]:
    spans, position = [], 0
    for piece in document.boilerplate:
        spans.append((position, piece.start))
        position = piece.end
    spans.append((position, len(document.text)))
    return [span for span in spans if document.text[slice(*span)].strip()]
