"""Everyone gets a service of their own: the articles that the role sees, and nobody else's conversations."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio.context import LocalContext
from starlette.requests import Request

from embeddings.labels import set_label
from embeddings.sync import sync
from qa_app.accounts import Accounts, Person, Role
from qa_app.assistant import open_assistant
from qa_app.config import AssistantConfig
from qa_app.records.conversations import Conversations
from qa_app.records.conversations_database import ConversationGone
from qa_app.serving import tools
from qa_app.serving.asking import SCOPE_KEY, asked_by, asking
from qa_app.serving.corpus_service import Corpus
from qa_app.serving.service import OwnService, Service
from qa_app.serving.waiting import promised
from tests.embeddings.helpers import SMALL, write
from tests.fakes import WordEncoder
from tests.qa_app.accounts.fast import PASSWORD, fast_accounts


@pytest.fixture
def accounts() -> Accounts:
    made = fast_accounts()
    for name, role in (("ada", Role.READER), ("eve", Role.READER), ("ed", Role.EDITOR), ("root", Role.ADMIN)):
        made.add(name, role, PASSWORD)
    made.labels.set("board", Role.EDITOR)
    return made


@pytest.fixture
def service(tmp_path: Path, accounts: Accounts) -> Iterator[OwnService]:
    write(tmp_path / "articles", "bridge.txt", "Bridge\n\nThe bridge of Dahl costs five million. It has nine arches.\n")
    write(tmp_path / "articles", "salary.txt", "Salary\n\nThe salary of Dahl is nine million a year.\n")
    encoder = WordEncoder()
    sync(tmp_path / "articles", tmp_path / "index", encoder, SMALL)
    set_label(tmp_path / "index", "board", ["salary.txt"], is_set=True)
    assistant = open_assistant(tmp_path / "index", AssistantConfig(), encoder)
    promise = OwnService()
    with (
        closing(Corpus(tmp_path / "articles", tmp_path / "index", encoder)) as corpus,
        closing(Conversations(None)) as conversations,
    ):
        promise.set_result(Service(assistant, corpus, conversations, private=False, accounts=accounts))
        yield promise


def _as(accounts: Accounts, name: str, promise: OwnService) -> Service:
    """Return the service as somebody gets it."""

    def asked() -> Service:
        asked_by(accounts.person(name))
        return promise.result()

    return copy_context().run(asked)


def test_nobody_gets_nothing(service: OwnService) -> None:
    with pytest.raises(LookupError):
        service.result()


def test_who_asks_is_known_in_gradios_queue_and_in_threads(accounts: Accounts, service: OwnService) -> None:
    ada = accounts.person("ada")
    request = Request({"type": "http", SCOPE_KEY: ada})
    both: list[Any] = [request, gr.Request(request, "somebody else")]  # component functions get the first
    for noted in both:
        set_back = LocalContext.request.set(noted)
        assert asking() is ada
        LocalContext.request.reset(set_back)

    async def awaited() -> Person:
        asked_by(ada)
        await promised(service)
        return await asyncio.to_thread(asking)

    assert asyncio.run(awaited()) is ada


def test_waiting_for_the_service_gives_each_their_own(accounts: Accounts, service: OwnService) -> None:
    whole = Future.result(service)

    async def wait(promise: OwnService) -> list[str]:
        async def one(name: str) -> str:
            asked_by(accounts.person(name))
            return (await promised(promise)).conversations._owner

        tasks = [asyncio.create_task(one(name)) for name in ("ada", "ed")]
        await asyncio.sleep(0.01)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(promise.set_result, whole)
        return await asyncio.gather(*tasks)

    assert asyncio.run(wait(OwnService())) == [accounts.person(name).id for name in ("ada", "ed")]


def test_a_reader_finds_and_reads_nothing_that_is_hidden(accounts: Accounts, service: OwnService) -> None:
    for name, sees in (("ada", False), ("ed", True), ("root", True)):
        own = _as(accounts, name, service)
        answer = tools.ask(own.assistant, "What is the salary of Dahl?")
        told = [answer, tools.search(own.assistant, "salary million", 100)]
        told.append(tools.search(own.assistant, "salary", 100, {"labels": ["board"], "within": ["salary.txt"]}))
        told.append(tools.ask(own.assistant, "Which articles are there?"))
        told.append(tools.ask(own.assistant, "Summarize the article on the salary."))
        assert ("a year" in repr(told) or "salary.txt" in repr(told)) == sees, name
        if sees:
            assert tools.read_article(own.assistant, "salary.txt")["text"]
        else:
            with pytest.raises(tools.BadCall, match="There is no article"):
                tools.read_article(own.assistant, "salary.txt")


def test_another_reader_cannot_open_change_or_judge_a_conversation(accounts: Accounts, service: OwnService) -> None:
    mine, hers = (_as(accounts, name, service).conversations for name in ("ada", "eve"))
    view = mine.turns.ask(None, 0, "What does the bridge cost?")
    assert hers.entries() == [] and hers.turns.get(view.last_turn) is None and hers.turns.of(view.conversation) == ()
    with pytest.raises(ConversationGone):
        hers.rename(view.conversation, "taken")
    with pytest.raises(ConversationGone):
        hers.feedback.give(view.last_turn, "right")
    hers.delete(view.conversation)
    hers.feedback.give(view.last_turn, None)
    assert hers.turns.withdraw(view, 0) == view
    hers_now = hers.turns.ask(view, 0, "Replaced?")  # as a forged request would: it begins a conversation of her own
    assert hers_now.conversation != view.conversation
    assert [entry.title for entry in mine.entries()] == ["What does the bridge cost?"]
    assert mine.turns.get(view.last_turn) is not None
    admins = _as(accounts, "root", service).conversations
    assert admins.entries() == []  # an admin has no key to others' conversations either


def test_only_admins_are_told_places_on_this_machine(accounts: Accounts, service: OwnService) -> None:
    assert [_as(accounts, name, service).private for name in ("ada", "ed", "root")] == [False, False, True]


def test_the_log_says_who_did_what(accounts: Accounts, service: OwnService) -> None:
    _as(accounts, "ada", service).note("asked", "by the API")
    assert [(deed.name, deed.deed) for deed in accounts.log.last(1)] == [("ada", "asked")]
