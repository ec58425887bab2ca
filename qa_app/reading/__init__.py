"""The trained reader: one pass over question and passage finds the words that answer, or that none do."""

from qa_app.reading.reader import Reader

# The reader itself, `qa_app.reading.span_reader`, imports torch, so it is imported only where it is opened.
__all__ = [
    # What every reader offers
    "Reader",
]
