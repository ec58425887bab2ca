"""A follow-up made to stand by itself: what the conversation so far says is put into the question. No model."""

from qa_app.rewriting.antecedents import REACH
from qa_app.rewriting.history import exchanges
from qa_app.rewriting.rewriter import rewrite

__all__ = ["REACH", "exchanges", "rewrite"]
