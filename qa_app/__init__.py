"""The online half: answer a question with the exact words that support the answer."""

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
