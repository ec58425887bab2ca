"""What articles, names, questions and notes hold is shown as words in a real browser: nothing runs, loads, links or disguises itself."""

from pathlib import Path

from selenium.webdriver.common.keys import Keys

from tests.browsing import NEEDS_BROWSER, Page, chromium
from tests.embeddings.helpers import write
from tests.serving import serving

pytestmark = NEEDS_BROWSER

_SCRIPT = """<script>ran=1</script><img src=x onerror="ran=1"><svg onload="ran=1"></svg>"""
_LINKS = """![p](http://192.0.2.7/p.png) [l](javascript:ran=1) <a href="javascript:ran=1">a</a>"""
_ACTIVE = """return [...document.querySelectorAll("#page :is(script, img:not([alt]), iframe, svg, [onerror], [onload], [onmouseover], [href^=javascript])")]
    .map((each) => each.outerHTML).concat(window.ran ?? [])"""
# Where the account's number begins and ends, from the left: if its direction were turned round, they would change places.
_ENDS = """const words = document.createTreeWalker(document.querySelector(".turn:last-child blockquote"), NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (!words.nextNode().data.includes("4321"));
    const at = words.currentNode.data.indexOf("4321");
    return [at, at + 3].map((n) => { range.setStart(words.currentNode, n); range.setEnd(words.currentNode, n + 1); return range.getBoundingClientRect().left; })"""


def test_nothing_runs_or_loads_and_nothing_is_disguised(tmp_path: Path) -> None:
    given = tmp_path / "given"
    write(
        given,
        "lamp.txt",
        f"Title: Lamp {_SCRIPT}\nAuthor: {_SCRIPT}\n\nThe lamp of Velm was built by {_SCRIPT} Karin Holm. {_LINKS}",
    )
    write(given, "<img src=x onerror=ran=1>.txt", "The quay of Brunn was closed by Per Lund in 1902.")
    write(
        given,
        "note.md",
        f"---\ntitle: 'Note {_SCRIPT}'\ntags: ['a\" onmouseover=\"ran=1']\n---\n# Head {_SCRIPT}\n\nOla Berg runs the ferry. {_LINKS}\n",
    )
    write(
        given, "pay\u202etxt.exe.txt", "The invoice of Tallow is paid to account \u202e4321\u202c of Anna\u200b Dahl."
    )
    with serving(tmp_path, articles=given) as served, chromium(1280, 860) as driver:
        page = Page(driver, served.url)
        page.until(lambda: "4 articles" in page.text("#state"))
        page.until(lambda: "Pay\u202etxt.exe" in page.text("#article-list"))
        page.ask(f"{_SCRIPT} {_LINKS} Who built the lamp of Velm?")
        page.ask("Summarize all articles")
        page.ask("Which account is the invoice of Tallow paid to?")
        first, last = driver.execute_script(_ENDS)
        assert first < last and len(page.visible(".turn:last-child blockquote .invisible")) >= 2
        assert "account \u202e4321\u202c of Anna\u200b Dahl." in page.quotes()  # copied as it is in the file
        page.until(lambda: page.visible("#right mark.current .invisible"))

        page.click(".turn:last-child .save-quote")
        page.until(lambda: page.text("#saved-count") == "1")
        page.click("#show-saved")
        page.until(lambda: page.visible(".saved-quotes .quote-note"))[0].send_keys(f'"{_SCRIPT}', Keys.TAB)
        page.close_panel()
        upload = tmp_path / "in\u202efdp.txt"
        upload.write_text(f"{_SCRIPT} A bell rings.")
        page.upload(upload)
        page.until(lambda: "inU+202Efdp.txt was added" in page.text("#uploads"))
        page.click("#conversations .row summary")
        page.click("#conversations .rename")
        (name,) = page.until(lambda: page.visible("#confirm input"))
        name.send_keys(Keys.CONTROL, "a")
        name.send_keys(f'"{_SCRIPT} {_LINKS}', Keys.ENTER)
        page.until(lambda: '"<script>ran=1' in page.text("#conversations"))
        assert driver.execute_script(_ACTIVE) == []

        address = driver.current_url.partition("?")[0]
        for parts in (f"?article={_SCRIPT}", f"?c={_SCRIPT}&a={_SCRIPT}&q={_SCRIPT}"):
            driver.get(address + parts)
            page.until(lambda: page.visible("#question") and page.text("#state"))
        assert driver.execute_script(_ACTIVE) == []
        assert page.hosts() == {"127.0.0.1"}
