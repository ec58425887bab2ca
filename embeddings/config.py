"""Configuration of the offline half."""

from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_FOLDER = Path("seeds")
DEFAULT_INDEX = Path("index")


@dataclass(frozen=True)
class ChunkingConfig:
    """How an article is cut into chunks: a setting of the whole index, which only `reembed` changes.

    The version of the code that cuts is kept with each document instead: see `embeddings.documents.versions`.
    All sizes are in characters of canonical text, the one unit that fits every script; an English word and its
    space take about six. The defaults were measured: see docs/results/retrieval.md.
    """

    target_chars: int = 600
    """Target size of a chunk."""
    overlap_sentences: int = 1
    """Number of sentences that a chunk repeats from the previous chunk of its paragraph."""
    tiny_paragraph_chars: int = 160
    """A paragraph shorter than this (a heading, a list item) shares a chunk with its neighbours."""
    max_sentence_chars: int = 1000
    """A longer sentence (a table, a text without full stops) is cut at white space."""

    def __post_init__(self) -> None:
        if self.target_chars < 1 or self.max_sentence_chars < 1 or self.overlap_sentences < 0:
            raise ValueError(f"sizes must be positive and the overlap not negative: {self}")


@dataclass(frozen=True)
class IndexConfig:
    """How an index is made, apart from the documents and the encoder."""

    chunking: ChunkingConfig = field(default_factory=ChunkingConfig)
    max_file_bytes: int = 20_000_000
    """A larger file is reported, not read: it is probably not an article."""
    encode_group_chunks: int = 128
    """Chunks of several files are encoded in groups of about this size. A sync can be stopped between groups."""
