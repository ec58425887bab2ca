"""The online half: from a question to an answer with the exact words it rests on."""

from qa_app.assistant import Assistant, open_assistant
from qa_app.config import AnswerConfig, AssistantConfig, RetrievalConfig
from qa_app.pipeline import answer, answer_events
from qa_app.types import Answer, Candidate, Citation, Exchange, Passage, Sentence, Turn

__all__ = [
    # Open
    "Assistant",
    "open_assistant",
    "AnswerConfig",
    "AssistantConfig",
    "RetrievalConfig",
    # Ask
    "answer",
    "answer_events",
    "Exchange",
    "Turn",
    # What comes back
    "Answer",
    "Candidate",
    "Citation",
    "Passage",
    "Sentence",
]
