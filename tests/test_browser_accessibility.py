"""WCAG A and AA checks by axe-core on everything the page shows, in a real headless Chromium."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from selenium import webdriver
from selenium_axe_python.axe import Axe

from tests.browsing import NEEDS_BROWSER, Page, chromium
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
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


def _faults(driver: webdriver.Chrome, place: str = "document", rules: Sequence[str] = _RULES) -> list[str]:
    """Return axe-core's current violations within a JavaScript expression: rule, element and reason."""
    axe = Axe(driver)
    axe.inject()  # type: ignore[no-untyped-call]
    return [
        f"{violation['id']}: {node['html'][:200]}: {node['failureSummary']}"
        for violation in axe.run(place, {"runOnly": list(rules)})["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_state(suggesting: Served, tmp_path: Path, scheme: str) -> None:
    with chromium(1280, 800, scheme) as driver:
        driver.set_script_timeout(60)
        # Elements that fade in have too little contrast for a moment.
        still = [
            {"name": "prefers-reduced-motion", "value": "reduce"},
            {"name": "prefers-color-scheme", "value": scheme},
        ]
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": still})
        found = {}
        page = Page(driver, suggesting.url)
        page.until(lambda: page.visible(".example") and page.visible("#article-list .remove, #article-list .row"))
        found["before a question"] = _faults(driver)

        for question in _KINDS:
            page.ask(question)
        for summary in page.visible(".turn summary"):
            driver.execute_script("arguments[0].parentElement.open = true", summary)
        (tmp_path / "table.exe").write_bytes(b"PK")
        page.upload(tmp_path / "table.exe")
        page.until(lambda: page.visible("#uploads [role=alert]"))
        page.click(".turn:last-child .wrong")
        page.click("#article-list .open")
        page.until(lambda: page.visible("#right .set-read"))
        page.click("#conversations .row summary")
        page.until(lambda: page.visible(".follow-ups .example"))
        found["answers of every kind, an article, and what is beside them"] = _faults(driver)
        page.click("#conversations .row .delete")
        page.until(lambda: page.visible("#confirm .danger"))
        found["a question before something is lost"] = _faults(driver)
        page.click("#confirm .keep")

        page.panel("help")
        found["the keys"] = _faults(driver)
        page.close_panel()
        page.panel("quality")
        page.until(lambda: page.visible("#panel .quality"))
        found["the quality"] = _faults(driver)
        page.close_panel()
        page.click(".turn:last-child .save-quote")
        page.panel("saved")
        page.until(lambda: page.visible("#panel .saved-quotes"))
        found["the saved quotes"] = _faults(driver)
        page.close_panel()
        page.panel("wording")
        page.click("#wording input[value=model]")
        page.click("#wording .send")
        page.until(lambda: page.visible("#wording-said.failure"))
        found["the wording, with an error"] = _faults(driver)
        page.close_panel()

        size = {"width": 375, "height": 812, "deviceScaleFactor": 1, "mobile": True}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        page.click("#drawer")
        page.until(lambda: page.visible("#article-list .row"))
        found["the drawer of a phone"] = _faults(driver)
        page.click("#article-list .open")
        page.until(lambda: page.visible("#right .article-text"))
        found["the sheet of a phone"] = _faults(driver)
        assert {place: faults for place, faults in found.items() if faults} == {}
