"""The Ask tab: the chat with its question field, and the evidence beside it."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import gradio as gr

from embeddings.documents.document import Address
from qa_app.generation.opening import WriterConfig
from qa_app.records.turns import View
from qa_app.serving.page.article import ArticleView, Page
from qa_app.serving.page.chat import Chat, File
from qa_app.serving.page.events import QUIET
from qa_app.serving.page.evidence import EMPTY

_TAKE = "(words, chat) => takeQuestion(words, chat)"
_FOCUS = "() => focusQuestion()"
"""Functions of page.js."""


class AskTab:
    """The tab's components and their events."""

    def __init__(self, chat: Chat, articles: ArticleView, concurrency: int, private: bool, script: str) -> None:
        """Build the tab's components; call it inside its `gr.Tab`.

        Args:
            chat: handles the events.
            articles: shows opened articles.
            concurrency: number of questions, of all visitors, answered at once; further ones are queued.
            private: True if only this machine can reach the server; others cannot change what is read of an article or export
                whole conversations.
            script: the text of page.js.
        """
        self._chat = chat
        self._concurrency = concurrency
        self.view = gr.State()

        # page.js calls them by these names; gr.HTML accepts functions, not methods.
        def evidence(answer_id: str) -> str:
            return chat.evidence(answer_id)

        def article(place: dict[str, Any]) -> str:
            return articles.text(_address(place), int(place["start"]), int(place["end"]))

        def original_page(place: dict[str, Any]) -> Page:
            span = int(place["start"]), int(place["end"])
            return articles.page(_address(place), int(place["page"]), *span)

        def set_read(wanted: dict[str, Any]) -> str:
            return articles.set_read(_address(wanted), str(wanted["key"]), bool(wanted["read"]))

        def exported(wanted: dict[str, Any]) -> File:
            if not private and wanted.get("answer") is None:
                raise gr.Error("This server keeps no conversations. Export single answers.", print_exception=False)
            return chat.exported(wanted.get("answer"), wanted.get("conversation"), str(wanted["form"]))

        changes = [set_read] if private else []

        def feedback(given: dict[str, Any]) -> str:
            return chat.feedback(str(given["answer"]), str(given["verdict"]), str(given["note"]))

        with gr.Row(elem_id="ask"):
            with gr.Column(scale=3, min_width=300):
                self.chatbot = gr.Chatbot(
                    elem_id="chat",
                    label="Conversation",
                    height="min(68vh, 44rem)",
                    latex_delimiters=[],
                    buttons=["copy"],
                    editable="user",
                    placeholder="Ask about your articles. Every answer quotes their exact words.",
                )
                self.question = gr.Textbox(
                    elem_id="question",
                    placeholder="Your question",
                    label="Your question",
                    show_label=False,
                    autofocus=True,
                    max_lines=4,
                    submit_btn="Ask",
                    stop_btn=False,
                )
            with gr.Column(scale=2, min_width=300, elem_id="evidence"):
                gr.HTML("<h2>Evidence</h2>", padding=False)
                self.panel = gr.HTML(
                    EMPTY,
                    elem_id="evidence-panel",
                    js_on_load=script,
                    server_functions=[evidence, article, original_page, *changes, exported, feedback],
                )

    def follow(self, wording: gr.State) -> None:
        """Connect the events; `wording` holds the visitor's `WriterConfig`, or None."""
        asked, as_is = gr.State(), gr.State()
        taken = [self.chatbot, asked]
        # The user may already be typing the next question, so the server never disables or fills the field: the browser
        # empties it when a question is submitted.
        begun = [
            self.question.submit(_take, [self.question, self.chatbot], taken, js=_TAKE, queue=False, **QUIET),
            self.chatbot.example_select(_example, self.chatbot, taken, queue=False, **QUIET),
            self.chatbot.option_select(_chosen, self.chatbot, taken, queue=False, **QUIET),
            self.chatbot.retry(_again, self.chatbot, taken, queue=False, **QUIET),
            self.chatbot.edit(_edited, self.chatbot, taken, queue=False, **QUIET),
            self.panel.submit(_searched, self.chatbot, [*taken, as_is], queue=False, **QUIET),
        ]
        self._answers = []
        for event in begun:
            answer = event.then(_busy, None, self.question, queue=False, **QUIET).then(
                self._answer,
                [asked, self.chatbot, self.view, as_is, wording],
                [self.chatbot, self.panel, self.view],
                concurrency_limit=self._concurrency,
                concurrency_id="ask",
                **QUIET,
            )
            self._then_focus(answer.then(_idle, None, self.question, queue=False, **QUIET))
            self._answers.append(answer)
        self.question.stop(None, None, None, cancels=self._answers, **QUIET)
        self._then_focus(self.question.stop(self._chat.stopped, self.view, [self.chatbot, self.panel], **QUIET))
        self._then_focus(
            self.chatbot.undo(
                self._undone, [self.chatbot, self.view], [self.chatbot, self.question, self.panel, self.view], **QUIET
            )
        )
        self.show_on(self.chatbot.clear, lambda: ([], EMPTY, None))

    def show_on(self, listen: Any, show: Any, inputs: Any = None) -> None:
        """On an event, stop the running answer and display the (messages, evidence, view) that `show` returns.

        Args:
            listen: the event, such as `button.click`.
            show: called with the values of `inputs`.
            inputs: components, or None.
        """
        shown = [self.chatbot, self.panel, self.view]
        listen(None, None, None, cancels=self._answers, **QUIET)
        self._then_focus(listen(show, inputs, shown, **QUIET))

    def _then_focus(self, event: Any) -> None:
        """Focus the question field after an event, unless the user has moved the focus elsewhere."""
        event.then(None, None, None, js=_FOCUS, **QUIET)

    def _answer(
        self,
        question: str,
        history: list[Any],
        view: View | None,
        as_is: str | None,
        wording: WriterConfig | None,
    ) -> Iterator[tuple[list[Any], Any, View | None]]:
        """Yield the chat's messages, with the growing answer at the end, the evidence panel and the view."""
        with closing(self._chat.respond(question, history[:-1], view, as_is, wording)) as steps:
            for words, panel, current in steps:
                message = words if isinstance(words, gr.ChatMessage) else gr.ChatMessage(words)
                yield [*history, message], panel, current

    def _undone(
        self, history: list[Any], view: View | None, event: gr.UndoData
    ) -> tuple[list[Any], str, str, View | None]:
        """Put the last question back into its field; return the messages before it, the question, the panel and the view."""
        before = _before(history, event.index)
        return before, str(event.value), *self._chat.undone(before, view)


def _address(place: dict[str, Any]) -> Address:
    """Return the document that the browser means."""
    return Address(str(place["path"]), str(place["folder"]) if place.get("folder") else None)


def _take(question: str, history: list[Any]) -> tuple[list[Any], str]:
    """Add a question to the chat; return its messages and the question."""
    return [*history, {"role": "user", "content": question}], question


def _example(history: list[Any], event: gr.SelectData) -> tuple[list[Any], str]:
    return _take(str(event.value["text"]), history)


def _chosen(history: list[Any], event: gr.SelectData) -> tuple[list[Any], str]:
    """Ask the question that an answer offers."""
    return _take(str(event.value), history)


def _again(history: list[Any], event: gr.RetryData) -> tuple[list[Any], str]:
    """Ask a question again and drop the messages after it."""
    return _take(str(event.value), _before(history, event.index))


def _edited(history: list[Any], event: gr.EditData) -> tuple[list[Any], str]:
    """Ask an edited question and drop the messages after it."""
    return _take(str(event.value), _before(history, event.index))


def _searched(history: list[Any], event: gr.EventData) -> tuple[list[Any], str, str]:
    """Ask the search question as the user edited it, and search for it without rewriting."""
    return *_take(str(event.text), history), str(event.text)


def _before(history: list[Any], index: int | tuple[int, int]) -> list[Any]:
    """Return the messages before `index`: a message number, or a pair of message and block numbers."""
    return history[: index if isinstance(index, int) else index[0]]


def _busy() -> gr.Textbox:
    return gr.Textbox(submit_btn=False, stop_btn="Stop")


def _idle() -> gr.Textbox:
    return gr.Textbox(submit_btn="Ask", stop_btn=False)
