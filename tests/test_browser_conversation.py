"""Conversations in a real headless Chromium: follow-ups, storage, export and feedback."""

import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from embeddings.storage.builds import current_build
from embeddings.storage.store import Store
from tests.browsing import NEEDS_BROWSER, Page, chromium
from tests.preloaded import run
from tests.qa_app.generation.scripted import Reply, Request, chat, error, scripted
from tests.serving import Served, free_port, serving

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
    page.ask("How much does it save?")
    assert _SAVED in page.quotes()
    searched = page.text(".turn:last-child .searched")
    assert searched != "How much does it save?" and "rainwater" in searched
    if place := os.environ.get("SCREENSHOTS"):
        page.driver.save_screenshot(str(Path(place) / "follow-up.png"))

    page.click(".turn:last-child .change")
    (field,) = page.visible("#question")
    assert field.get_property("value") == searched
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys("Which cities became twin cities?", Keys.ENTER)
    page.until(lambda: len(page.texts(".turn")) == 3 and page.idle())
    assert "twin cities" in page.quotes()
    assert page.texts(".turn .question")[-1] == "Which cities became twin cities?"
    assert not page.texts(".turn:last-child .asked-as")  # searched as typed


def test_an_answer_is_exported_verified_and_judged(page: Page, served: Served, tmp_path: Path) -> None:
    _save_downloads(page.driver, tmp_path)
    page.ask(_QUESTION)
    for form in ("json", "markdown"):
        page.click(".turn .tools .menu summary")
        page.click(f".turn .export[data-form={form}]")
    receipt, text = tmp_path / "answer.json", tmp_path / "answer.md"
    page.until(lambda: receipt.exists() and text.exists())
    quote = json.loads(receipt.read_text())["quotes"][0]["citation"]["quote"]
    assert quote in page.quotes() and quote in text.read_text().replace("**", "")
    verified = run(["-m", "qa_app", "verify", str(receipt), "--index", str(served.index)])
    assert verified.returncode == 0 and "there" in verified.stdout

    page.click(".feedback .wrong")
    page.click(".feedback input[value='wrong evidence']")
    page.visible(".feedback input[name=note]")[0].send_keys("another paragraph")
    page.click(".feedback .why .send")
    page.until(lambda: "Noted" in page.text(".feedback [role=status]"))
    listed = json.loads(run(["-m", "qa_app", "feedback", "--json", "--index", str(served.index)]).stdout)
    assert [(one["verdict"], one["note"]) for one in listed] == [("wrong evidence", "another paragraph")]
    page.click(".feedback [name=verdict][value=right]")
    page.until(lambda: page.visible(".feedback [value=right][aria-pressed=true]"))


def test_conversations_survive_a_restart_and_an_answer_whose_source_has_changed_is_marked(tmp_path: Path) -> None:
    port = free_port()
    with chromium(1280, 900) as driver:
        with serving(tmp_path, port=port) as server:
            page = Page(driver, server.url)
            page.ask(_QUESTION)
            page.ask("Who won the 2022 World Cup?")
        page.visible("#question")[0].send_keys("And which city")
        page.until(lambda: "does not answer" in page.text("#loading[role=alert]"))
        page.visible("#question")[0].send_keys(" became its twin?", Keys.ENTER)
        with serving(tmp_path, port=port) as server:  # the page comes back by itself, with what was typed
            page.until(lambda: len(page.texts(".turn")) == 2 and not page.text("#loading"))
            assert _SAVED in page.text(".turn:first-child blockquote")
            assert "Who won" in page.text(".turn:last-child .question") and page.visible(".turn:last-child .passage")
            page.click(".turn:first-child .cite")
            page.until(lambda: _SAVED in page.marked())
            (field,) = page.visible("#question")
            assert field.get_property("value") == "And which city became its twin?"
            page.ask("")
            assert "Kazan" in page.quotes()  # the conversation continues

            article = server.folder / "Arkadag_delegation_visits_Kazan.txt"
            before = _generation(server.index)
            article.write_text(article.read_text(encoding="utf-8").replace("rainwater", "melt water"), encoding="utf-8")

            def marked() -> bool:
                page.driver.refresh()
                page.until(lambda: page.texts(".turn"))
                return "has changed since" in page.text(".turn:first-child .answer")

            page.until(lambda: _generation(server.index) > before)  # a reload takes seconds
            page.until(marked)
            assert _SAVED not in page.text("#turns")


def _generation(index: Path) -> int:
    with closing(Store(current_build(index).database)) as store:
        return store.generation()


def test_an_undone_question_stays_undone(page: Page) -> None:
    page.ask(_QUESTION)
    page.ask("Who won the 2022 World Cup?")
    ActionChains(page.driver).move_to_element(page.visible(".turn:last-child .question")[0]).perform()
    page.click(".turn:last-child .undo")
    page.until(lambda: len(page.texts(".turn")) == 1)
    page.click("#new-conversation")
    page.until(lambda: not page.texts(".turn"))
    page.click(".open-conversation")
    page.until(lambda: page.texts(".turn .question") == [_QUESTION])


def test_two_windows_on_one_conversation_lose_no_question(page: Page) -> None:
    page.ask(_QUESTION)
    address, first = page.driver.current_url, page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    other = Page(page.driver, address)
    other.until(lambda: other.texts(".turn .question") == [_QUESTION])
    other.ask("Which cities became twin cities?")
    page.driver.close()
    page.driver.switch_to.window(first)
    page.ask("Who won the 2022 World Cup?")
    assert page.texts(".turn .question") == [_QUESTION, "Who won the 2022 World Cup?"]
    page.driver.get(address)
    page.until(lambda: page.texts(".turn .question") == [_QUESTION, "Which cities became twin cities?"])


def test_conversations_are_found_renamed_exported_and_deleted(page: Page, tmp_path: Path) -> None:
    _save_downloads(page.driver, tmp_path)
    # No other test asks this of the server, which browser tests share.
    page.ask("Who is Deryageldi Orazov?")
    page.until(lambda: page.texts(".open-conversation b")[0] == "Who is Deryageldi Orazov?")  # newest first
    assert page.visible("#conversations .row.current")
    page.click("#conversations .row summary")
    page.click("#conversations .rename")
    (field,) = page.until(lambda: page.visible("#confirm input"))
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys("Presidents <b>", Keys.ENTER)
    page.until(lambda: page.texts(".open-conversation b")[0] == "Presidents <b>")
    assert "Presidents <b>" in page.driver.title
    page.click("#conversations .line summary")
    page.click("#conversations .line .export[data-form=markdown]")
    exported = tmp_path / "conversations.md"
    page.until(exported.exists)
    assert "Who is Deryageldi Orazov?" in exported.read_text()
    page.visible("#find-conversation")[0].send_keys("deryageldi ORAZOV")
    page.until(lambda: page.texts(".open-conversation b") == ["Presidents <b>"])
    page.visible("#find-conversation")[0].send_keys(Keys.CONTROL, "a", Keys.DELETE)
    page.until(lambda: page.texts(".open-conversation b")[0] == "Presidents <b>")

    page.click("#new-conversation")
    page.until(lambda: not page.texts(".turn"))
    page.click(".open-conversation")
    page.until(lambda: len(page.texts(".turn")) == 1)
    number = len(page.texts(".open-conversation"))
    page.click("#conversations .row summary")
    page.click("#conversations .delete")
    page.click("#confirm .danger")
    page.until(lambda: len(page.texts(".open-conversation")) == number - 1)
    page.until(lambda: not page.texts(".turn"))
    assert "Presidents <b>" not in page.texts(".open-conversation b")


def test_a_language_model_words_the_answer_and_what_the_articles_do_not_say_is_marked(page: Page) -> None:
    def answer(request: Request) -> Reply:
        if "Say yes." in request.prompt:
            return chat("yes")
        if "pharmaceutical" in request.prompt.rpartition("Question")[2]:
            return error(500, "out of memory")
        n = request.number("rainwater collection system")
        return chat(f"Arkadag uses a rainwater collection system [{n}]. ", f"It was built by Siemens in 1999 [{n}].")

    with scripted(answer) as server:
        page.word_by(server.url)
        page.ask(_QUESTION)
        words = page.texts(".turn .words")
        assert words[0] == "Arkadag uses a rainwater collection system. 1"
        assert words[1] == "It was built by Siemens in 1999. (not found in the articles)"
        assert _SAVED in page.quotes()
        if place := os.environ.get("SCREENSHOTS"):
            page.driver.save_screenshot(str(Path(place) / "worded.png"))

        page.ask("What is planned to develop the pharmaceutical industry in Arkadag?")
        assert "medical cluster" in page.quotes() and "out of memory" in page.texts(".answer")[-1]

        page.panel("wording")
        page.until(lambda: page.visible("#wording input[value=articles]"))[0].click()
        page.until(lambda: "quoted from the articles" in page.text("#wording-said"))
        page.close_panel()
        page.ask("Which rainwater system does Arkadag use?")
        assert "The Chairman" in page.quotes()
        assert len(server.requests) == 3  # one of them the trial


def test_a_model_that_does_not_answer_is_not_used(page: Page) -> None:
    page.panel("wording")
    page.until(lambda: page.visible("#wording input[value=model]"))[0].click()
    page.until(lambda: page.visible("#wording [name=where]"))[0].send_keys(f"http://127.0.0.1:{free_port()}/v1")
    page.click("#wording .send")
    page.until(lambda: "cannot be reached" in page.text("#wording-said"))
    page.close_panel()
    assert "the articles" in page.text("#worded")


def test_a_stopped_writer_leaves_quotes_from_the_articles(page: Page) -> None:
    def answer(request: Request) -> Reply:
        return (
            chat("yes")
            if "Say yes." in request.prompt
            else chat(*(piece for _ in range(300) for piece in ("Arkadag ", 0.2)))
        )

    with scripted(answer) as server:
        page.word_by(server.url)
        page.visible("#question")[0].send_keys(_QUESTION, Keys.ENTER)
        page.until(lambda: "writes …" in page.text(".turn .answer"))
        page.click("#stop")
        assert server.gone.wait(10)  # the request to the writer was cancelled
        page.until(lambda: "The writer was stopped" in page.text(".turn .answer"))
    assert _SAVED in page.quotes()
    page.panel("wording")
    page.until(lambda: page.visible("#wording input[value=articles]"))[0].click()
    page.close_panel()
    page.ask("Who won the 2022 World Cup?")  # the conversation continues
    assert len(page.texts(".turn")) == 2


def test_quotes_are_saved_with_a_note_and_exported(page: Page, tmp_path: Path) -> None:
    _save_downloads(page.driver, tmp_path)
    page.ask(_QUESTION)
    page.click(".turn .save-quote")
    page.until(lambda: page.text("#saved-count") == "1")
    page.until(lambda: page.visible("#right .save-current"))
    page.click("#right .save-current")  # the same
    page.until(lambda: page.text("#right .save-current") == "Saved before")
    page.panel("saved")
    note = page.until(lambda: page.visible(".saved-quotes .quote-note"))[0]
    note.send_keys("for the *report*", Keys.TAB)
    page.driver.refresh()
    page.until(lambda: page.text("#saved-count") == "1")
    page.panel("saved")
    note = page.until(lambda: page.visible(".saved-quotes .quote-note"))[0]
    assert note.get_property("value") == "for the *report*" and _SAVED in page.text(".saved-quotes blockquote")
    page.click(".export-quotes")
    page.until((tmp_path / "quotes.md").exists)
    exported = (tmp_path / "quotes.md").read_text("utf-8")
    assert "for the \\*report\\*" in exported and "17 May 2024" in exported and _QUESTION in exported
    page.click(".saved-quotes .forget")
    page.until(lambda: "Nothing is saved yet" in page.text("#panel"))


def _save_downloads(driver: webdriver.Chrome, folder: Path) -> None:
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)})
