"""WCAG A and AA checks by axe-core on everything the page shows, in a real headless Chromium."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from selenium import webdriver

from tests.axe import RULES, faults
from tests.browsing import NEEDS_BROWSER, Page, chromium, prefer
from tests.serving import Served

pytestmark = NEEDS_BROWSER

_KINDS = (
    "Why is the city smart?",
    "Who toured Fizuli and which cities became twin cities?",
    "List all articles.",
    "Summarize the article about Fizuli in two sentences",
    "Who won the 2022 World Cup?",
    "Hello",
    "Which cities became twin cities?",
)
_RULES_OF_COLOURS = ("color-contrast", "link-in-text-block")
"""Those of the rules that depend on the colour scheme."""
_BACKGROUND = "return getComputedStyle(document.body).backgroundColor"


class _Look:
    """Looks at states of the page, each in light and in dark colours, and keeps the faults that axe-core finds."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.faults: dict[str, list[str]] = {}
        self._driver = driver
        self._prefer("light")

    def at(self, state: str) -> None:
        light = self._driver.execute_script(_BACKGROUND)
        self._note(f"{state}, light", RULES)
        self._prefer("dark")
        assert self._driver.execute_script(_BACKGROUND) != light
        self._note(f"{state}, dark", _RULES_OF_COLOURS)
        self._prefer("light")

    def _note(self, state: str, rules: Sequence[str]) -> None:
        if found := faults(self._driver, rules):
            self.faults[state] = found

    def _prefer(self, scheme: str) -> None:
        # Elements that fade in have too little contrast for a moment.
        prefer(self._driver, scheme, still=True)


@pytest.fixture
def page(suggesting: Served) -> Iterator[Page]:
    with chromium(1280, 800) as driver:
        driver.set_script_timeout(60)
        yield Page(driver, suggesting.url)


def test_axe_finds_nothing_in_answers_of_every_kind(page: Page, tmp_path: Path) -> None:
    look = _Look(page.driver)
    page.until(lambda: page.visible(".example") and page.visible("#article-list .remove, #article-list .row"))
    look.at("before a question")

    for question in _KINDS:
        page.ask(question)
    for summary in page.visible(".turn summary"):
        page.driver.execute_script("arguments[0].parentElement.open = true", summary)
    (tmp_path / "table.exe").write_bytes(b"PK")
    page.upload(tmp_path / "table.exe")
    page.until(lambda: page.visible("#uploads [role=alert]"))
    page.click(".turn:last-child .wrong")
    page.click("#article-list .open")
    page.until(lambda: page.visible("#right .set-read"))
    page.click("#conversations .row summary")
    page.until(lambda: page.visible(".follow-ups .example"))
    look.at("answers of every kind, an article, and what is beside them")
    page.click("#conversations .row .delete")
    page.until(lambda: page.visible("#confirm .danger"))
    look.at("a question before something is lost")
    assert look.faults == {}


def test_axe_finds_nothing_in_panels_and_on_a_phone(page: Page) -> None:
    look = _Look(page.driver)
    page.ask(_KINDS[-1])
    page.panel("help")
    look.at("the keys")
    page.close_panel()
    page.panel("quality")
    page.until(lambda: page.visible("#panel .quality"))
    look.at("the quality")
    page.close_panel()
    page.click(".turn:last-child .save-quote")
    page.panel("saved")
    page.until(lambda: page.visible("#panel .saved-quotes"))
    look.at("the saved quotes")
    page.close_panel()
    page.panel("wording")
    page.click("#wording input[value=model]")
    page.click("#wording .send")
    page.until(lambda: page.visible("#wording-said.failure"))
    look.at("the wording, with an error")
    page.close_panel()

    size = {"width": 375, "height": 812, "deviceScaleFactor": 1, "mobile": True}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    page.click("#drawer")
    page.until(lambda: page.visible("#article-list .row"))
    look.at("the drawer of a phone")
    page.click("#article-list .open")
    page.until(lambda: page.visible("#right .article-text"))
    look.at("the sheet of a phone")
    assert look.faults == {}
