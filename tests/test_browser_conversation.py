"""Conversations in a real headless Chromium: follow-ups, storage, export and feedback."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys

from embeddings.storage.builds import current_build
from embeddings.storage.store import Store
from tests.browsing import NEEDS_BROWSER, OVERFLOW, Page, chromium
from tests.qa_app.generation.scripted import Reply, Request, chat, error, scripted
from tests.serving import ROOT, Served, serving

_QUESTION = "What rainwater system does Arkadag use?"
_SAVED = "the city uses a rainwater collection system, which allows for more than 50% reduction"

pytestmark = NEEDS_BROWSER


@pytest.fixture
def page(served: Served) -> Iterator[Page]:
    with chromium(1280, 900) as driver:
        opened = Page(driver, served.url)
        yield opened
        assert opened.texts(".toast-body.error") == []
        errors = [entry for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]  # type: ignore[no-untyped-call]
        assert errors == []


def test_a_follow_up_is_completed_and_what_was_searched_for_can_be_changed(page: Page) -> None:
    page.ask(_QUESTION)
    assert _SAVED in page.ask("How much does it save?")
    searched = str(_field(page, ".searched textarea"))
    assert searched != "How much does it save?" and "rainwater" in searched
    assert f"Searched for: {searched}" in page.texts("#chat .bot")[-1]
    if place := os.environ.get("SCREENSHOTS"):
        page.driver.save_screenshot(str(Path(place) / "follow-up.png"))

    (field,) = page.visible(".searched textarea")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys("Which cities became twin cities?", Keys.ENTER)
    page.until(lambda: "Which cities became twin cities?" in page.text("#evidence-panel .asked"))
    page.until(lambda: "twin cities" in page.texts("#chat .bot")[-1])
    assert page.texts("#chat .user")[-1] == "Which cities became twin cities?"
    assert "Searched for" not in page.texts("#chat .bot")[-1]  # searched as typed


def test_an_answer_is_exported_verified_and_judged(page: Page, served: Served, tmp_path: Path) -> None:
    _save_downloads(page.driver, tmp_path)
    answer = page.ask(_QUESTION)
    page.click("#evidence-panel .export[data-form=json]")
    page.click("#evidence-panel .export[data-form=markdown]")
    receipt, text = tmp_path / "answer.json", tmp_path / "answer.md"
    page.until(lambda: receipt.exists() and text.exists())
    quote = json.loads(receipt.read_text())["quotes"][0]["citation"]["quote"]
    assert quote in answer and quote in text.read_text().replace("**", "")
    command = [sys.executable, "-m", "qa_app", "verify", str(receipt), "--index", str(served.index)]
    verified = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert verified.returncode == 0 and "there" in verified.stdout

    page.click(".feedback summary")
    page.click(".feedback input[value='wrong evidence']")
    page.visible(".feedback input[name=note]")[0].send_keys("another paragraph", Keys.ENTER)
    page.until(lambda: "Noted" in page.text(".feedback [role=status]"))
    command = [sys.executable, "-m", "qa_app", "feedback", "--json", "--index", str(served.index)]
    listed = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    assert [(one["verdict"], one["note"]) for one in listed] == [("wrong evidence", "another paragraph")]


def test_conversations_survive_a_restart_and_an_answer_whose_source_has_changed_is_marked(tmp_path: Path) -> None:
    with chromium(1280, 900) as driver:
        with serving(tmp_path) as server:
            page = Page(driver, server.url)
            page.ask(_QUESTION)
            page.ask("Who won the 2022 World Cup?")
        with serving(tmp_path) as server:
            page = Page(driver, server.url)
            page.until(lambda: page.driver.find_elements("css selector", ".open-conversation"))
            _slide(page, opened=True)
            page.click(".open-conversation")
            page.until(lambda: len(page.texts("#chat .bot")) == 2)
            assert _SAVED in page.texts("#chat .bot")[0]
            assert "Who won" in page.text("#evidence-panel .asked") and page.visible("#evidence-panel .passage")
            _slide(page, opened=False)
            page.click("#chat .bot a[href*='#cite-']")
            page.until(lambda: any(_SAVED in mark for mark in page.texts("#evidence-panel mark")))
            assert "Kazan" in page.ask("And which city became its twin?")  # the conversation continues

            article = server.folder / "Arkadag_delegation_visits_Kazan.txt"
            before = _generation(server.index)
            article.write_text(article.read_text(encoding="utf-8").replace("rainwater", "melt water"), encoding="utf-8")

            def marked() -> bool:
                page.driver.refresh()
                page.until(lambda: page.driver.find_elements("css selector", ".open-conversation"))
                _slide(page, opened=True)
                page.click(".open-conversation")
                page.until(lambda: page.texts("#chat .bot"))
                return "has changed since" in page.texts("#chat .bot")[0]

            page.until(lambda: _generation(server.index) > before)  # a reload takes seconds
            page.until(marked)
            assert _SAVED not in page.text("#chat .bot")


def _generation(index: Path) -> int:
    with closing(Store(current_build(index).store_file)) as store:
        return store.generation()


def test_an_undone_question_stays_undone(page: Page) -> None:
    page.ask(_QUESTION)
    page.ask("Who won the 2022 World Cup?")
    page.click("#chat button[aria-label=Undo], #chat button[title=Undo]")
    page.until(lambda: len(page.texts("#chat .bot")) == 1)
    page.until(lambda: _QUESTION in page.text("#evidence-panel .asked"))
    _slide(page, opened=True)
    page.click("#new-conversation")
    page.until(lambda: not page.texts("#chat .bot"))
    page.click(".open-conversation")
    page.until(lambda: page.texts("#chat .user") == [_QUESTION])


def test_conversations_are_renamed_exported_and_deleted(page: Page, tmp_path: Path) -> None:
    _save_downloads(page.driver, tmp_path)
    page.ask("Who is Ilham Aliyev?")
    _slide(page, opened=True)
    page.until(lambda: page.texts(".open-conversation")[0] == "Who is Ilham Aliyev?")  # newest first
    page.click("#conversations summary")
    page.click("#conversations .rename")
    (field,) = page.until(lambda: page.visible(".confirm-dialog input"))
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys("Presidents <b>", Keys.ENTER)
    page.until(lambda: page.texts(".open-conversation")[0] == "Presidents <b>")
    page.click(
        "#conversations > div > .tools .export[data-form=markdown], #conversations .tools:not(li *) .export[data-form=markdown]"
    )
    exported = tmp_path / "conversations.md"
    page.until(exported.exists)
    assert "Who is Ilham Aliyev?" in exported.read_text()

    page.click("#new-conversation")
    page.until(lambda: not page.texts("#chat .bot"))
    page.click(".open-conversation")
    page.until(lambda: len(page.texts("#chat .bot")) == 1)
    number = len(page.texts(".open-conversation"))
    page.click("#conversations summary")
    page.click("#conversations .delete")
    page.click(".confirm-dialog .danger")
    page.until(lambda: len(page.texts(".open-conversation")) == number - 1)
    page.until(lambda: not page.texts("#chat .bot"))
    assert "Presidents <b>" not in page.texts(".open-conversation")


def test_a_language_model_words_the_answer_and_what_the_articles_do_not_say_is_marked(page: Page) -> None:
    def answer(request: Request) -> Reply:
        if "pharmaceutical" in request.prompt.rpartition("Question")[2]:
            return error(500, "out of memory")
        n = request.number("rainwater collection system")
        return chat(f"Arkadag uses a rainwater collection system [{n}]. ", f"It was built by Siemens in 1999 [{n}].")

    with scripted(answer) as server:
        page.tab("Wording")
        page.click("input[type=radio][value^='A language model']")
        (where,) = page.until(lambda: page.visible("#writer-where input, #writer-where textarea"))
        where.send_keys(server.url)
        page.click("#use-writer")
        page.until(lambda: "The next answers are worded by" in page.text("#wording-said"))
        page.tab("Ask")
        said = page.ask(_QUESTION)
        assert said.startswith("Arkadag uses a rainwater collection system. [1]")
        assert "Siemens in 1999. (not found in the articles)" in said
        assert any(_SAVED in mark for mark in page.texts("#evidence-panel mark"))
        if place := os.environ.get("SCREENSHOTS"):
            page.driver.save_screenshot(str(Path(place) / "worded.png"))

        assert "medical cluster" in page.ask("What is planned to develop the pharmaceutical industry in Arkadag?")
        page.until(lambda: "out of memory" in page.texts("#chat .bot")[-1])  # the notice comes after the words

        page.tab("Wording")
        page.click("input[type=radio][value^='The articles']")
        page.until(lambda: "quoted from the articles" in page.text("#wording-said"))
        page.tab("Ask")
        assert "The Chairman" in page.ask("Which rainwater system does Arkadag use?")
        assert len(server.requests) == 2


def test_a_stopped_writer_leaves_quotes_from_the_articles(page: Page) -> None:
    with scripted(lambda _: chat(*(piece for _ in range(300) for piece in ("Arkadag ", 0.2)))) as server:
        page.tab("Wording")
        page.click("input[type=radio][value^='A language model']")
        page.until(lambda: page.visible("#writer-where textarea"))[0].send_keys(server.url)
        page.click("#use-writer")
        page.until(lambda: "The next answers are worded by" in page.text("#wording-said"))
        page.tab("Ask")
        page.visible("#ask textarea:enabled")[0].send_keys(_QUESTION, Keys.ENTER)
        page.until(lambda: "writes …" in page.text("#chat .bot"))
        page.click("#question .stop-button")
        assert server.gone.wait(10)  # the request to the writer was cancelled
        page.until(lambda: "The writer was stopped" in page.text("#chat .bot"))
    assert _SAVED in page.text("#chat .bot") and _SAVED in page.text("#evidence-panel mark")
    page.ask("Who won the 2022 World Cup?")  # the conversation continues
    assert len(page.texts("#chat .bot")) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone(served: Served, scheme: str) -> None:
    with chromium(360, 740) as driver:
        page = Page(driver, f"{served.url}/?__theme={scheme}")
        page.ask(_QUESTION)
        _slide(page, opened=True)
        assert driver.execute_script(OVERFLOW) <= 0
        if place := os.environ.get("SCREENSHOTS"):
            driver.save_screenshot(str(Path(place) / f"conversations-360-{scheme}.png"))
        _slide(page, opened=False)
        page.tab("Wording")
        page.click("input[type=radio][value^='A language model']")
        page.until(lambda: page.visible("#use-writer"))
        assert driver.execute_script(OVERFLOW) <= 0
        if place := os.environ.get("SCREENSHOTS"):
            driver.save_screenshot(str(Path(place) / f"wording-360-{scheme}.png"))


def _slide(page: Page, opened: bool) -> None:
    """Open or close the sidebar, and wait until it stops moving: a click on a moving element may miss."""
    page.click(".toggle-button")

    def at_rest() -> bool:
        (button,) = page.driver.find_elements("css selector", "#new-conversation")
        x = button.rect["x"]
        time.sleep(0.2)
        return bool(button.rect["x"] == x and (x >= 0) == opened)

    page.until(at_rest)


def _field(page: Page, selector: str) -> str | None:
    return page.visible(selector)[0].get_attribute("value")


def _save_downloads(driver: webdriver.Chrome, folder: Path) -> None:
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)})
