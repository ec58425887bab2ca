"""The trained reader: one pass over question and passage finds the words that answer, or that none do."""
