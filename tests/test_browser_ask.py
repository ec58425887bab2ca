"""The Ask tab in a real headless Chromium: scrolling, focus, copying and New conversation."""

import time
from collections.abc import Iterator
from itertools import repeat

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.browsing import NEEDS_BROWSER, Page, chromium
from tests.qa_app.generation.scripted import chat, scripted
from tests.serving import Served

_QUESTION = "Which cities became twin cities?"
_LINK = "#chat .bot a[href*='#cite-']"
_SCROLLED = (
    """return [...document.querySelectorAll("*")].filter((e) => e.scrollTop > 0).map((e) => e.id || e.className)"""
)
_IN_SIGHT = """
const element = [...document.querySelectorAll(arguments[0])].at(-1);
const { x, y, width, height } = element.getBoundingClientRect();
const seen = document.elementFromPoint(x + width / 2, y + height / 2);
return element.contains(seen) || Boolean(seen?.contains(element) && seen.closest(".card"));
"""

pytestmark = NEEDS_BROWSER


@pytest.fixture
def page(served: Served) -> Iterator[Page]:
    with chromium(1280, 800) as driver:
        yield Page(driver, served.url)


def _field(page: Page) -> WebElement:
    return page.driver.find_element(By.CSS_SELECTOR, "#question textarea")


def _typed(page: Page) -> str:
    """Return the text of the question field, and check that it has the focus."""
    page.until(lambda: page.driver.switch_to.active_element == _field(page))
    return str(_field(page).get_attribute("value"))


def test_following_a_citation_scrolls_only_the_evidence(page: Page) -> None:
    page.ask(_QUESTION)
    page.driver.execute_script("document.querySelector('#evidence-panel details.uncited').open = true")
    pane = page.visible("#evidence-panel")[0]
    # Scrolled to the bottom: the card is out of sight above, and the last element can be reached.
    page.driver.execute_script("arguments[0].scrollTo(0, arguments[0].scrollHeight)", pane)
    assert page.driver.execute_script(_SCROLLED) == ["evidence-panel"]
    assert _in_sight(page, "#evidence-panel .passage:last-of-type footer") and not _in_sight(page, ".card .number")

    page.click(_LINK)
    page.until(lambda: _in_sight(page, ".card:focus .number"))
    assert set(page.driver.execute_script(_SCROLLED)) <= {"evidence-panel"}
    assert _in_sight(page, "#heading h1") and _in_sight(page, _LINK)


def _in_sight(page: Page, selector: str) -> bool:
    """Return whether the middle of the last matching element is visible and not covered."""
    return bool(page.driver.execute_script(_IN_SIGHT, selector))


def _scroll_top(page: Page) -> float:
    return float(page.driver.execute_script("return document.documentElement.scrollTop"))


def test_on_a_phone_the_page_scrolls_to_the_evidence(served: Served) -> None:
    with chromium(390, 844) as driver:
        page = Page(driver, served.url)
        page.ask(_QUESTION)
        page.click(_LINK)
        page.until(lambda: _scroll_top(page) > 0)
        page.until(lambda: _in_sight(page, ".card:focus .number"))
        html = driver.execute_script("return document.documentElement.className")
        assert driver.execute_script(_SCROLLED) == [html]  # only the page itself


def test_the_focus_is_in_the_field_and_what_is_typed_meanwhile_is_kept(page: Page) -> None:
    with scripted(lambda _: chat(*(piece for _ in range(300) for piece in ("Arkadag ", 0.2)))) as server:
        _word_by(page, server.url)
        _field(page).send_keys(_QUESTION, Keys.ENTER)
        page.until(lambda: "writes …" in page.text("#chat .bot"))
        ActionChains(page.driver).send_keys("And which", Keys.ENTER, " one?").perform()
        assert _typed(page) == "And which one?" and len(page.texts("#chat .user")) == 1  # not submitted
        page.click("#question .stop-button")
        page.until(lambda: "The writer was stopped" in page.text("#chat .bot"))
        assert _typed(page) == "And which one?"
    page.driver.refresh()
    page.until(lambda: page.visible("#ask textarea"))
    page.ask(_QUESTION)
    assert _typed(page) == ""
    page.click("#chat button[aria-label='Retry']")
    page.until(lambda: len(page.texts("#chat .bot")) == 1 and "[1]" in page.text("#chat .bot"))
    assert _typed(page) == ""
    page.click("#evidence-panel .searched button")
    page.until(lambda: len(page.texts("#chat .bot")) == 2 and "[1]" in page.texts("#chat .bot")[1])
    assert _typed(page) == ""
    page.click("#chat button[aria-label='Undo']")
    assert _typed(page) == _QUESTION


def test_new_conversation_stops_the_running_answer(page: Page) -> None:
    with scripted(lambda _: chat(*(piece for _ in range(300) for piece in ("Arkadag ", 0.2)))) as server:
        _word_by(page, server.url)
        _field(page).send_keys(_QUESTION, Keys.ENTER)
        page.until(lambda: "writes …" in page.text("#chat .bot"))
        page.click(".toggle-button")
        page.click("#new-conversation")
        page.until(lambda: not page.texts("#chat .bot"))
        assert server.gone.wait(10)
    assert _typed(page) == ""
    for _ in repeat(None, 10):
        time.sleep(0.2)
        assert not page.texts("#chat .bot") and "Ask a question" in page.text("#evidence-panel")
    page.until(lambda: page.visible("#question .submit-button"))


def test_an_answer_is_copied_as_plain_text_with_its_sources(page: Page) -> None:
    page.driver.execute_cdp_cmd(
        "Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    )
    page.ask(_QUESTION)
    page.click("#chat .message-buttons-left button[aria-label='Copy message']")
    copied = "return navigator.clipboard.readText()"
    page.until(lambda: "twin cities." in page.driver.execute_script(copied))
    answer, source = page.driver.execute_script(copied).split("\n\n")
    assert answer == "Last year, Arkadag and Kazan became twin cities. [1]"
    assert source == "[1] Arkadag delegation visits Kazan · 2024-05-17 · Arkadag_delegation_visits_Kazan.txt"


def _word_by(page: Page, url: str) -> None:
    """Let a language model word the answers."""
    page.tab("Wording")
    page.click("input[type=radio][value^='A language model']")
    page.until(lambda: page.visible("#writer-where textarea"))[0].send_keys(url)
    page.click("#use-writer")
    page.until(lambda: "The next answers are worded by" in page.text("#wording-said"))
    page.tab("Ask")


def test_a_title_in_an_answer_about_the_collection_opens_the_article(page: Page) -> None:
    page.ask("List all articles.")
    page.click("#chat .bot a[href*='#article=']")
    page.until(lambda: page.visible("dialog .content"))
    assert "Arkadag" in page.visible("dialog .content")[0].text
