"""Rendering: what turns values into HTML, Markdown and JSON."""
