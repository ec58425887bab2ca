"""The measured systems. Each module runs in its own environment and imports nothing from the driver."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MeasuredSystem:
    name: str
    """The name for `--only`; the module is NAME_system.py, the requirements are NAME_requirements.txt."""
    title: str
    setup: str
    """A short description of its setup, for the table."""


OURS = MeasuredSystem("ours", "this project", "600 characters, cosine and BM25 fused")
SYSTEMS = (
    OURS,
    MeasuredSystem("txtai", "txtai", "paragraphs, hybrid"),
    MeasuredSystem("langchain", "LangChain", "recursive splitter, 1,000 characters, FAISS"),
    MeasuredSystem("llamaindex", "LlamaIndex", "defaults, 1,024 tokens"),
    MeasuredSystem("haystack", "Haystack", "200 words, BM25 and embeddings, reciprocal rank"),
)
