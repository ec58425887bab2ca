"""WCAG A and AA checks by axe-core on every tab of the page, in a real headless Chromium."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium_axe_python.axe import Axe

from tests.browsing import NEEDS_BROWSER, Page, chromium
from tests.serving import Served

pytestmark = NEEDS_BROWSER

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
def test_axe_finds_nothing_on_any_tab(served: Served, tmp_path: Path, scheme: str) -> None:
    with chromium(1280, 800) as driver:
        driver.set_script_timeout(60)
        # Elements that fade in have too little contrast for a moment.
        still = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", still)
        found = {}
        page = Page(driver, f"{served.url}/?__theme={scheme}")
        page.until(lambda: page.visible("#chat .example"))
        found["before a question"] = _faults(driver)

        page.ask("Which cities became twin cities?")
        for summary in page.visible("#evidence-panel summary"):
            summary.click()
        found["an answer"] = _faults(driver)
        page.click("#evidence-panel button.open")
        page.until(lambda: page.visible("dialog.article-dialog mark"))
        driver.execute_script("document.querySelector('dialog.article-dialog').scrollTop = 0")  # to what was left out
        found["an article"] = _faults(driver)
        page.click("dialog.article-dialog .close")
        page.ask("Who won the 2022 World Cup?")
        found["no answer"] = _faults(driver)

        page.tab("Corpus")
        page.until(lambda: page.visible("#corpus-list button.remove"))
        found["the corpus"] = _faults(driver)
        (tmp_path / "table.exe").write_bytes(b"PK")
        upload = driver.find_element(By.CSS_SELECTOR, "#upload input[type=file]")
        upload.send_keys(str(tmp_path / "table.exe"))
        page.until(lambda: page.visible("#corpus-said [role=alert]"))
        found["a refused upload"] = _faults(driver, "'#corpus-said'")
        page.click("#corpus-list button.remove")
        page.until(lambda: page.visible("dialog.confirm-dialog"))
        found["a removal"] = _faults(driver)
        page.click("dialog.confirm-dialog .keep")

        page.tab("Quality")
        page.until(lambda: page.visible("#quality .plain"))
        found["the quality"] = _faults(driver)

        page.tab("Wording")
        page.click("input[type=radio][value^='A language model']")
        page.click("#use-writer")
        page.until(lambda: page.visible("#wording-said [role=alert]"))
        found["the wording, with an error"] = _faults(driver)

        page.click(".toggle-button")
        page.click("#conversations summary")
        page.click("#conversations .delete")
        page.until(lambda: page.visible("dialog.confirm-dialog .danger"))
        found["the conversations"] = _faults(driver)
        assert {place: faults for place, faults in found.items() if faults} == {}
