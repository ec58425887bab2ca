"""What the page says and does while the models are being loaded behind it."""

from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

from embeddings.errors import ArticlesError
from qa_app.serving.page.events import QUIET
from qa_app.serving.page.notices import failed, said
from qa_app.serving.promises import promised
from qa_app.serving.startup import Opening

LOADING = "Loading the models …"


def follow(page: gr.Blocks, opening: Opening, notice: gr.HTML, chatbot: gr.Chatbot) -> None:
    """Tell each page in `notice` what it waits for, and give it the example questions when they are known."""

    # Awaited, not asked for again and again: an open page costs no thread meanwhile, and is told at once.
    async def tell() -> AsyncIterator[str]:
        try:
            if not opening.service.done():
                yield said(f"{LOADING} Ask already: the answer comes when they are there.")
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
