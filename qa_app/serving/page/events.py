"""What the page's events have in common."""

from typing import Any

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""What an event takes that is neither an endpoint nor covers what it changes."""
