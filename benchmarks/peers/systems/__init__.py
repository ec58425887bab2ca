"""The systems that are measured; each module runs in an environment of its own and imports nothing of the driver."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MeasuredSystem:
    name: str
    """As `--only` knows it; its module is NAME_system.py, its requirements are NAME_requirements.txt."""
    title: str
    setup: str
    """How it is set up, in a few words for the table."""


OURS = MeasuredSystem("ours", "this project", "600 characters, cosine and BM25 fused")
SYSTEMS = (
    OURS,
    MeasuredSystem("txtai", "txtai", "paragraphs, hybrid"),
    MeasuredSystem("langchain", "LangChain", "recursive splitter, 1,000 characters, FAISS"),
    MeasuredSystem("llamaindex", "LlamaIndex", "defaults, 1,024 tokens"),
    MeasuredSystem("haystack", "Haystack", "200 words, BM25 and embeddings, reciprocal rank"),
)
