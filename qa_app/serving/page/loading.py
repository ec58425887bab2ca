"""Show on the page that the models are loading, then the example questions or the error."""

from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

from embeddings.errors import ArticlesError
from qa_app.serving.page.events import QUIET
from qa_app.serving.page.notices import failed, said
from qa_app.serving.startup import Opening
from qa_app.serving.waiting import promised

LOADING = "Loading the models …"


def follow(page: gr.Blocks, opening: Opening, notice: gr.HTML, chatbot: gr.Chatbot) -> None:
    """Show the loading state in `notice` of each open page, and the example questions in `chatbot` once they are ready."""

    # Awaited rather than polled: an open page needs no thread, and is updated at once.
    async def tell() -> AsyncIterator[str]:
        try:
            if not opening.service.done():
                yield said(f"{LOADING} You can already ask; the answer follows once they are loaded.")
            await promised(opening.service)
            yield ""
            await promised(opening.examples)
        except ArticlesError as error:
            yield failed(str(error))

    def show_examples() -> Any:
        if opening.examples.exception():
            return gr.skip()
        return gr.Chatbot(examples=[{"text": question} for question in opening.examples.result()])

    told = page.load(tell, None, notice, concurrency_limit=None, **QUIET)
    told.then(show_examples, None, chatbot, **QUIET, queue=False)
