"""A follow-up made to stand by itself: what the conversation so far says is put into the question. No model."""

from qa_app.followups.completing import complete
from qa_app.followups.history import exchanges

__all__ = ["complete", "exchanges"]
