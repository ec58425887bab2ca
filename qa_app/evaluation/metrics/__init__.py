"""Metrics: from judged answers to figures, their chance, and their comparison."""
