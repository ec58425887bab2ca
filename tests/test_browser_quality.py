"""The Quality panel and the report in a real headless Chromium."""

import base64
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from qa_app.evaluation.report.html_report import write_report
from qa_app.evaluation.results import Cited, Outcome, Place, Result, last_result_file, write_result
from tests.browsing import CONTRAST, NEEDS_BROWSER, OVERFLOW, Page, chromium
from tests.preloaded import ROOT
from tests.qa_app.evaluation.results_made import outcome, result
from tests.serving import Served

pytestmark = NEEDS_BROWSER

_DOCUMENT = "Arkadag_delegation_visits_Kazan.txt"
_TEXT = (ROOT / "seeds" / _DOCUMENT).read_text(encoding="utf-8")


def _place(words: str) -> Place:
    start = _TEXT.index(words)
    return Place(_DOCUMENT, start, start + len(words))


def _made() -> Result:
    """Return a result for the seeds with one mistake of each kind and enough answers for the curves."""
    cited, gold = _place("Last year, Arkadag and Kazan became twin cities."), _place("more than 50% reduction")

    def one(confidence: float, contains: bool, question: str, **more: object) -> Outcome:
        made = outcome(confidence, contains=contains, question=question, gold=(gold,), latency_ms=80 + 400 * confidence)
        return replace(made, citations=(Cited(cited, _TEXT[cited.start : cited.end], True),), **more)  # type: ignore[arg-type]

    right = [one(i / 40, i % 5 > 0, f"Question {i}?") for i in range(1, 40)]
    wrong = one(0.97, False, "By how much is less water <b>taken</b>?", answers=("more than 50%",))
    return result([wrong, *right, outcome(0.6, unanswerable=True), outcome(0.1, unanswerable=True)])


@pytest.fixture
def measured(served: Served) -> Iterator[Served]:
    """The running server; tests write results into its index."""
    yield served
    last_result_file(served.index).unlink(missing_ok=True)


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_before_and_after_a_measurement(measured: Served, tmp_path: Path, width: int, scheme: str) -> None:
    file = last_result_file(measured.index)
    file.unlink(missing_ok=True)
    with chromium(width, 860, scheme) as driver:
        driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
        page = Page(driver, measured.url)
        page.panel("quality")
        page.until(lambda: "Nothing was measured" in page.text("#panel .quality"))
        assert "make-questions" in page.text("#panel code")
        page.click("#panel .draft-questions")
        page.until((tmp_path / "questions.jsonl").exists)
        drafted = [json.loads(line) for line in (tmp_path / "questions.jsonl").read_text("utf-8").splitlines()]
        assert drafted and all(line["question"] for line in drafted)
        assert driver.execute_script(OVERFLOW) <= 0
        _picture(page, f"quality-none-{width}-{scheme}")

        write_result(_made(), file)
        page.close_panel()
        page.panel("quality")
        page.until(lambda: "Of 40 questions" in page.text("#panel .plain"))
        assert "Out of date." in page.text("#panel .stale")
        assert len(page.visible("#panel svg")) == 3
        assert "By how much is less water <b>taken</b>?" in page.texts("#panel .outcome h3")[0]
        assert driver.execute_script(OVERFLOW) <= 0
        for selector in ("mark.cited", "mark.expected"):
            assert driver.execute_script(CONTRAST, page.visible(f"#panel {selector}")[0]) >= 4.5  # WCAG 2.2, 1.4.3
        _picture(page, f"quality-{width}-{scheme}")

        page.click("#panel button.open")
        page.until(lambda: page.visible("#right mark"))
        assert page.texts(".toast-body.error") == [] and page.hosts() == {"127.0.0.1"}
        errors = [e for e in driver.get_log("browser") if e["level"] == "SEVERE"]  # type: ignore[no-untyped-call]
        assert errors == []


def test_a_broken_result_is_reported(measured: Served) -> None:
    last_result_file(measured.index).write_text("{broken")
    with chromium(1280, 860) as driver:
        page = Page(driver, measured.url)
        page.panel("quality")
        page.until(lambda: "cannot be read as a result" in page.text("#panel [role=alert]"))


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_the_report_is_read_anywhere_without_a_connection(tmp_path: Path, width: int, scheme: str) -> None:
    file = tmp_path / "report.html"
    write_report(_made(), file, {_DOCUMENT: _TEXT, "harbour.txt": "The harbour was built in 1841. And more."}.get)
    with chromium(width, 860, scheme) as driver:
        driver.get(file.as_uri())
        assert "Of 40 questions" in driver.execute_script("return document.body.innerText")
        assert driver.execute_script(OVERFLOW) <= 0
        assert driver.execute_script(CONTRAST, driver.find_element(By.TAG_NAME, "body")) >= 7
        requested = driver.execute_script("return performance.getEntriesByType('resource').length")
        assert requested == 0
        errors = [e for e in driver.get_log("browser") if e["level"] == "SEVERE"]  # type: ignore[no-untyped-call]
        assert errors == []
        if place := os.environ.get("SCREENSHOTS"):
            _whole(driver, Path(place) / f"report-{width}-{scheme}.png")


def _picture(page: Page, name: str) -> None:
    if place := os.environ.get("SCREENSHOTS"):
        _whole(page.driver, Path(place) / f"{name}.png")


def _whole(driver: webdriver.Chrome, file: Path) -> None:
    """Save a screenshot of the page's first 2600 pixels, at the window's width."""
    width = driver.execute_script("return document.documentElement.clientWidth")
    height = min(2600, driver.execute_script("return document.documentElement.scrollHeight"))
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    taken = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
    file.write_bytes(base64.b64decode(taken["data"]))
