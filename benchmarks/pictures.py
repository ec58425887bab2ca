"""Take pictures of the page in every state, to look at: `python -m benchmarks.pictures OUT [--kinds FILE.png]`.

Four widths, light and dark, for each state one sheet `OUT/STATE.png` with all of them; `--kinds` draws the kinds of answers on one
sheet for the docs. What axe-core finds wrong in any of these views is printed (WCAG 2.2, A and AA). Needs Debian's chromium and
chromium-driver, as the browser tests do; the PDF is printed by it.
"""

import argparse
import io
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from selenium import webdriver

from benchmarks.format_files.markup import web_page
from benchmarks.format_files.programs import printed
from benchmarks.format_files.subjects import subjects
from tests.axe import faults
from tests.browsing import Page, chromium, prefer
from tests.serving import serving

_SIZES = {1920: 1080, 1440: 900, 768: 1024, 375: 812}
_PHONE = 500
_SCHEMES = ("light", "dark")
_VIEWS = [(width, scheme) for width in _SIZES for scheme in _SCHEMES]
_ARTICLES = {
    "ferry_2021.txt": "Ferry to the island\n\n4 March 2021\n\nThe ferry to Marrow Island carries 120 passengers. It sails four times a day.",
    "ferry_2024.txt": "New ferry\n\n9 May 2024\n\nThe ferry to Marrow Island carries 180 passengers since this spring. The pier was made longer.",
}  # fmt: skip
_ABOUT = next(subjects())
_ASKED = {
    "fact": "What rainwater system does Arkadag use?",
    "yes_no": "Is Arkadag a smart city?",
    "list": "Which cities became twin cities?",
    "summary": "Summarize the article about Fizuli in two sentences",
    "collection": "Which articles mention water?",
    "differs": "How many passengers does the ferry to Marrow Island carry?",
    "several": "Who toured Fizuli, and what rainwater system does Arkadag use?",
    "abstention": "Who won the 2022 World Cup?",
    "chat": "What can you do?",
}
_MANY = 3000

View = tuple[int, str]
"""The width of the window in pixels, and "light" or "dark"."""


@dataclass
class Album:
    """The pictures of each state, and what axe-core finds wrong in them."""

    sheets: dict[str, dict[View, Image.Image]] = field(default_factory=lambda: defaultdict(dict))
    faults: list[str] = field(default_factory=list)

    def take(self, state: str, view: View, driver: webdriver.Chrome) -> None:
        """Take a picture of what is shown, and check it."""
        self.sheets[state][view] = Image.open(io.BytesIO(driver.get_screenshot_as_png())).convert("RGB")
        self.faults += [f"{state} {view}: {fault}" for fault in faults(driver)]


def main() -> None:
    parser = argparse.ArgumentParser(description="Take pictures of the page in every state.")
    parser.add_argument("out", type=Path, metavar="OUT", help="folder for the sheets")
    parser.add_argument("--kinds", type=Path, metavar="FILE", help="also draw the kinds of answers on one sheet")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    album = Album()
    with tempfile.TemporaryDirectory() as place:
        _indexing(Path(place, "many"), album)
        _answered(Path(place, "few"), album)
    for state, sheet in album.sheets.items():
        _joined(sheet).save(options.out / f"{state}.png", optimize=True)
        print(options.out / f"{state}.png")
    if options.kinds:
        kinds = [album.sheets[kind][1440, "light"] for kind in _ASKED if kind != "chat"]
        _grid(kinds, columns=2, width=900).quantize(96).save(options.kinds, optimize=True)
    print(f"axe-core: {len(album.faults)} faults in {sum(map(len, album.sheets.values()))} views")
    for fault in album.faults:
        print(f"  {fault}")


@contextmanager
def _opened(url: str, view: View) -> Iterator[Page]:
    width, scheme = view
    with chromium(width, _SIZES[width], scheme) as driver:
        # What fades in has too little contrast for a moment.
        prefer(driver, scheme, still=True)
        driver.set_script_timeout(60)
        yield Page(driver, url)


def _indexing(place: Path, album: Album) -> None:
    """Take pictures while articles are read."""
    folder = place / "articles"
    folder.mkdir(parents=True)
    for i in range(_MANY):
        (folder / f"{i:05}.txt").write_text(
            f"Tower {i}\n\nThe tower number {i} stands by the river. Its {i} steps are of stone."
        )
    with serving(place) as server:
        for view in _VIEWS:
            with _opened(server.url, view) as page:
                page.until(lambda page=page: page.visible("#start h2"))  # type: ignore[misc]
                album.take("indexing", view, page.driver)


def _answered(place: Path, album: Album) -> None:
    """Take pictures of the empty page, and of answers of every kind."""
    folder = place / "articles"
    folder.mkdir(parents=True)
    for name, text in _ARTICLES.items():
        (folder / name).write_text(text)
    printed(web_page(_ABOUT, columns=True), folder / "report.pdf")
    with serving(place, suggests=True) as server:
        for view in _VIEWS:
            with _opened(server.url, view) as page:
                page.until(lambda page=page: "all read" in page.text("#state"))  # type: ignore[misc]
                page.until(lambda page=page: page.visible(".example"))  # type: ignore[misc]
                album.take("empty", view, page.driver)
                for state, question in (*_ASKED.items(), ("pdf", _ABOUT.facts[0].question)):
                    page.driver.get(server.url)
                    page.until(lambda page=page: page.visible("#question"))  # type: ignore[misc]
                    page.ask(question)
                    _take_answer(state, view, page, album)


def _take_answer(state: str, view: View, page: Page, album: Album) -> None:
    if view[0] < _PHONE:
        album.take(state, view, page.driver)
        if state not in ("fact", "pdf"):
            return
        page.click(".turn .cite")
        page.until(page.marked)
        state = f"{state}, sheet"
    page.until(lambda: not page.visible("#right .to-be-read"))
    if state.startswith("pdf") and page.visible("#right .article-text"):
        _show_original(page)
    album.take(state, view, page.driver)


def _show_original(page: Page) -> None:
    """Show the page of the PDF that is open."""
    page.click("#right .show-original")
    drawn = "return [...document.querySelectorAll('#original-page img')].some((e) => e.complete && e.naturalWidth)"
    page.until(lambda: page.driver.execute_script(drawn))


def _joined(sheet: dict[View, Image.Image]) -> Image.Image:
    """Return the pictures of a state, light above dark, the widest on the left."""
    rows = [[sheet[width, scheme] for width in _SIZES if (width, scheme) in sheet] for scheme in _SCHEMES]
    small = [[one.resize((one.width // 2, one.height // 2)) for one in row] for row in rows]
    whole = Image.new("RGB", (max(sum(o.width + 8 for o in row) for row in small), sum(max(o.height for o in row) + 8 for row in small)), "grey")  # fmt: skip
    top = 0
    for row in small:
        left = 0
        for one in row:
            whole.paste(one, (left, top))
            left += one.width + 8
        top += max(one.height for one in row) + 8
    return whole


def _grid(pictures: list[Image.Image], columns: int, width: int) -> Image.Image:
    small = [one.resize((width, round(one.height * width / one.width))) for one in pictures]
    height = max(one.height for one in small)
    whole = Image.new("RGB", (columns * (width + 8), -(-len(small) // columns) * (height + 8)), "grey")
    for n, one in enumerate(small):
        whole.paste(one, (n % columns * (width + 8), n // columns * (height + 8)))
    return whole


if __name__ == "__main__":
    main()
