"""The page in a real headless Chromium, as a user sees it."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from embeddings.storage.builds import trash_folder
from tests.browsing import CONTRAST, NEEDS_BROWSER, OVERFLOW, Page, chromium
from tests.embeddings.documents.readers.pdf_files import drawn, lines
from tests.preloaded import ROOT
from tests.serving import Served, serving

_QUESTION = "what rainwater system does Arkadag use?"
_ARTICLE = """The lighthouse of Vinga

The lighthouse on the island of Vinga was lit for the first time in 1841. Its keeper today is Karin Holm, who also
measures the weather there every morning. The motto on its door reads ${6*7} {{value}} <b>bold</b> & $$x$$ *light*.
"""
_MOTTO = "${6*7} {{value}} <b>bold</b> & $$x$$ *light*"

pytestmark = NEEDS_BROWSER


@pytest.fixture
def page(served: Served) -> Iterator[Page]:
    with chromium(1280, 860) as driver:
        opened = Page(driver, served.url)
        yield opened
        assert opened.texts(".toast-body.error") == []


def test_ask_a_question_and_read_its_quote_in_the_article(page: Page) -> None:
    answer = page.ask(_QUESTION)
    assert "a rainwater collection system" in page.text(".turn .short") and page.texts(".turn .sure")
    assert "The Chairman of the State Committee" in answer and "Arkadag delegation visits Kazan · 17 May 2024" in answer
    page.until(lambda: page.visible("#right mark.current"))  # beside the answer, by itself
    highlighted = page.marked()
    assert highlighted in page.quotes() and "nCa, 16 May 2024" in page.text("#right .boilerplate")
    assert "1 quote here" in page.text("#article-list .row.current")

    page.ask("Who won the 2022 World Cup?")
    assert "The articles don't say." in page.text(".turn:last-child .short")
    page.until(lambda: "the delegation of Turkmenistan met with" in page.marked())  # the closest passage
    page.click(".turn:last-child details.more summary")
    assert "it needs 10 %" in page.text(".turn:last-child details.more")
    page.click(".turn:first-child .cite")
    page.until(lambda: page.marked() == highlighted)
    if place := os.environ.get("SCREENSHOTS"):
        page.driver.save_screenshot(str(Path(place) / "answer.png"))
    page.click("#right .close")
    page.until(lambda: not page.visible("#right"))

    assert page.hosts() == {"127.0.0.1"}
    errors = [e for e in page.driver.get_log("browser") if e["level"] == "SEVERE"]  # type: ignore[no-untyped-call]
    assert errors == []


def test_an_example_is_asked_with_one_click(suggesting: Served) -> None:
    with chromium(1280, 860) as driver:
        page = Page(driver, suggesting.url)
        page.click(".example")
        page.until(lambda: page.visible(".turn .cite"))


def test_follow_ups_are_offered_below_the_answer_and_asked_with_one_click(suggesting: Served) -> None:
    with chromium(1280, 860) as driver:
        page = Page(driver, suggesting.url)
        page.ask("How many high-rise buildings are built in Fizuli?")
        offered = page.until(lambda: page.texts(".turn .follow-ups .example"))
        assert 1 <= len(offered) <= 3 and len(set(offered)) == len(offered)
        page.click(".follow-ups .example")
        page.until(
            lambda: (
                page.texts(".turn .question")[1:] == offered[:1]
                and page.idle()
                and page.visible(".turn:last-child .cite")
            )
        )
        again = page.until(lambda: page.texts(".follow-ups .example"))
        assert offered[0] not in again  # those of the first answer are gone
        page.driver.refresh()
        page.until(lambda: page.texts(".follow-ups .example") == again)


def test_what_a_person_types_is_shown_as_it_is_typed(page: Page) -> None:
    typed = "What does <script>  mean, and is 1 < 2 > 0 ?\n![x](http://192.0.2.1/x.png) [y](http://192.0.2.1) **z**"
    field = page.visible("#question")[0]
    for i, line in enumerate(typed.split("\n")):
        field.send_keys(*([Keys.SHIFT, Keys.ENTER, Keys.NULL] if i else []), line)
    field.send_keys(Keys.ENTER)
    page.until(lambda: page.idle() and page.texts(".turn .short"))
    assert page.text(".turn .question") == typed
    page.driver.refresh()
    page.until(lambda: page.text(".turn .question") == typed)
    assert not page.visible("#turns a, #turns img, #turns script") and page.hosts() == {"127.0.0.1"}


def test_a_question_during_loading_is_answered_afterwards(tmp_path: Path) -> None:
    articles = tmp_path / "one"  # suggestions for more would take longer than the rest of the test
    articles.mkdir()
    shutil.copy(ROOT / "seeds" / "Arkadag_delegation_visits_Kazan.txt", articles)
    with chromium(1280, 860) as driver, serving(tmp_path, gated=True, suggests=True, articles=articles) as server:
        page = Page(driver, server.url)
        page.until(lambda: "Loading the models" in page.text("#loading"))
        page.panel("quality")
        page.until(lambda: "Loading the models" in page.text("#panel"))
        page.close_panel()
        page.visible("#question")[0].send_keys(_QUESTION, Keys.ENTER)
        page.until(lambda: "Loading the models" in page.text(".turn .answer"))
        server.say("go")
        page.until(lambda: "rainwater collection system" in page.text(".turn .answer") and page.idle())
        assert page.text("#loading") == ""
        page.click("#new-conversation")
        page.click(".example")  # generated after this page was opened
        page.until(lambda: page.visible(".turn .cite"))


def test_a_failed_load_is_shown_with_the_next_step(tmp_path: Path) -> None:
    with chromium(1280, 860) as driver, serving(tmp_path, gated=True) as server:
        page = Page(driver, server.url)
        page.visible("#question")[0].send_keys(_QUESTION, Keys.ENTER)
        page.until(lambda: "Loading the models" in page.text(".turn .answer"))
        server.say("lost")
        page.until(lambda: "The encoder is lost. Install it again." in page.text("#loading[role=alert]"))
        page.until(lambda: "The encoder is lost." in page.text(".turn .answer"))


def test_a_question_during_the_first_sync_can_be_asked_again(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    towers = "\n\n".join(f"# Tower {n}\n\nIt stands by the river." for n in range(140))  # fills its own group of chunks
    (tmp_path / "articles" / "0_towers.md").write_text(towers)
    with chromium(1280, 860) as driver, serving(tmp_path, gated=True) as server:
        server.say("hold")
        page = Page(driver, server.url)
        page.until(lambda: "Reading 1 of 3" in page.text("#state"))  # before, the answer would name none of 3 files
        page.visible("#question")[0].send_keys(_QUESTION, Keys.ENTER)
        page.until(lambda: "still being read (1 of 3 files)" in page.text(".turn .answer"))
        assert "don't say" not in page.text("#turns")
        server.say("on")
        page.until(lambda: "Reading done" in page.text("#job") and "all read" in page.text("#state"))
        page.click(".answer .again")
        page.until(lambda: "rainwater collection system" in page.text(".turn .answer"))


def test_an_answer_can_be_asked_again_and_a_question_changed(page: Page) -> None:
    page.ask("Who is Ilham Aliyev?")
    _tool(page, "again")
    page.until(lambda: len(page.texts(".turn")) == 1 and page.idle() and page.visible(".turn .cite"))
    _tool(page, "edit")
    field = page.visible("#question")[0]
    assert field.get_property("value") == "Who is Ilham Aliyev?" and "Changing" in page.text("#changing")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(_QUESTION, Keys.ENTER)
    page.until(lambda: "rainwater collection system" in page.text(".turn .answer"))
    assert page.texts(".turn .question") == [_QUESTION]


def _tool(page: Page, name: str) -> None:
    """Press a button that is shown while the pointer is over the last question."""
    ActionChains(page.driver).move_to_element(page.visible(".turn:last-child .question")[0]).perform()
    page.click(f".turn:last-child .turn-tools .{name}")


def test_an_unreadable_upload_shows_why_and_can_be_removed(page: Page, tmp_path: Path) -> None:
    upload = tmp_path / "blank.txt"
    upload.write_text("   ")
    page.upload(upload)
    page.until(lambda: "1 file failed" in page.text("#state"))
    page.click("#state")  # says why
    page.until(lambda: "blank.txt contains only white space" in page.text("#failures"))
    page.click("#failures .remove[data-document='blank.txt']")
    page.click("#confirm .confirm")
    page.until(lambda: not page.visible("#failures") and "all read" in page.text("#state"))


def test_by_keyboard_alone(page: Page) -> None:
    def press(*keys: str) -> None:
        ActionChains(page.driver).send_keys(*keys).perform()

    press(_QUESTION, Keys.ENTER)  # the question field has the focus from the start
    page.until(lambda: page.idle() and page.visible(".turn .cite"))
    page.until(lambda: page.driver.switch_to.active_element == page.visible("#question")[0])
    press("Why is the city smart?", Keys.ENTER)  # and after an answer
    page.until(lambda: len(page.visible(".turn:last-child .cite")) > 2 and page.idle())
    link = page.visible(".turn:last-child .cite")[0]
    for _ in range(40):
        if page.driver.switch_to.active_element == link:
            break
        ActionChains(page.driver).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
    assert page.driver.switch_to.active_element == link
    quoted = " ".join(str(link.find_element(By.XPATH, "ancestor::blockquote").text).split())[:30]
    page.until(lambda: quoted in " ".join(page.text("#tip").split()))  # the focus shows the quote in its context
    press(Keys.ENTER)
    page.until(lambda: page.visible("#right mark.current:focus"))
    press("n")
    page.until(lambda: page.text("#right .which").startswith("Quote 2 of "))
    press("p", "p")
    page.until(lambda: re.fullmatch(r"Quote (\d) of \1", page.text("#right .which")))
    press(Keys.ESCAPE)
    assert page.driver.switch_to.active_element == link
    press(Keys.ESCAPE)
    page.until(lambda: not page.visible("#right"))
    press("?")
    page.until(lambda: "next and previous quote" in page.text("#panel"))
    press(Keys.ESCAPE)
    page.until(lambda: not page.visible("#panel"))
    press("/", "x?")
    assert page.visible("#question")[0].get_property("value") == "x?"


def test_upload_ask_and_remove_an_article(page: Page, served: Served, tmp_path: Path) -> None:
    upload = tmp_path / "Lighthouse_of_Vinga.txt"
    upload.write_text(_ARTICLE)
    page.until(lambda: "Arkadag delegation visits Kazan" in page.text("#article-list"))
    assert "17 May 2024" in page.text("#article-list")
    page.upload(upload)
    page.until(lambda: "The lighthouse of Vinga" in page.text("#article-list"))
    assert f"{upload.name} was added" in page.text("#uploads")
    assert (served.folder / upload.name).read_text() == _ARTICLE

    assert "Karin Holm" in page.ask("Who is the keeper of the Vinga lighthouse?")
    assert "1841" in page.ask("When was the Vinga lighthouse first lit?")
    page.ask("What does the motto on the door of the Vinga lighthouse read?")
    assert _MOTTO in page.quotes()
    page.until(lambda: _MOTTO in page.text("#right .article-text"))

    remove = f".row .remove[data-document='{upload.name}']"
    ActionChains(page.driver).move_to_element(page.visible(f".row[data-document='{upload.name}']")[0]).perform()
    page.click(remove)
    page.click("#confirm .keep")
    page.until(lambda: not page.visible("#confirm"))
    assert (served.folder / upload.name).exists()
    page.click(remove)
    page.click("#confirm .confirm")
    page.until(lambda: "The lighthouse of Vinga" not in page.text("#article-list"))
    assert f"{upload.name} was moved to" in page.text("#articles-said")
    assert not (served.folder / upload.name).exists()
    assert _ARTICLE in [file.read_text() for file in trash_folder(served.index).iterdir()]

    page.driver.refresh()  # kept answers are checked when they are shown
    page.until(lambda: "was removed since this answer" in page.text("#turns"))


def test_a_file_of_another_format_is_refused_by_name_and_the_others_are_added(
    page: Page, served: Served, tmp_path: Path
) -> None:
    uploads = [tmp_path / name for name in ("table.exe", "Ferry.txt", "Later.txt")]
    for upload in uploads:
        upload.write_text(f"{upload.stem}: it leaves at six.")
    page.until(lambda: page.text("#article-list"))
    page.upload(*uploads[:2])
    page.until(lambda: "Ferry.txt was added" in page.text("#uploads .taken"))
    assert "table.exe has an unsupported format" in page.text("#uploads [role=alert]")
    page.until(lambda: "Ferry.txt" in page.text("#article-list"))
    page.upload(uploads[2])
    page.until(lambda: "Later.txt was added" in page.text("#uploads"))
    assert not page.texts("#uploads [role=alert]")
    for upload in uploads[1:]:
        (served.folder / upload.name).unlink()
    page.until(lambda: "Later.txt" not in page.text("#article-list") and "Ferry.txt" not in page.text("#article-list"))


def test_what_was_left_out_is_read_on_request_and_left_out_again(page: Page) -> None:
    page.click("#article-list .open[data-document='Arkadag_delegation_visits_Kazan.txt']")
    left_out = page.until(lambda: page.texts("#right .boilerplate"))
    page.click("#right .set-read")
    page.until(lambda: page.visible("#right .set-read[data-read=false]:focus"))
    assert page.text("#right .said") == "It is read now: questions find it."
    assert page.texts("#right .boilerplate") == left_out[1:]
    page.click("#right .set-read")
    page.until(lambda: page.visible("#right .set-read[data-read=true]:focus"))
    assert page.texts("#right .boilerplate") == left_out


def test_the_original_page_of_a_pdf_by_keyboard_on_a_phone(served: Served) -> None:
    file = served.folder / "keepers.pdf"
    file.write_bytes(drawn(lines("The lighthouse has a red lamp."), lines("Karin Holm keeps the lighthouse of Vinga.")))
    with chromium(375, 740) as driver:
        page = Page(driver, served.url)

        def press(*keys: str) -> None:
            ActionChains(driver).send_keys(*keys).perform()

        def alternative() -> str:
            return str(driver.execute_script("return document.querySelector('#original-page img').alt"))

        page.until(lambda: "3 articles" in page.text("#state"))
        page.ask("Who keeps the lighthouse of Vinga?")
        page.click(".turn .cite")
        button = page.until(lambda: page.visible("#right .show-original"))[0]
        driver.execute_script("arguments[0].focus()", button)
        press(Keys.ENTER)
        page.until(lambda: page.text("#original-page [role=status]") == "Page 2 of 2")
        assert "Marked on it: “Karin Holm keeps the lighthouse of Vinga.”" in alternative()
        assert driver.execute_script(OVERFLOW) <= 0
        page.click("#original-page [data-step='-1']")
        page.until(lambda: page.text("#original-page [role=status]") == "Page 1 of 2")
        assert "Page 1 of 2" in alternative()
        press(Keys.ARROW_RIGHT)
        page.until(lambda: page.text("#original-page [role=status]") == "Page 2 of 2")

        file.unlink()
        press(Keys.ARROW_LEFT)
        page.until(lambda: "keepers.pdf vanished" in page.text("#original-page [role=status]"))
        driver.back()  # closes the sheet
        page.until(lambda: not page.visible("#right"))
        page.until(lambda: "2 articles" in page.text("#state"))


def test_questions_are_answered_while_everything_is_read_again(page: Page, served: Served) -> None:
    builds = set((served.index / "builds").iterdir())
    page.click("#articles-menu summary")
    page.click("#reembed")
    assert "rainwater collection system" in page.ask(_QUESTION)
    page.until(lambda: "Reading everything again done" in page.text("#job"))
    assert set((served.index / "builds").iterdir()) - builds
    assert "rainwater collection system" in page.ask(_QUESTION)


def test_a_question_is_limited_to_ticked_articles_and_to_labels(page: Page) -> None:
    other = "Presidents_inspect_reconstruction_in_Fizuli.txt"
    page.until(lambda: "all 2 articles" in str(page.visible("#question")[0].get_attribute("placeholder")))
    page.click(f".row[data-document='{other}'] .in-scope")
    page.until(lambda: page.visible("#question")[0].get_attribute("placeholder") == "Ask about 1 of 2 articles")
    page.ask("Which cities became twin cities?")
    assert "became twin cities" not in page.quotes() and "asked 1 article" in page.text(".turn:last-child .foot")
    page.click("#scope-clear")
    page.ask("Which cities became twin cities?")
    assert "became twin cities" in page.quotes()

    page.click(f"#article-list .open[data-document='{other}']")
    page.type(".give-label input", "Rebuilding", Keys.ENTER)
    page.until(lambda: "Rebuilding" in page.text("#right .labels .label"))
    page.until(lambda: page.visible("#library .limit[data-value=Rebuilding]"))
    page.click("#library .limit[data-value=Rebuilding]")
    page.until(lambda: page.visible("#question")[0].get_attribute("placeholder") == "Ask about 1 of 2 articles")
    page.ask("Which cities became twin cities?")
    assert "became twin cities" not in page.quotes()
    page.click("#scope-clear")
    page.click(f"#article-list .open[data-document='{other}']")
    page.click("#right .unlabel")
    page.until(lambda: not page.texts("#library .limit"))


def test_reload_and_back_bring_everything_back(page: Page) -> None:
    page.ask("Why is the city smart?")
    page.click(".turn:last-child .cite[data-n='2']")
    page.until(lambda: page.text("#right .which").startswith("Quote 2 of "))
    page.visible("#question")[0].send_keys("and then")
    page.driver.refresh()
    page.until(lambda: page.text("#right .which").startswith("Quote 2 of "))
    assert page.texts(".turn .question") == ["Why is the city smart?"] and "Why is the city smart?" in page.driver.title
    assert page.visible("#question")[0].get_property("value") == "and then"
    page.click("#new-conversation")
    page.until(lambda: not page.texts(".turn") and page.visible("#start"))
    page.driver.back()
    page.until(lambda: page.text("#right .which").startswith("Quote 2 of ") and page.texts(".turn"))


# Overflow depends on the width, contrast on the scheme.
@pytest.mark.parametrize(("width", "height", "scheme"), [(360, 740, "dark"), (768, 1024, "light"), (1600, 900, "dark")])
def test_nothing_overflows_at_any_width_or_colour_scheme(served: Served, width: int, height: int, scheme: str) -> None:
    with chromium(width, height, scheme) as driver:
        page = Page(driver, served.url)
        page.ask(_QUESTION)
        page.click(".turn .cite")
        (quote,) = page.until(lambda: page.visible("#right mark.current"))[:1]
        assert driver.execute_script(OVERFLOW) <= 0
        if place := os.environ.get("SCREENSHOTS"):
            driver.save_screenshot(str(Path(place) / f"answer-{width}-{scheme}.png"))
        assert driver.execute_script(CONTRAST, quote) >= 4.5  # WCAG 2.2, 1.4.3
        assert page.texts(".toast-body.error") == []
