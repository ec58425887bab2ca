"""Grounding: check each sentence that a language model wrote against the passages."""
