"""Grounding: whether the passages say what a language model wrote, sentence by sentence."""
