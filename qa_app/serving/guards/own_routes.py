"""Only the routes that the page, the API and MCP use are served; the rest of Gradio's and FastAPI's is closed."""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from embeddings.errors import ArticlesError
from qa_app.serving.guards.refusal import refusal

# Among the closed ones: files by path or URL (`file=`), `proxy=`, deep links, monitoring, recordings, FastAPI's schema.
_OPEN = re.compile(
    r"""/ | /config/? | /mcp | /favicon\.ico | /robots\.txt | /manifest\.json | /pwa_icon(/\d+)? | /theme\.css
    | /(assets|static|svelte)/.*
    | /gradio_api/(info|openapi\.json|startup-events|theme\.css|app_id|user|login_check|component_server|upload|upload_progress|cancel|reset)/?
    | /gradio_api/queue/(join|data|status)
    | /gradio_api/(run|api)/[^/]+/?
    | /gradio_api/call/(v2/)?[^/]+(/[^/]+)?
    | /gradio_api/heartbeat/[^/]+
    """,
    re.VERBOSE,
)
_CLOSED = ArticlesError("There is nothing here.", "The page is at /.")


class OwnRoutesOnly:
    """ASGI middleware that answers 404 to all other paths."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or (scope["type"] == "http" and _OPEN.fullmatch(scope["path"])):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await refusal(404, _CLOSED)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})
