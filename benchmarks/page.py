"""Measure the page in a real browser: `python -m benchmarks.page [--articles N] [--turns N]`.

Needs Debian's chromium and chromium-driver, as the browser tests do. Prints a table for docs/results/page.md.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from selenium.webdriver.common.keys import Keys

from embeddings.encoders.encoder import Encoder
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.assistant import open_assistant
from qa_app.pipeline import answer
from qa_app.records.conversations import Conversations, conversations_file
from qa_app.records.receipts import receipt
from qa_app.records.turns import View
from tests.browsing import Page, chromium
from tests.preloaded import ROOT
from tests.serving import serving

_QUESTIONS = (
    "What rainwater system does Arkadag use?",
    "Which cities became twin cities?",
    "Why is the city smart?",
    "How many high-rise buildings are built in Fizuli?",
    "Who won the 2022 World Cup?",
)
# From the key that asks to the frame in which something new is painted, and to the whole answer, in milliseconds. Shifts of the
# layout count without those within half a second of a key, as in https://web.dev/articles/cls.
_WATCH = """
window.measured = { shift: 0 };
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) measured.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  const started = event.timeStamp, turns = document.querySelector("#turns");
  measured.first = measured.whole = null;
  new MutationObserver((_, observer) => {
    measured.first ?? requestAnimationFrame(() => { measured.first = performance.now() - started; });
    if (document.querySelector("#page.asking") || !turns.lastElementChild?.querySelector(".tools, .failure")) return;
    observer.disconnect();
    requestAnimationFrame(() => { measured.whole = performance.now() - started; });
  }).observe(turns, { childList: true, subtree: true });
}, true);
"""
_OPENED = """
const done = arguments[arguments.length - 1], started = performance.now(), turns = document.querySelector("#turns");
new MutationObserver((_, observer) => {
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - started)));
}).observe(turns, { childList: true });
document.querySelector(".open-conversation").click();
"""
_FOUND = """
const done = arguments[arguments.length - 1], started = performance.now(), field = document.querySelector("#find-article");
new MutationObserver((_, observer) => {
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - started)));
}).observe(document.querySelector("#article-list"), { childList: true });
field.value = "9";
field.dispatchEvent(new Event("input"));
"""
_NEXT = """
const done = arguments[arguments.length - 1], started = performance.now();
new MutationObserver((_, observer) => {
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - started)));
}).observe(document.querySelector("#article-list"), { childList: true });
document.querySelector(".next-articles").click();
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the page in a real browser.")
    parser.add_argument("--articles", type=int, default=10_000, metavar="N", help="length of the long list")
    parser.add_argument("--turns", type=int, default=300, metavar="N", help="questions of the long conversation")
    options = parser.parse_args()
    encoder = SentenceEncoder()
    with tempfile.TemporaryDirectory() as place:
        _row("measure", "figure")
        _row("---", "---")
        _asking(Path(place) / "asking")
        _long_conversation(Path(place) / "conversation", encoder, options.turns)
        _long_list(Path(place) / "list", encoder, options.articles)


def _asking(place: Path) -> None:
    place.mkdir()
    with serving(place) as server, chromium(1440, 900) as driver:
        page = Page(driver, server.url)
        page.until(lambda: "all read" in page.text("#state"))
        driver.execute_script(_WATCH)
        firsts, wholes = [], []
        for question in _QUESTIONS:
            page.visible("#question")[0].send_keys(question, Keys.ENTER)
            page.until(lambda: driver.execute_script("return measured.whole"))
            firsts.append(driver.execute_script("return measured.first"))
            wholes.append(driver.execute_script("return measured.whole"))
            time.sleep(1)  # shifts right after a key do not count
        _row("from Enter to the first change on the page, median, longest", _times(firsts))
        _row("from Enter to the whole answer, median, longest", _times(wholes))
        _row(
            f"layout shift (CLS) over {len(_QUESTIONS)} answers",
            f"{driver.execute_script('return measured.shift'):.4f}",
        )


def _long_conversation(place: Path, encoder: Encoder, turns: int) -> None:
    shutil.copytree(ROOT / "seeds", place / "articles")
    sync(place / "articles", place / "index", encoder)
    assistant = open_assistant(place / "index", encoder=encoder)
    conversations = Conversations(conversations_file(place / "index"))
    found = [answer(assistant, question) for question in _QUESTIONS]
    view: View | None = None
    with assistant.index.snapshot() as snapshot:
        for position in range(turns):
            one = found[position % len(found)]
            view = conversations.turns.ask(view, position, one.question)
            conversations.turns.answered(view.last_turn, receipt(one, assistant, snapshot))
    conversations.close()
    with serving(place) as server, chromium(1440, 900) as driver:
        page = Page(driver, server.url)
        page.until(lambda: page.visible(".open-conversation"))
        _row(f"opening a conversation of {turns} questions, median, longest", _repeated(lambda: _timed(page, _OPENED)))


def _long_list(place: Path, encoder: Encoder, articles: int) -> None:
    folder = place / "articles"
    folder.mkdir(parents=True)
    for i in range(articles):
        (folder / f"{i:05}.txt").write_text(f"Tower {i}\n\nThe tower number {i} stands by the river.")
    sync(folder, place / "index", encoder)
    with serving(place) as server, chromium(1440, 900) as driver:
        page = Page(driver, server.url)
        page.until(lambda: page.visible(".next-articles"))
        _row(f"the next 100 of {articles:,} articles", _repeated(lambda: _timed(page, _NEXT)))
        _row(
            f"finding among {articles:,} articles, with 150 ms of waiting for the next key",
            _repeated(lambda: _timed(page, _FOUND)),
        )


def _timed(page: Page, script: str) -> float:
    return float(page.driver.execute_async_script(script))


def _repeated(measure: Callable[[], float], times: int = 5) -> str:
    return _times([measure() for _ in range(times)])


def _times(milliseconds: list[float]) -> str:
    return f"{statistics.median(milliseconds):.0f} ms, {max(milliseconds):.0f} ms"


def _row(*cells: str) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
