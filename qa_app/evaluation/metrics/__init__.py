"""Metrics: judge answers, compute figures with intervals, and compare results."""
