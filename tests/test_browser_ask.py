"""Asking in a real headless Chromium: scrolling, focus, copying and a new conversation."""

import time
from collections.abc import Iterator
from itertools import repeat

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.browsing import NEEDS_BROWSER, Page, chromium
from tests.qa_app.generation.scripted import Reply, Request, chat, scripted
from tests.serving import Served

_QUESTION = "Which cities became twin cities?"
_LINK = ".turn:last-child .cite"
_SCROLLED = (
    """return [...document.querySelectorAll("*")].filter((e) => e.scrollTop > 0).map((e) => e.id || e.className)"""
)
_IN_SIGHT = """
const element = [...document.querySelectorAll(arguments[0])].at(-1);
if (!element) return false;
const { x, y, width, height } = element.getBoundingClientRect();
const seen = document.elementFromPoint(x + width / 2, y + height / 2);
return element.contains(seen) || Boolean(seen?.contains(element));
"""
# After its first step, which names the turn, nothing of an answer arrives any more.
_BREAK_STREAM = """
const send = window.dispatchEvent.bind(window);
let begun = false;
window.dispatchEvent = (event) => {
  if (event.type !== "answer-grows") return send(event);
  const isLost = begun;
  begun ||= Boolean(event.detail?.turn);
  return isLost || send(event);
};
"""
_ASK_AT_ONCE = """
const [field, question] = [document.querySelector("#question"), arguments[0]];
addEventListener("answer-grows", (event) => {
  if (!event.detail?.done || document.querySelectorAll(".turn").length > 1) return;
  field.value = question;
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
});
"""
# The state of the articles arrives only when the first question's answer has begun.
_DELAY_STATE = """
const fetched = window.fetch;
window.fetch = async (...request) => {
  const begun = () => document.querySelector(".turn[data-turn]");
  if (String(request[1]?.body).includes('"fn_name":"state"')) while (!begun()) await new Promise((next) => setTimeout(next, 5));
  return fetched(...request);
};
"""

pytestmark = NEEDS_BROWSER


@pytest.fixture
def page(served: Served) -> Iterator[Page]:
    with chromium(1280, 800) as driver:
        yield Page(driver, served.url)


def _field(page: Page) -> WebElement:
    return page.driver.find_element(By.CSS_SELECTOR, "#question")


def _typed(page: Page) -> str:
    """Return the text of the question field, and check that it has the focus."""
    page.until(lambda: page.driver.switch_to.active_element == _field(page))
    return str(_field(page).get_attribute("value"))


def test_reading_a_quote_scrolls_only_the_article(page: Page) -> None:
    page.driver.set_window_size(1280, 600)
    page.ask("Why is the city smart?")
    page.until(lambda: page.visible("#right mark.current"))
    page.driver.execute_script("document.querySelector('#right').scrollTo(0, 1e6)")
    assert not _in_sight(page, "#right mark[data-first='1']")
    page.click(".turn:last-child .cite[data-n='1']")
    page.until(lambda: _in_sight(page, "#right mark[data-first='1']"))
    assert set(page.driver.execute_script(_SCROLLED)) <= {"right"}
    assert _in_sight(page, "#bar h1") and _in_sight(page, ".turn .question") and _in_sight(page, "#right h2")


def _in_sight(page: Page, selector: str) -> bool:
    """Return whether the middle of the last matching element is visible and not covered."""
    return bool(page.driver.execute_script(_IN_SIGHT, selector))


def test_on_a_phone_a_quote_opens_a_sheet_and_the_left_pane_is_a_drawer(served: Served) -> None:
    with chromium(390, 844) as driver:
        page = Page(driver, served.url)
        page.ask(_QUESTION)
        assert not page.visible("#right") and not page.visible("#left")
        assert driver.execute_script("return document.querySelector('#left').inert")
        page.click(_LINK)
        page.until(lambda: _in_sight(page, "#right mark.current"))
        assert _in_sight(page, ".turn .question")
        driver.back()
        page.until(lambda: not page.visible("#right"))
        page.click("#drawer")
        page.until(lambda: page.visible("#article-list .row"))
        assert driver.execute_script("return document.querySelector('#middle').inert")
        ActionChains(driver).send_keys(Keys.ESCAPE).perform()
        page.until(lambda: not page.visible("#left"))


def test_the_focus_is_in_the_field_and_what_is_typed_meanwhile_is_kept(page: Page) -> None:
    with scripted(_endless) as server:
        page.word_by(server.url)
        _field(page).send_keys(_QUESTION, Keys.ENTER)
        page.until(lambda: "writes …" in page.text(".turn .answer"))
        ActionChains(page.driver).send_keys("And which", Keys.ENTER, " one?").perform()
        assert _typed(page) == "And which one?" and len(page.texts(".turn")) == 1  # not submitted
        page.click("#stop")
        page.until(lambda: "The writer was stopped" in page.text(".turn .answer"))
        assert _typed(page) == "And which one?"
    _word_by_the_articles(page)
    _field(page).clear()
    page.ask(_QUESTION)
    assert _typed(page) == ""
    _tool(page, "again")
    page.until(lambda: len(page.texts(".turn")) == 2 and page.idle())
    assert _typed(page) == ""
    _tool(page, "undo")
    assert _typed(page) == _QUESTION and len(page.texts(".turn")) == 1


def test_a_question_asked_before_the_page_knows_its_articles_stays(served: Served) -> None:
    with chromium(1280, 800) as driver:
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _DELAY_STATE})
        page = Page(driver, served.url)
        page.ask(_QUESTION)
        assert page.texts(".turn .question") == [_QUESTION] and "Kazan" in page.quotes()
        assert page.text("#state")


def test_an_answer_whose_stream_broke_is_fetched(page: Page) -> None:
    page.driver.execute_script(_BREAK_STREAM)
    assert "Arkadag and Kazan" in page.ask(_QUESTION)
    page.until(lambda: page.visible(".turn .tools"))
    assert "twin cities" in page.driver.title


def test_the_next_question_can_be_asked_in_the_moment_an_answer_is_there(page: Page) -> None:
    page.driver.execute_script(_ASK_AT_ONCE, _QUESTION)
    page.type("#question", "Who visited Kazan?", Keys.ENTER)
    page.until(lambda: len(page.texts(".turn .tools")) == 2 and page.idle())
    assert "Arkadag and Kazan" in page.text(".turn:last-child .answer")


def _tool(page: Page, name: str) -> None:
    """Press a button that is shown while the pointer is over the last question."""
    ActionChains(page.driver).move_to_element(page.visible(".turn:last-child .question")[0]).perform()
    page.click(f".turn:last-child .turn-tools .{name}")


def test_a_new_conversation_stops_the_running_answer(page: Page) -> None:
    with scripted(_endless) as server:
        page.word_by(server.url)
        _field(page).send_keys(_QUESTION, Keys.ENTER)
        page.until(lambda: "writes …" in page.text(".turn .answer"))
        page.click("#new-conversation")
        page.until(lambda: not page.texts(".turn"))
        assert server.gone.wait(10)
        _word_by_the_articles(page)
    page.click("#start h2")
    for _ in repeat(None, 10):
        time.sleep(0.2)
        assert not page.texts(".turn") and page.visible("#start")
    page.until(lambda: page.visible("#send"))


def test_an_answer_is_copied_as_plain_text_with_its_sources(page: Page) -> None:
    page.driver.execute_cdp_cmd(
        "Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    )
    page.ask(_QUESTION)
    page.click(".turn .copy")
    copied = "return navigator.clipboard.readText()"
    page.until(lambda: "twin cities." in page.driver.execute_script(copied))
    assert page.driver.execute_script(copied) == "\n".join(
        [
            f"{_QUESTION}\n\nArkadag and Kazan\n",
            "“Last year, Arkadag and Kazan became twin cities.” [1]",
            "[1] Arkadag delegation visits Kazan, 17 May 2024, Arkadag_delegation_visits_Kazan.txt",
        ]
    )


def _endless(request: Request) -> Reply:
    """Answer a trial at once, and a question for a minute."""
    return chat("yes") if "Say yes." in request.prompt else chat(*(p for _ in range(300) for p in ("Arkadag ", 0.2)))


def _word_by_the_articles(page: Page) -> None:
    page.panel("wording")
    page.until(lambda: page.visible("#wording input[value=articles]"))[0].click()
    page.until(lambda: "quoted from the articles" in page.text("#wording-said"))
    page.close_panel()


def test_a_title_in_an_answer_about_the_collection_opens_the_article(page: Page) -> None:
    page.ask("List all articles.")
    page.click(".turn .named .open")
    page.until(lambda: "Arkadag" in page.text("#right h2"))
