"""Options shared by the page's events."""

from typing import Any

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""Options of an event that is not an API endpoint and shows no progress over its outputs."""
