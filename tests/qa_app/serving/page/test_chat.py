import shutil
from concurrent.futures import Future
from pathlib import Path

import pytest

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.errors import ArticlesError, ModelUnavailable
from embeddings.sync import sync
from qa_app.assistant import Assistant, open_assistant
from qa_app.records.conversations import Conversations
from qa_app.records.export import parse_receipts
from qa_app.serving.corpus_service import Corpus
from qa_app.serving.page.chat import Chat, Shown
from qa_app.serving.service import Service
from tests.qa_app.generation.scripted import chat as written
from tests.qa_app.generation.scripted import scripted
from tests.qa_app.serving.page.asking import answered, asked

QUESTION = "what rainwater system does Arkadag use?"


def _service(assistant: Assistant) -> Service:
    index = assistant.index
    return Service(assistant, Corpus(index.path, index.path, index.encoder), Conversations(None))


def _chat(assistant: Assistant) -> Chat:
    service: Future[Service] = Future()
    service.set_result(_service(assistant))
    return Chat(service)


def _reopened(chat: Chat, shown: Shown) -> str:
    assert shown["conversation"]
    return chat.opened({"conversation": shown["conversation"]})["html"]


def test_the_answer_grows_and_its_last_step_is_whole(assistant: Assistant) -> None:
    steps = list(_chat(assistant).respond(asked(QUESTION)))
    assert "Searching" in steps[0]["html"] and not steps[0]["done"]
    assert 'data-n="1"' in steps[-1]["html"] and steps[-1]["done"] and steps[-1]["title"] == QUESTION
    assert len({step["turn"] for step in steps}) == 1


def test_a_failure_is_shown_as_one_with_the_next_step(assistant: Assistant) -> None:
    shown = answered(_chat(assistant), "  ")
    assert "empty" in shown["html"] and "Type a question" in shown["html"] and shown["done"]


def test_a_question_waits_for_the_models_and_isanswered(assistant: Assistant) -> None:
    service: Future[Service] = Future()
    steps = Chat(service).respond(asked(QUESTION))
    assert "Loading the models" in next(steps)["html"]
    service.set_result(_service(assistant))
    *_, shown = steps
    assert 'data-n="1"' in shown["html"]


def test_a_question_that_waits_in_vain_is_told_why() -> None:
    service: Future[Service] = Future()
    steps = Chat(service).respond(asked(QUESTION))
    next(steps)
    service.set_exception(ModelUnavailable("The encoder is lost.", "Install it again."))
    (shown,) = steps
    assert "The encoder is lost. Install it again." in shown["html"] and shown["done"]


def test_a_question_is_limited_to_articles(assistant: Assistant) -> None:
    other = {"articles": [{"document": "Presidents_inspect_reconstruction_in_Fizuli.txt", "folder": None}]}
    shown = answered(_chat(assistant), QUESTION, limits={**other, "folders": [], "labels": []})
    assert "rainwater collection" not in shown["html"] and "asked 1 article" in shown["html"]


def test_a_follow_up_is_completed_from_the_conversation_that_is_kept(assistant: Assistant) -> None:
    chat = _chat(assistant)
    first = answered(chat, QUESTION)
    second = answered(chat, "How much does it save?", first, 1)
    assert second["conversation"] == first["conversation"]
    assert "asked as" in second["html"] and "rainwater" in second["html"].split("asked as")[1]
    as_typed = answered(chat, "How much does it save?", second, 1, as_is=True)
    assert "asked as" not in as_typed["html"]

    kept = chat.opened({"conversation": first["conversation"] or ""})
    assert kept["last_turn"] == as_typed["turn"] and kept["title"] == QUESTION and kept["first"] == 0
    assert kept["html"].count('class="turn"') == 2  # the second question was asked again
    assert first["html"].strip() in kept["html"] and as_typed["html"].strip() in kept["html"]


def test_a_long_conversation_is_opened_from_its_end(assistant: Assistant) -> None:
    chat, shown = _chat(assistant), None
    for i in range(25):
        shown = answered(chat, "Hello" if i else "Hello there", shown, i)
    assert shown and shown["conversation"]
    kept = chat.opened({"conversation": shown["conversation"]})
    assert kept["first"] == 5 and kept["html"].count('class="turn"') == 20 and kept["last_turn"] == shown["turn"]
    earlier = chat.opened({"conversation": shown["conversation"], "end": kept["first"]})
    assert earlier["first"] == 0 and "Hello there" in earlier["html"]
    assert chat.opened({"conversation": "gone"})["last_turn"] is None


def test_a_question_that_was_stopped_or_failed_is_kept_as_that(assistant: Assistant) -> None:
    chat = _chat(assistant)
    stopped = chat.respond(asked(QUESTION))
    shown = next(stopped)
    stopped.close()
    assert "Stopped" in _reopened(chat, shown) and "Ask again" in _reopened(chat, shown)
    answered(chat, "  ", shown, 1)
    assert "The question is empty" in _reopened(chat, shown)


def test_a_failure_after_a_writer_was_stopped_is_kept(seeds: Path, tmp_path: Path, encoder: SentenceEncoder) -> None:
    sync(seeds, tmp_path / "index", encoder)
    chat = _chat(open_assistant(tmp_path / "index", encoder=encoder))
    with scripted(lambda _: written(*(piece for _ in range(100) for piece in ("Arkadag ", 0.2)))) as server:
        wording = {"where": server.url, "model": "", "limit": 0, "hide": False}
        steps = chat.respond(asked(QUESTION, wording=wording))
        shown = next(step for step in steps if "writes" in step["html"])
        (tmp_path / "index").rename(tmp_path / "elsewhere")
        steps.close()
    (tmp_path / "elsewhere").rename(tmp_path / "index")
    html = chat.stopped(shown["turn"] or "")
    assert "There is no index" in html and "Stopped" not in html


def test_undo_forgets_the_question(assistant: Assistant) -> None:
    chat = _chat(assistant)
    first = answered(chat, QUESTION)
    second = answered(chat, "Who is Ilham Aliyev?", first, 1)
    window = {"conversation": first["conversation"], "last_turn": second["turn"], "position": 1}
    assert chat.undone(window) == first["turn"]  # type: ignore[arg-type]
    assert "Ilham" not in _reopened(chat, first)
    assert chat.undone({**window, "last_turn": first["turn"], "position": 0}) is None  # type: ignore[typeddict-item]


def test_a_window_that_is_behind_deletes_nothing_that_another_hasasked(assistant: Assistant) -> None:
    chat = _chat(assistant)
    first = answered(chat, QUESTION)
    ahead = answered(chat, "Who is Ilham Aliyev?", first, 1)
    branch = answered(chat, "How much does it save?", first, 1)
    assert branch["conversation"] != ahead["conversation"]
    for window, question, other in ((ahead, "Ilham", "save?"), (branch, "save?", "Ilham")):
        html = _reopened(chat, window)
        assert QUESTION in html and question in html and other not in html
    assert "rainwater" in branch["html"]  # the follow-up refers to what its own window shows


def test_an_answer_whose_source_has_changed_is_marked_and_its_quote_withheld(
    seeds: Path, tmp_path: Path, encoder: SentenceEncoder
) -> None:
    folder = tmp_path / "articles"
    shutil.copytree(seeds, folder)
    sync(folder, tmp_path / "index", encoder)
    chat = _chat(open_assistant(tmp_path / "index", encoder=encoder))
    shown = answered(chat, QUESTION)
    assert shown["html"].strip() in _reopened(chat, shown)
    article = folder / "Arkadag_delegation_visits_Kazan.txt"
    text = article.read_text(encoding="utf-8")

    article.write_text(f"A line before all.\n\n{text}", encoding="utf-8")
    sync(folder, tmp_path / "index", encoder)
    moved = _reopened(chat, shown)
    assert "has changed since" in moved and "rainwater collection" in moved and "have moved" in moved

    article.write_text(f"{text}\nA line behind all.\n", encoding="utf-8")
    sync(folder, tmp_path / "index", encoder)
    assert "these words still stand in it" in _reopened(chat, shown)

    article.write_text(text.replace("rainwater", "melt water"), encoding="utf-8")
    sync(folder, tmp_path / "index", encoder)
    changed = _reopened(chat, shown)
    assert "the quote is withheld" in changed and "a rainwater collection system, which" not in changed


def test_what_is_exported_is_the_answer_the_conversation_or_all(assistant: Assistant) -> None:
    chat = _chat(assistant)
    shown = answered(chat, QUESTION)
    answered(chat, "Who is Ilham Aliyev?")
    wanted = {"one": {"answer": shown["turn"]}, "its": {"conversation": shown["conversation"]}, "all": {}}
    receipts = {
        name: parse_receipts(chat.exported({**of, "form": "json"})["text"], name)  # type: ignore[typeddict-item]
        for name, of in wanted.items()
    }
    assert [len(found) for found in receipts.values()] == [1, 1, 2] and receipts["one"] == receipts["its"]
    assert "Aliyev" in chat.exported({"form": "markdown"})["text"]
    assert chat.exported({"answer": shown["turn"], "form": "markdown"})["name"] == "answer.md"
    with pytest.raises(ArticlesError, match="no longer available"):
        chat.exported({"answer": "nonsense", "form": "json"})


def test_what_a_person_says_of_an_answer_is_kept_and_shown_again(assistant: Assistant) -> None:
    chat = _chat(assistant)
    shown = answered(chat, QUESTION)
    turn = shown["turn"] or ""
    assert "Noted" in chat.feedback({"answer": turn, "verdict": "wrong evidence", "note": "the <b> one"})
    html = _reopened(chat, shown)
    assert "Noted: wrong evidence." in html and "the &lt;b&gt; one" in html
    with pytest.raises(ArticlesError, match="is no verdict"):
        chat.feedback({"answer": turn, "verdict": "nonsense", "note": ""})
    with pytest.raises(ArticlesError, match="no longer exists"):
        chat.feedback({"answer": "nonsense", "verdict": "right", "note": ""})


def test_only_who_may_chooses_the_writer(assistant: Assistant) -> None:
    chat = Chat(_chat(assistant)._service, chooses=False)
    wording = {"where": "http://127.0.0.1:9/v1", "model": "", "limit": 0, "hide": False}
    assert "rainwater collection" in answered(chat, QUESTION, wording=wording)["html"]
    assert "was not" not in answered(chat, QUESTION, wording=wording)["html"]


def test_doubt_is_answered_with_the_programs_words_and_the_quote(assistant: Assistant) -> None:
    chat = _chat(assistant)
    html = answered(chat, "are you sure?", answered(chat, QUESTION), 1)["html"]
    assert "confidence of" in html and "uses <strong>a rainwater collection system</strong>, which" in html
    assert 'class="cite"' in html and "asked as" not in html
