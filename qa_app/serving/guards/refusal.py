"""The answer to a request that is refused."""

from collections.abc import Mapping

from starlette.responses import JSONResponse

from embeddings.errors import ArticlesError


def refusal(status: int, error: ArticlesError, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return the response: what happened and the next step, under the names that Gradio's clients and people read."""
    return JSONResponse({"detail": str(error), "error": str(error)}, status, headers)
