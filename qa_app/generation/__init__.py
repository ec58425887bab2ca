"""Generation: a chat model words the answer."""

from qa_app.generation.opening import WriterConfig, open_writer, open_writing, shared_writing
from qa_app.generation.writer import Limits, Writer, WriterFailed, WriterUnavailable, Writing

__all__ = [
    # What every writer offers
    "Limits",
    "Writer",
    "WriterFailed",
    "WriterUnavailable",
    "Writing",
    # Open one
    "WriterConfig",
    "open_writer",
    "open_writing",
    "shared_writing",
]
