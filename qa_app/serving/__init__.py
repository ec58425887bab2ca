"""Serving: the page, the API and MCP over a corpus that is kept in sync."""
