import shutil
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.errors import ModelUnavailable
from embeddings.sync import sync
from qa_app.assistant import Assistant, open_assistant
from qa_app.generation.opening import WriterConfig
from qa_app.generation.writer import NOT_FOUND
from qa_app.pipeline import answer
from qa_app.records.conversations import Conversations
from qa_app.records.export import parse_receipts
from qa_app.selection import DOUBT
from qa_app.serving.corpus_service import Corpus
from qa_app.serving.page.chat import Chat, answer_markdown
from qa_app.serving.page.evidence import EMPTY
from qa_app.serving.startup import Service
from qa_app.types import Sentence
from tests.qa_app.generation.scripted import chat as written
from tests.qa_app.generation.scripted import scripted

QUESTION = "what rainwater system does Arkadag use?"


def _service(assistant: Assistant) -> Service:
    index = assistant.index
    return Service(assistant, Corpus(index.path, index.path, index.encoder), Conversations(None))


def _chat(assistant: Assistant) -> Chat:
    service: Future[Service] = Future()
    service.set_result(_service(assistant))
    return Chat(service)


def test_every_step_is_a_whole_triple_and_the_last_has_answer_and_evidence(assistant: Assistant) -> None:
    steps = list(_chat(assistant).respond(QUESTION, []))
    assert all(len(step) == 3 for step in steps)
    assert "Searching" in steps[0][0]
    message, panel, _ = steps[-1]
    assert "#cite-" in message and "<mark>" in panel


def test_the_words_that_answer_are_in_bold(assistant: Assistant) -> None:
    *_, (message, *_) = _chat(assistant).respond(QUESTION, [])
    assert "uses **a rainwater collection system**, which" in message


def test_the_evidence_of_an_earlier_answer_comes_back(assistant: Assistant) -> None:
    chat = _chat(assistant)
    *_, (message, panel, _) = chat.respond(QUESTION, [])
    list(chat.respond("Who is Aliyev?", []))
    answer_id = message.split("#cite-")[1].split("-")[0]
    assert chat.evidence(answer_id) == panel
    assert "no longer available" in chat.evidence("nonsense")


def test_a_failure_is_shown_as_one_with_the_next_step(assistant: Assistant) -> None:
    ((message, *_),) = _chat(assistant).respond("  ", [])
    assert "empty" in message and "Type a question" in message


def test_an_abstention_in_words(assistant: Assistant) -> None:
    found = answer(assistant, "Who won the 2022 World Cup?")
    assert answer_markdown(found, "x").replace("\\", "").startswith("The articles don't say.")


def test_a_question_waits_for_the_models_and_is_answered(assistant: Assistant) -> None:
    service: Future[Service] = Future()
    steps = Chat(service).respond(QUESTION, [])
    assert "Loading the models" in next(steps)[0]
    service.set_result(_service(assistant))
    *_, (message, *_) = steps
    assert "#cite-" in message


def test_a_question_that_waits_in_vain_is_told_why() -> None:
    service: Future[Service] = Future()
    steps = Chat(service).respond(QUESTION, [])
    next(steps)
    service.set_exception(ModelUnavailable("The encoder is lost.", "Install it again."))
    ((message, *_),) = steps
    assert message == "**The encoder is lost.**\n\nInstall it again."


def test_a_doubtful_answer_says_so(assistant: Assistant) -> None:
    found = answer(assistant, QUESTION)
    assert DOUBT not in answer_markdown(found, "x")
    assert answer_markdown(replace(found, doubtful=True), "x").startswith(f"*{DOUBT}*")


def test_a_follow_up_is_completed_from_the_conversation_that_is_kept(assistant: Assistant) -> None:
    chat = _chat(assistant)
    history: list[dict[str, str]] = []
    *_, (first, _, view) = chat.respond(QUESTION, history)
    history += [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": first}]
    *_, (second, _, after) = chat.respond("How much does it save?", history, view)
    assert view and after and after.conversation == view.conversation
    assert second.startswith("*Searched for: ") and "rainwater" in second.split("*")[1]
    *_, (as_typed, _, again) = chat.respond("How much does it save?", history, after, "How much does it save?")
    assert "Searched for" not in as_typed

    messages, panel, shown = chat.opened(view.conversation)
    assert shown == again
    assert [m["role"] for m in messages] == ["user", "assistant"] * 2  # the second question was asked again
    assert messages[1]["content"] == first and messages[3]["content"] == as_typed
    assert "How much does it save?" in panel


def test_a_question_that_was_stopped_or_failed_is_kept_as_that(assistant: Assistant) -> None:
    chat = _chat(assistant)
    stopped = chat.respond(QUESTION, [])
    _, _, view = next(stopped)
    stopped.close()
    assert view is not None
    assert "Stopped" in chat.opened(view.conversation)[0][1]["content"]
    history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": ""}]
    list(chat.respond("  ", history, view))
    messages, panel, _ = chat.opened(view.conversation)
    assert "The question is empty" in messages[3]["content"] and panel == EMPTY


def test_a_failure_after_a_writer_was_stopped_is_kept(seeds: Path, tmp_path: Path, encoder: SentenceEncoder) -> None:
    sync(seeds, tmp_path / "index", encoder)
    chat = _chat(open_assistant(tmp_path / "index", encoder=encoder))
    with scripted(lambda _: written(*(piece for _ in range(100) for piece in ("Arkadag ", 0.2)))) as server:
        steps = chat.respond(QUESTION, [], wording=WriterConfig(server.url))
        view = next(shown for words, _, shown in steps if "writes" in words)
        assert view is not None
        (tmp_path / "index").rename(tmp_path / "elsewhere")
        steps.close()
    (tmp_path / "elsewhere").rename(tmp_path / "index")
    messages, _ = chat.stopped(view)
    assert "There is no index" in messages[1]["content"] and "Stopped" not in messages[1]["content"]


def test_undo_forgets_the_question_and_shows_the_evidence_before_it(assistant: Assistant) -> None:
    chat = _chat(assistant)
    *_, (first, panel, view) = chat.respond(QUESTION, [])
    history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": first}]
    *_, (_, _, view) = chat.respond("Who is Ilham Aliyev?", history, view)
    assert view is not None
    shown, view = chat.undone(history, view)
    assert view is not None and shown == panel
    assert [m["content"] for m in chat.opened(view.conversation)[0]] == [QUESTION, first]
    assert chat.undone([], view) == (EMPTY, None) == chat.undone([], None)


def test_a_window_that_is_behind_deletes_nothing_that_another_has_asked(assistant: Assistant) -> None:
    chat = _chat(assistant)
    *_, (first, _, view) = chat.respond(QUESTION, [])
    history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": first}]
    *_, (_, _, ahead) = chat.respond("Who is Ilham Aliyev?", history, view)
    *_, (_, _, branch) = chat.respond("How much does it save?", history, view)
    assert ahead and branch
    for window, question in ((ahead, "Who is Ilham Aliyev?"), (branch, "How much does it save?")):
        messages, _, _ = chat.opened(window.conversation)
        assert [m["content"] for m in messages if m["role"] == "user"] == [QUESTION, question]
    assert "rainwater" in messages[-1]["content"]  # the follow-up refers to what its own window shows


def test_an_answer_whose_source_has_changed_is_marked_and_its_quote_withheld(
    seeds: Path, tmp_path: Path, encoder: SentenceEncoder
) -> None:
    folder = tmp_path / "articles"
    shutil.copytree(seeds, folder)
    sync(folder, tmp_path / "index", encoder)
    chat = _chat(open_assistant(tmp_path / "index", encoder=encoder))
    *_, (message, _, view) = chat.respond(QUESTION, [])
    assert view is not None and chat.opened(view.conversation)[0][1]["content"] == message
    article = folder / "Arkadag_delegation_visits_Kazan.txt"
    text = article.read_text(encoding="utf-8")

    article.write_text(f"A line before all.\n\n{text}", encoding="utf-8")
    sync(folder, tmp_path / "index", encoder)
    moved, panel, _ = chat.opened(view.conversation)
    assert "has changed since" in moved[1]["content"] and "rainwater" in moved[1]["content"] and "Moved" in panel

    article.write_text(f"{text}\nA line behind all.\n", encoding="utf-8")
    sync(folder, tmp_path / "index", encoder)
    elsewhere, panel, _ = chat.opened(view.conversation)
    assert "these words still stand in it" in elsewhere[1]["content"] and "changed elsewhere" in panel

    article.write_text(text.replace("rainwater", "melt water"), encoding="utf-8")
    sync(folder, tmp_path / "index", encoder)
    changed, panel, _ = chat.opened(view.conversation)
    assert "withheld" in changed[1]["content"] and "rainwater collection" not in changed[1]["content"]
    assert "has changed since this answer" in panel


def test_what_is_exported_is_the_answer_the_conversation_or_all(assistant: Assistant) -> None:
    chat = _chat(assistant)
    *_, (message, _, view) = chat.respond(QUESTION, [])
    assert view is not None
    list(chat.respond("Who is Ilham Aliyev?", []))
    answer_id = message.split("#cite-")[1].split("-")[0]
    receipts = {
        name: parse_receipts(chat.exported(*of, "json")["text"], name)
        for name, of in {"one": (answer_id, None), "its": (None, view.conversation), "all": (None, None)}.items()
    }
    assert [len(found) for found in receipts.values()] == [1, 1, 2] and receipts["one"] == receipts["its"]
    assert "Aliyev" in chat.exported(None, None, "markdown")["text"]
    assert chat.exported(answer_id, None, "markdown")["name"] == "answer.md"
    with pytest.raises(gr.Error, match="no longer available"):
        chat.exported("nonsense", None, "json")


def test_what_a_person_says_of_an_answer_is_kept_and_shown_again(assistant: Assistant) -> None:
    chat = _chat(assistant)
    *_, (message, _, _) = chat.respond(QUESTION, [])
    answer_id = message.split("#cite-")[1].split("-")[0]
    assert "Noted" in chat.feedback(answer_id, "wrong evidence", "the other one")
    assert 'value="wrong evidence" required checked' in chat.evidence(answer_id)
    with pytest.raises(gr.Error, match="A verdict is one of"):
        chat.feedback(answer_id, "nonsense", "")
    assert "Noted" not in chat.feedback("nonsense", "right", "")


def test_what_a_writer_worded_has_its_numbers_and_marks(assistant: Assistant) -> None:
    found = answer(assistant, QUESTION)
    sentences = (Sentence("It *collects* rain.", (1,), True), Sentence("It is blue.", (), False, "nowhere"))
    shown = answer_markdown(replace(found, writer="small", sentences=sentences), "x")
    source = r"Arkadag delegation visits Kazan · 2024-05-17 · Arkadag\_delegation\_visits\_Kazan.txt"
    assert shown == rf'It \*collects\* rain. [[1]](#cite-x-1 "{source}") It is blue. *{NOT_FOUND}*'
    assert answer_markdown(replace(found, notice="It is down."), "x").startswith("*It is down.*\n\nThe Chairman")


def test_titles_that_an_answer_names_open_their_articles(assistant: Assistant) -> None:
    found = answer(assistant, "list all articles")
    shown = answer_markdown(found, "x").replace("\\", "")
    assert shown.startswith("*From the index: all articles: 2 of 2 articles*\n\nThe collection has 2 articles:")
    assert "- [Arkadag delegation visits Kazan](#article=Arkadag_delegation_visits_Kazan.txt) (2024-05-17" in shown


def test_the_parts_of_an_answer_have_headings_and_links_of_their_own(assistant: Assistant) -> None:
    found = answer(assistant, f"{QUESTION.capitalize()} How many articles do you have?")
    first, second = answer_markdown(found, "x").split("**How many articles do you have?**")
    assert first.startswith(f"**{QUESTION.capitalize()}**") and "(#cite-x-1 " in first
    assert second.strip() == "The collection has 2 articles."


def test_doubt_is_answered_with_the_programs_words_and_the_quote(assistant: Assistant) -> None:
    chat = _chat(assistant)
    *_, (first, _, view) = chat.respond(QUESTION, [])
    history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": first}]
    *_, (message, panel, _) = chat.respond("are you sure?", history, view)
    assert "confidence of" in message and "uses **a rainwater collection system**, which" in message
    assert "#cite-" in message and "<mark>" in panel and "Searched for" not in message
