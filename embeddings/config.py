"""Configuration of the offline half: frozen, passed in, with units."""

from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_FOLDER = Path("seeds")
DEFAULT_INDEX = Path("index")

# Raised whenever paragraphs, sentences, boilerplate or chunks come out differently for the same file,
# so that an index made by the older rules is refused and not silently mixed with the newer.
CHUNKER_VERSION = 1


@dataclass(frozen=True)
class ChunkingConfig:
    """How an article is cut into chunks.

    All sizes are characters of canonical text, the one unit that fits every script; an English word with its
    space is about six. The default was chosen on data: see docs/results/retrieval.md.
    """

    target_chars: int = 600
    """Chunks come out near this size."""
    overlap_sentences: int = 1
    """Sentences a chunk repeats from the one before it in the same paragraph."""
    tiny_paragraph_chars: int = 160
    """A paragraph shorter than this (a heading, a list item) shares a chunk with its neighbours."""
    max_sentence_chars: int = 1000
    """A longer sentence (a table, a text without full stops) is cut at white space."""
    version: int = CHUNKER_VERSION

    def __post_init__(self) -> None:
        if self.target_chars < 1 or self.max_sentence_chars < 1 or self.overlap_sentences < 0:
            raise ValueError(f"sizes must be positive and the overlap not negative: {self}")


@dataclass(frozen=True)
class IndexConfig:
    """All that shapes an index besides the articles and the encoder."""

    chunking: ChunkingConfig = field(default_factory=ChunkingConfig)
    max_file_bytes: int = 20_000_000
    """A larger file is reported, not read: it is no article."""
    encode_group_chunks: int = 128
    """Chunks of several files are encoded together up to this many; a stop is felt between two groups."""
