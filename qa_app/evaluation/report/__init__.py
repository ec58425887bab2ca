"""A result for people: HTML report, charts, tables for a terminal."""
