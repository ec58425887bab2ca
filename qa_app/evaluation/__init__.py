"""Measure answers against a question file: no network, no language model as judge."""
