from concurrent.futures import Future
from dataclasses import replace

from embeddings.errors import ModelUnavailable
from qa_app.assistant import Assistant
from qa_app.composition import DOUBT
from qa_app.conversations import Conversations
from qa_app.corpus import Corpus
from qa_app.opening import Service
from qa_app.page.chat import Chat, answer_markdown
from qa_app.pipeline import answer

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
    assert "no longer at hand" in chat.evidence("nonsense")


def test_a_failure_is_shown_as_one_with_the_next_step(assistant: Assistant) -> None:
    ((message, *_),) = _chat(assistant).respond("  ", [])
    assert "empty" in message and "Type a question" in message


def test_the_article_behind_a_card(assistant: Assistant) -> None:
    chat = _chat(assistant)
    assert "<mark>The Chairman" in chat.article("Arkadag_delegation_visits_Kazan.txt", 1575, 1783)
    assert "no article" in chat.article("../pyproject.toml", 0, 1)


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
