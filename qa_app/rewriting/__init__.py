"""Rewrite follow-up questions so that they stand alone, by rules, from the conversation so far. No model."""

from qa_app.rewriting.antecedents import REACH
from qa_app.rewriting.history import exchanges
from qa_app.rewriting.rewriter import rewrite

__all__ = ["REACH", "exchanges", "rewrite"]
