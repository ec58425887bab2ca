"""The Wording tab: choose between extractive answers and a language model whose sentences are checked."""

from typing import Any

import gradio as gr

from embeddings.errors import ArticlesError
from qa_app.generation.opening import KEY_VARIABLES, WriterConfig, shared_writing
from qa_app.rendering.html import render
from qa_app.serving.page.events import QUIET
from qa_app.serving.page.notices import failed, said

_ARTICLES, _MODEL = "The articles, in their own words", "A language model, each sentence checked against the articles"


class WordingTab:
    """The tab's event handlers."""

    def __init__(self, given: WriterConfig | None) -> None:
        """`given` is the writer that the server was started with, or None."""
        self._given = given

    def build(self, choice: gr.State) -> None:
        """Lay out the tab; call it inside its `gr.Tab`. `choice` receives a `WriterConfig`, or None for no writer."""
        given = self._given
        start = given or WriterConfig("")
        about = render("page/wording_about.html", key_variable=KEY_VARIABLES[0])
        gr.HTML(about, padding=False, elem_id="wording-about")
        who = gr.Radio([_ARTICLES, _MODEL], value=_MODEL if given else _ARTICLES, label="Answers are worded by")
        with gr.Group(visible=given is not None) as details:
            where = gr.Textbox(
                start.where,
                label="Server's address, or a model's folder or file",
                placeholder="http://127.0.0.1:11434/v1",
                elem_id="writer-where",
            )
            model = gr.Textbox(start.model or "", label="Model's name on the server", placeholder="optional")
            limit = gr.Number(start.time_limit_s, label="Time limit for an answer, in seconds", minimum=1, maximum=3600)
            hide = gr.Checkbox(start.hide_unsupported, label="Hide sentences that the articles do not support")
            use = gr.Button("Use this model", elem_id="use-writer")
        notice = gr.HTML(elem_id="wording-said")
        who.change(self.choose, [who], [details, choice, notice], **QUIET)
        use.click(self.use, [where, model, limit, hide], [choice, notice], api_visibility="private")

    def choose(self, who: str) -> tuple[Any, Any, str]:
        """Show the settings of a model. Extractive answers need none and apply at once."""
        if who == _MODEL:
            return gr.Group(visible=True), gr.skip(), ""
        return gr.Group(visible=False), None, said("Answers are quoted from the articles.")

    def use(self, where: str, model: str, limit: float | None, hide: bool) -> tuple[Any, str]:
        """Use a writer for this visitor's next questions; a local model is loaded now."""
        if not where.strip():
            return gr.skip(), failed("Enter the address of a server, or the folder or file of a model.")
        limit_s = WriterConfig.time_limit_s if not limit else float(limit)
        config = WriterConfig(where.strip(), model.strip() or None, limit_s, limit_s, hide)
        try:
            name = shared_writing(config).writer.name
        except ArticlesError as error:
            return gr.skip(), failed(str(error))
        return config, said(f"The next answers are worded by {name}.")
