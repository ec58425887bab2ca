"""Assemble the page: its frame, the functions that its script calls, the stream of answers, and the API."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import gradio as gr
from pydantic import TypeAdapter

from qa_app.accounts import Role
from qa_app.evaluation.report.html_report import STYLE
from qa_app.generation.opening import WriterConfig
from qa_app.rendering.html import render
from qa_app.serving.access import READ_ONLY
from qa_app.serving.api import publish_api
from qa_app.serving.page.article import ArticleView, Opened, OriginalPage, ReadChange
from qa_app.serving.page.chat import Asked, Chat, Export, Feedback, Shown, Wanted, Window
from qa_app.serving.page.conversations_list import ConversationsList, Renamed
from qa_app.serving.page.functions import Place, Reply, server_function, understood
from qa_app.serving.page.library import Label, Library, Limits
from qa_app.serving.page.library import Wanted as WantedRows
from qa_app.serving.page.quality_panel import drafted_questions, quality_html
from qa_app.serving.page.saved import Annotated, QuoteOf, SavedQuotes
from qa_app.serving.page.state import State, wait_for_state
from qa_app.serving.page.wording import Wording, tried, wording_html, wording_of, writer_of
from qa_app.serving.startup import Opening
from qa_app.serving.waiting import promised, wait_for

_HERE = Path(__file__).parent
_TITLE = "Articles, answered"
# Number of questions, of all visitors, answered at once; further ones are queued.
_CONCURRENT = 2
# How often Gradio looks for new events, except on Windows. Its own 0.001 takes 8 % of a core while nobody asks anything.
_LOOK_S = 0.02
# One scope for all: what one file defines, the later ones use.
_SCRIPTS = ("base.js", "article.js", "asking.js", "left.js", "panels.js", "page.js")
_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""Options of an event that is not an API endpoint and shows no progress over its outputs."""


def build_page(
    opening: Opening, role: Role = Role.ADMIN, writer: WriterConfig | None = None, *, has_account: bool = False
) -> gr.Blocks:
    """Build the page of a role; it can be served while the models are still loading.

    Args:
        opening: the futures that the page waits for.
        role: what the role may not do is left out of the page, and there is nothing to call.
        writer: the language model that words the answers at first; None to quote the articles.
        has_account: whether visitors have logged in, and can log out.
    """
    chat = Chat(opening.service, role is Role.ADMIN, writer)
    asked = TypeAdapter(Asked)

    def respond(event: gr.EventData) -> Iterator[Shown]:
        # Closed when the visitor stops it, so that a writer is stopped too.
        with closing(chat.respond(understood(asked, event._data))) as steps:
            yield from steps

    page: gr.Blocks
    with gr.Blocks(title=_TITLE, analytics_enabled=False, fill_width=True) as page:
        # Gradio's own components would bring their looks; it streams the answers through this one, which shows nothing.
        stream = gr.HTML(
            html_template="",
            elem_id="stream",
            visible="hidden",
            js_on_load="watch('value', () => dispatchEvent(new CustomEvent('answer-grows', { detail: props.value })));",
        )
        frame = gr.HTML(
            render(
                "page/app.html",
                title=_TITLE,
                changes=role >= Role.EDITOR,
                admin=role is Role.ADMIN,
                has_account=has_account,
                wording=json.dumps(wording_of(writer) if role is Role.ADMIN else None),
                read_only=READ_ONLY,
                turn=None,
            ),
            elem_id="app",
            apply_default_css=False,
            padding=False,
            js_on_load="\n".join(_read(f"script/{name}") for name in _SCRIPTS),
            server_functions=_functions(opening, chat, role),
        )
        # By default, Gradio drops what is submitted before the last stream has ended, a moment after its answer is shown.
        answers = frame.submit(
            respond,
            None,
            stream,
            trigger_mode="multiple",
            concurrency_limit=_CONCURRENT,
            concurrency_id="ask",
            **_PRIVATE,
        )
        frame.stop(None, None, None, cancels=[answers], **_PRIVATE)
        publish_api(opening.service, _CONCURRENT)
    page.queue(default_concurrency_limit=_CONCURRENT)
    page._queue.sleep_when_free = max(_LOOK_S, page._queue.sleep_when_free)
    return page


def _functions(opening: Opening, chat: Chat, role: Role) -> list[Callable[..., Any]]:
    """Return the functions that the script calls, as far as the role may."""
    service, read_only = opening.service, role < Role.EDITOR
    articles, library = ArticleView(service, read_only), Library(opening, read_only)
    conversations, saved = ConversationsList(service), SavedQuotes(service)

    async def state(waits: bool) -> State:
        return await wait_for_state(opening, waits)

    async def follow_ups(turn: str) -> Reply:
        return {"value": list(await opening.suggestions.follow_ups(await promised(service), turn))}

    def function(name: str, work: Callable[[Any], object], takes: Any) -> Callable[..., Any]:
        return server_function(name, work, takes, service)

    for_readers: list[Callable[..., Any]] = [
        state,
        follow_ups,
        function("rows", library.rows, WantedRows),
        function("start", library.start, object),
        function("in_scope", library.in_scope, Limits),
        function("article", articles.opened, Opened),
        function("original_page", articles.original_page, OriginalPage),
        function("stopped", chat.stopped, str),
        function("ended", chat.ended, str),
        function("undone", chat.undone, Window),
        function("opened", chat.opened, Wanted),
        function("exported", chat.exported, Export),
        function("feedback", chat.feedback, Feedback),
        function("conversations", conversations.listing, str),
        function("rename", conversations.rename, Renamed),
        function("delete", conversations.delete, str),
        function("save_quote", saved.save, QuoteOf),
        function("saved_count", saved.count, object),
        function("saved", saved.listing, object),
        function("annotate", saved.annotate, Annotated),
        function("forget_quote", saved.forget, str),
        function("export_quotes", saved.exported, object),
    ]
    for_editors = [
        function("add", library.add, str),
        function("remove", library.remove, Place),
        function("label", library.label, Label),
        function("reembed", library.reembed, object),
        function("stop_job", library.stop_job, object),
        function("set_read", articles.change_read, ReadChange),
    ]
    for_admins = [  # they show commands and paths of this machine
        function("quality", lambda _: quality_html(wait_for(service)), object),
        function("draft_questions", lambda _: drafted_questions(wait_for(service)), object),
        function("wording", lambda used: wording_html(writer_of(used)), Wording | None),
        function("use_writer", tried, Wording),
    ]
    return [
        *for_readers,
        *(for_editors if role >= Role.EDITOR else []),
        *(for_admins if role is Role.ADMIN else []),
    ]


def launch_options() -> dict[str, Any]:
    """Return the options of `launch` for the look of the page, without requests to other hosts."""
    # In the document's head rather than by `css`, which Gradio would rewrite, rule by rule, for its own container.
    return {
        "theme": gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        "head": f"<style>{STYLE.read_text(encoding='utf-8')}{_read('style.css')}</style>",
        "favicon_path": _HERE / "favicon.svg",
        "footer_links": [],
        "run_history": False,
        "ssr_mode": False,
        "enable_monitoring": False,
        "quiet": True,
    }


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
