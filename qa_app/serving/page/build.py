"""The page put together: chat and evidence side by side, the corpus, the quality, and the API."""

from pathlib import Path
from typing import Any

import gradio as gr

from qa_app.evaluation.report.html_report import STYLE
from qa_app.generation.opening import WriterConfig
from qa_app.serving.access import refuse_other_sites
from qa_app.serving.api import publish_api
from qa_app.serving.page.chat import Chat, File
from qa_app.serving.page.conversations_panel import ConversationsPanel
from qa_app.serving.page.corpus_tab import CorpusTab
from qa_app.serving.page.events import QUIET
from qa_app.serving.page.evidence import EMPTY
from qa_app.serving.page.loading import follow
from qa_app.serving.page.quality_tab import QualityTab
from qa_app.serving.page.wording_tab import WordingTab
from qa_app.serving.startup import Opening

_HERE = Path(__file__).parent
_TITLE = "Articles, answered"
# Questions of several visitors that are read at once; more wait in line.
_CONCURRENT = 2
# Its button asks as Enter does; the frame is drawn first, in which the field has its new words.
_SUBMIT = """() => setTimeout(() => document.querySelector("#question .submit-button")?.click(), 50)"""
# A click on an example is wired only where there is one; the corpus's own take its place when they are known.
_SOME_EXAMPLE = [["What do the articles say?"]]


def build_page(opening: Opening, private: bool = True, writer: WriterConfig | None = None) -> gr.Blocks:
    """Lay out the page; it can be served while what it shows is still being opened.

    Args:
        opening: what the page waits for.
        private: only this machine is served. Others neither see its conversations nor choose what it connects to.
        writer: words the answers from the start; None for the articles' own words.
    """
    chat = Chat(opening.service)

    # Called from page.js by these names; gr.HTML takes functions, not methods.
    def evidence(answer_id: str) -> str:
        return chat.evidence(answer_id)

    def article(place: dict[str, Any]) -> str:
        return chat.article(str(place["path"]), int(place["start"]), int(place["end"]))

    def exported(wanted: dict[str, Any]) -> File:
        if not private and wanted.get("answer") is None:
            raise gr.Error("Conversations are not kept on a server for others.", print_exception=False)
        return chat.exported(wanted.get("answer"), wanted.get("conversation"), str(wanted["form"]))

    def feedback(given: dict[str, Any], request: gr.Request) -> str:
        refuse_other_sites(request)
        return chat.feedback(str(given["answer"]), str(given["verdict"]), str(given["note"]))

    page: gr.Blocks
    with gr.Blocks(title=_TITLE, analytics_enabled=False, fill_width=True) as page:
        conversation, as_is, wording = gr.State(), gr.State(), gr.State(writer)
        kept = ConversationsPanel(opening.service, chat, _read("conversations.js")) if private else None
        with gr.Row(elem_id="top"):
            gr.HTML(f"<h1>{_TITLE}</h1>", elem_id="heading", padding=False)
            notice = gr.HTML(elem_id="loading", padding=False)
        with gr.Tabs():
            with gr.Tab("Ask"), gr.Row(elem_id="ask"):
                panel = gr.HTML(
                    EMPTY,
                    elem_id="evidence-panel",
                    render=False,
                    js_on_load=_read("page.js"),
                    server_functions=[evidence, article, exported, feedback],
                )
                with gr.Column(scale=3, min_width=300):
                    interface = _chat_interface(chat, panel, conversation, as_is, wording)
                with gr.Column(scale=2, min_width=300, elem_id="evidence"):
                    gr.HTML("<h2>Evidence</h2>", padding=False)
                    panel.render()  # type: ignore[no-untyped-call]
            with gr.Tab("Corpus"):
                CorpusTab(opening.service).build(page, _read("corpus.js"))
            with gr.Tab("Quality") as quality:
                QualityTab(opening.service).build(quality)
            if private:
                with gr.Tab("Wording"):
                    WordingTab(writer).build(wording)
        follow(page, opening, notice, interface.chatbot)
        interface.chatbot.clear(lambda: (EMPTY, None), None, [panel, conversation], **QUIET)
        interface.textbox.stop(
            lambda current: (*chat.stopped(current), gr.skip()),
            conversation,
            [interface.chatbot, panel, interface.chatbot_state],
            **QUIET,
        ).then(lambda shown: shown, interface.chatbot, interface.chatbot_state, **QUIET)
        if kept:
            kept.follow(page, interface, panel, conversation)
        publish_api(opening.service, _CONCURRENT)
    page.queue(default_concurrency_limit=_CONCURRENT)
    return page


def launch_options() -> dict[str, Any]:
    """Return what `launch` needs besides host and port: looks, and nothing from or to another host."""
    fonts = ["system-ui", "Segoe UI", "Roboto", "Helvetica", "Arial", "sans-serif"]
    return {
        "theme": gr.themes.Soft(font=fonts, font_mono=["ui-monospace", "Consolas", "monospace"]),
        "css_paths": [_HERE / "style.css", STYLE],
        "footer_links": ["api", "settings"],
        "run_history": False,
        "ssr_mode": False,
        "enable_monitoring": False,
        "quiet": True,
        "show_error": True,
    }


def _chat_interface(
    chat: Chat, panel: gr.HTML, conversation: gr.State, as_is: gr.State, wording: gr.State
) -> gr.ChatInterface:
    interface = gr.ChatInterface(
        chat.respond,
        chatbot=gr.Chatbot(
            elem_id="chat",
            label="Conversation",
            height="min(68vh, 44rem)",
            latex_delimiters=[],
            buttons=["copy"],
            placeholder="Ask about your articles. Every answer quotes their exact words.",
        ),
        textbox=gr.Textbox(
            elem_id="question",
            placeholder="Your question",
            label="Your question",
            show_label=False,
            autofocus=True,
            max_lines=4,
            submit_btn=True,
            stop_btn=True,
        ),
        additional_inputs=[conversation, as_is, wording],
        additional_outputs=[panel, conversation],
        examples=_SOME_EXAMPLE,
        cache_examples=False,
        editable=True,
        concurrency_limit=_CONCURRENT,
        api_visibility="private",
        show_progress="hidden",
    )
    interface.chatbot.examples = None

    # What was searched for comes back changed: it is asked as any question is, and searched as it stands.
    def changed(event: gr.EventData) -> tuple[str, str]:
        return str(event.text), str(event.text)

    panel.submit(changed, None, [interface.textbox, as_is], **QUIET).then(None, None, None, js=_SUBMIT, **QUIET)
    return interface


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
