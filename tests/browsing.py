"""A user's actions in a real headless Chromium, for the browser tests."""

import atexit
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

_WAIT_S = 120

_MISSING = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
if _MISSING and os.environ.get("CI") == "true":
    raise RuntimeError(f"{_MISSING} missing: in CI, browser tests must not be skipped")
NEEDS_BROWSER = pytest.mark.skipif(bool(_MISSING), reason=f"{_MISSING} not installed")


_T = TypeVar("_T")

_TEXTS = (
    """return [...document.querySelectorAll(arguments[0])].filter((e) => e.checkVisibility()).map((e) => e.innerText)"""
)


class Page:
    """The page in a browser, with a user's actions."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver = driver
        driver.get(url)
        self.until(lambda: self.visible("#question"))

    def until(self, condition: Callable[[], _T]) -> _T:
        """Wait until `condition` is true and return its value; retry if the page replaces an element meanwhile."""
        wait = WebDriverWait(self.driver, _WAIT_S, ignored_exceptions=[StaleElementReferenceException, IndexError])
        return wait.until(lambda _: condition())

    def visible(self, selector: str) -> list[WebElement]:
        return [e for e in self.driver.find_elements(By.CSS_SELECTOR, selector) if e.is_displayed()]

    def texts(self, selector: str) -> list[str]:
        """Return the visible text of each visible element, read in one call."""
        return list(self.driver.execute_script(_TEXTS, selector))

    def text(self, selector: str) -> str:
        return " ".join(self.texts(selector))

    def click(self, selector: str) -> None:
        def done() -> bool:
            self.visible(selector)[0].click()
            return True

        self.until(done)

    def type(self, selector: str, *keys: str) -> None:
        """Send keys to the first visible element; once it is there, and again if the page replaces it meanwhile."""

        def done() -> bool:
            self.visible(selector)[0].send_keys(*keys)
            return True

        self.until(done)

    def ask(self, question: str) -> str:
        """Ask, wait for the whole answer, and return its visible words."""
        answers = len(self.texts("#turns .answer"))
        self.type("#question", question, Keys.ENTER)

        # In this order: an answer that is read before its end is known may be a step on the way to it.
        return self.until(lambda: self.texts("#turns .answer")[answers:] if self.idle() else [])[-1]

    def idle(self) -> bool:
        """Return whether no question is being answered."""
        return not self.driver.find_elements(By.CSS_SELECTOR, "#page.asking")

    def quotes(self) -> str:
        """Return the quotes of the last answer, also those that are folded."""
        return str(
            self.driver.execute_script(
                "return [...document.querySelectorAll('.turn:last-child blockquote')].map((e) => e.textContent).join(' ')"
            )
        )

    def marked(self) -> str:
        """Return the quote that is marked as the current one in the opened article."""
        return str(
            self.driver.execute_script(
                "return [...document.querySelectorAll('#right mark.current')].map((e) => e.textContent).join('')"
            )
        )

    def upload(self, *files: Path) -> None:
        """Choose files as with the Add button."""
        self.driver.find_element(By.CSS_SELECTOR, "#files").send_keys("\n".join(map(str, files)))

    def panel(self, name: str) -> None:
        """Open a panel from the bar."""
        self.click(f"#show-{name}")
        self.until(lambda: self.visible("#panel"))

    def close_panel(self) -> None:
        self.click("#panel > .close")
        self.until(lambda: not self.visible("#panel"))

    def word_by(self, url: str) -> None:
        """Let a language model word the answers."""
        self.panel("wording")
        self.until(lambda: self.visible("#wording input[value=model]"))[0].click()
        self.until(lambda: self.visible("#wording [name=where]"))[0].send_keys(url)
        self.click("#wording .send")
        self.until(lambda: "The next answers are worded by" in self.text("#wording-said"))
        self.close_panel()

    def hosts(self) -> set[str]:
        """Return the hosts that the page sent requests to since the last call."""
        urls = set()
        for entry in self.driver.get_log("performance"):  # type: ignore[no-untyped-call]
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                urls.add(message["params"]["request"]["url"])
        return {url.split("/")[2].split(":")[0] for url in urls if url.startswith(("http", "ws"))}


def prefer(driver: webdriver.Chrome, scheme: str, *, still: bool = False) -> None:
    """Emulate a system that prefers "light" or "dark", and with `still` one that prefers no motion."""
    features = {"prefers-color-scheme": scheme} | ({"prefers-reduced-motion": "reduce"} if still else {})
    given = [{"name": name, "value": value} for name, value in features.items()]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": given})


@contextmanager
def chromium(width: int, height: int, scheme: str = "light") -> Iterator[webdriver.Chrome]:
    """Open a new tab of this size in pixels in the shared browser; one narrower than 500 emulates a phone.

    `scheme` is what the system prefers, "light" or "dark".

    Starting a browser takes as long as a short test, so all tests of a process share one. Afterwards the tab is closed
    and the site's storage is cleared.
    """
    driver = _shared_chromium()
    first = driver.current_window_handle
    driver.switch_to.new_window("tab")
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    prefer(driver, scheme)
    try:
        yield driver
    finally:
        origin = driver.execute_script("return location.origin")
        if origin.startswith("http"):
            driver.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        driver.close()
        driver.switch_to.window(first)
        for log in ("performance", "browser"):
            driver.get_log(log)  # type: ignore[no-untyped-call]


@cache
def _shared_chromium() -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    ):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(shutil.which("chromedriver"))))
    atexit.register(driver.quit)
    return driver


OVERFLOW = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Relative luminance and contrast as WCAG 2.2 defines them.
CONTRAST = """
const style = getComputedStyle(arguments[0]);
const luminance = (color) => {
  const [r, g, b] = color.match(/[\\d.]+/g).slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const [a, b] = [luminance(style.color), luminance(style.backgroundColor)].sort((x, y) => y - x);
return (a + 0.05) / (b + 0.05);
"""
