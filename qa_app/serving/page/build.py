"""Assemble the page from its tabs (Ask, Corpus, Quality, Wording), and the API."""

from pathlib import Path
from typing import Any

import gradio as gr

from qa_app.evaluation.report.html_report import STYLE
from qa_app.generation.opening import WriterConfig
from qa_app.serving.api import publish_api
from qa_app.serving.page.article import ArticleView
from qa_app.serving.page.ask_tab import AskTab
from qa_app.serving.page.chat import Chat
from qa_app.serving.page.conversations_panel import ConversationsPanel
from qa_app.serving.page.corpus_tab import CorpusTab
from qa_app.serving.page.loading import follow
from qa_app.serving.page.quality_tab import QualityTab
from qa_app.serving.page.wording_tab import WordingTab
from qa_app.serving.startup import Opening

_HERE = Path(__file__).parent
_TITLE = "Articles, answered"
# Number of questions, of all visitors, answered at once; further ones are queued.
_CONCURRENT = 2
# How often Gradio looks for new events, except on Windows. Its own 0.001 takes 8 % of a core while nobody asks anything.
_LOOK_S = 0.02


def build_page(opening: Opening, private: bool = True, writer: WriterConfig | None = None) -> gr.Blocks:
    """Build the page; it can be served while the models are still loading.

    Args:
        opening: the futures that the page waits for.
        private: True if only this machine can reach the server. Others cannot change the articles, see stored
            conversations or choose a language model.
        writer: the language model that words the answers at first; None to quote the articles.
    """
    chat = Chat(opening.service)
    page: gr.Blocks
    with gr.Blocks(title=_TITLE, analytics_enabled=False, fill_width=True) as page:
        wording = gr.State(writer)
        kept = ConversationsPanel(opening.service, chat, _read("conversations.js")) if private else None
        with gr.Row(elem_id="top"):
            gr.HTML(f"<h1>{_TITLE}</h1>", elem_id="heading", padding=False)
            notice = gr.HTML(elem_id="loading", padding=False)
        with gr.Tabs():
            with gr.Tab("Ask"):
                ask = AskTab(
                    chat, ArticleView(opening.service, read_only=not private), _CONCURRENT, private, _read("page.js")
                )
            with gr.Tab("Corpus"):
                CorpusTab(opening.service, read_only=not private).build(page, _read("corpus.js"))
            if private:  # they show commands and paths of this machine
                with gr.Tab("Quality") as quality:
                    QualityTab(opening.service).build(quality)
                with gr.Tab("Wording"):
                    WordingTab(writer).build(wording)
        follow(page, opening, notice, ask.chatbot)
        ask.follow(wording)
        if kept:
            kept.follow(page, ask)
        publish_api(opening.service, _CONCURRENT)
    page.queue(default_concurrency_limit=_CONCURRENT)
    page._queue.sleep_when_free = max(_LOOK_S, page._queue.sleep_when_free)
    return page


def launch_options() -> dict[str, Any]:
    """Return the options of `launch` for the look of the page, without requests to other hosts."""
    # Gradio's greys and blues for labels, hints and selected items miss WCAG's contrast of 4.5 to 1.
    contrast = {
        "background_fill_primary": "*neutral_50",  # the Soft theme's own value, which `set` would reset
        "body_text_color_subdued": "*neutral_600",
        "body_text_color_subdued_dark": "*neutral_300",
        "block_label_text_color": "*primary_700",
        "block_title_text_color": "*primary_700",
        "checkbox_label_background_fill_selected": "*primary_700",
        "button_secondary_background_fill_hover_dark": "*primary_600",
        "input_placeholder_color": "*neutral_500",
        "input_placeholder_color_dark": "*neutral_300",
    }
    fonts = ["system-ui", "Segoe UI", "Roboto", "Helvetica", "Arial", "sans-serif"]
    return {
        "theme": gr.themes.Soft(font=fonts, font_mono=["ui-monospace", "Consolas", "monospace"]).set(**contrast),
        "css_paths": [_HERE / "style.css", STYLE],
        "footer_links": ["api", "settings"],
        "run_history": False,
        "ssr_mode": False,
        "enable_monitoring": False,
        "quiet": True,
    }


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
