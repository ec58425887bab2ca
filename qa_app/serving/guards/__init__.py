"""What every request passes before it reaches the page, the API or MCP: ASGI middleware, each with one rule."""
