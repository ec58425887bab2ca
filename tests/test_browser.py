"""The page in a real headless Chromium, as a user sees it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from embeddings.storage.builds import trash_folder
from tests.browsing import CONTRAST, NEEDS_BROWSER, OVERFLOW, Page, chromium
from tests.embeddings.documents.readers.pdf_files import drawn, lines
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


def test_ask_a_question_and_follow_its_citation(page: Page, tmp_path: Path) -> None:
    answer = page.ask(_QUESTION)
    assert "rainwater collection system" in answer
    highlighted = page.texts("#evidence-panel mark")[0]
    assert highlighted in answer and highlighted.startswith("The Chairman of the State Committee")

    page.click("#chat .bot a[href*='#cite-']")
    page.until(lambda: "card" in str(page.driver.switch_to.active_element.get_attribute("class")))
    assert "1" in page.text(".card:focus .number")

    page.ask("Who won the 2022 World Cup?")
    assert "an answer needs" in page.text("#evidence-panel")
    page.click("#chat .bot a[href*='#cite-']")
    page.until(lambda: _QUESTION in page.text("#evidence-panel .asked"))
    assert page.texts("#evidence-panel mark")[0] == highlighted

    if place := os.environ.get("SCREENSHOTS"):
        page.driver.save_screenshot(str(Path(place) / "answer.png"))
    page.click("#evidence-panel .card button.open")
    page.until(lambda: page.visible("dialog.article-dialog mark"))
    assert highlighted in page.text("dialog.article-dialog mark")
    assert "nCa, 16 May 2024" in page.text("dialog.article-dialog .boilerplate")
    ActionChains(page.driver).send_keys(Keys.ESCAPE).perform()
    page.until(lambda: not page.visible("dialog.article-dialog"))

    assert page.hosts() == {"127.0.0.1"}
    errors = [e for e in page.driver.get_log("browser") if e["level"] == "SEVERE"]  # type: ignore[no-untyped-call]
    assert errors == []


def test_an_example_is_asked_with_one_click(page: Page) -> None:
    page.click("#chat .example")
    page.until(lambda: "[1]" in page.text("#chat .bot"))


def test_a_question_during_loading_is_answered_afterwards(tmp_path: Path) -> None:
    with chromium(1280, 860) as driver, serving(tmp_path, gated=True) as server:
        page = Page(driver, server.url)
        page.until(lambda: "Loading the models" in page.text("#loading"))
        page.tab("Corpus")
        assert "Loading the models" in page.text("#loading")
        page.tab("Ask")
        page.visible("#ask textarea")[0].send_keys(_QUESTION, Keys.ENTER)
        page.until(lambda: "Loading the models" in page.text("#chat .bot"))
        server.say("go")
        page.until(lambda: "rainwater collection system" in page.text("#chat .bot"))
        assert page.text("#loading") == ""
        page.click("#chat button[aria-label='Clear']")
        page.click("#chat .example")  # generated after this page was opened
        page.until(lambda: "[1]" in page.text("#chat .bot"))


def test_a_failed_load_is_shown_with_the_next_step(tmp_path: Path) -> None:
    with chromium(1280, 860) as driver, serving(tmp_path, gated=True) as server:
        page = Page(driver, server.url)
        page.visible("#ask textarea")[0].send_keys(_QUESTION, Keys.ENTER)
        page.until(lambda: "Loading the models" in page.text("#chat .bot"))
        server.say("lost")
        page.until(lambda: "The encoder is lost. Install it again." in page.text("#loading [role=alert]"))
        page.until(lambda: "The encoder is lost." in page.text("#chat .bot"))


def test_a_question_during_the_first_sync_can_be_asked_again(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    towers = "\n\n".join(f"Tower {n} stands by the river. " * 20 for n in range(140))  # fills its own group of chunks
    (tmp_path / "articles" / "0_towers.txt").write_text(towers)
    with chromium(1280, 860) as driver, serving(tmp_path, gated=True) as server:
        server.say("hold")
        page = Page(driver, server.url)
        page.visible("#ask textarea")[0].send_keys(_QUESTION, Keys.ENTER)
        page.until(lambda: "still being read (1 of 3 files)" in page.text("#chat .bot"))
        assert "don't say" not in page.text("#chat")
        server.say("on")
        page.tab("Corpus")
        page.until(lambda: "Indexing done" in page.text("#corpus-job"))
        page.tab("Ask")
        page.until(lambda: [b for b in page.visible("#chat button") if b.text == "Ask again"])[0].click()
        page.until(lambda: "rainwater collection system" in page.text("#chat .bot"))


def test_an_answer_can_be_asked_again_and_a_question_changed(page: Page) -> None:
    page.ask("Who is Ilham Aliyev?")
    page.click("#chat button[aria-label='Retry']")
    page.until(lambda: len(page.texts("#chat .bot")) == 1 and "[1]" in page.text("#chat .bot"))
    page.click("#chat button[aria-label='Edit']")
    box = page.until(lambda: page.visible("#chat textarea"))[0]
    box.send_keys(Keys.CONTROL, "a")
    box.send_keys(_QUESTION)
    page.click("#chat button[aria-label='Submit']")
    page.until(lambda: "rainwater collection system" in page.text("#chat .bot"))
    assert _QUESTION in page.text("#evidence-panel .asked")


def test_an_unreadable_upload_shows_why_and_can_be_removed(page: Page, tmp_path: Path) -> None:
    upload = tmp_path / "blank.txt"
    upload.write_text("   ")
    page.tab("Corpus")
    page.driver.find_element(By.CSS_SELECTOR, "#upload input[type=file]").send_keys(str(upload))
    page.until(lambda: "blank.txt contains only white space" in page.text("#corpus-list .failures"))
    page.click("button.remove[data-document='blank.txt']")
    page.click("dialog.confirm-dialog .confirm")
    page.until(lambda: not page.visible("#corpus-list .failures"))


def test_by_keyboard_alone(page: Page) -> None:
    keys = ActionChains(page.driver)
    keys.send_keys(_QUESTION, Keys.ENTER).perform()  # the question field has the focus from the start
    page.until(lambda: "[1]" in page.text("#chat .bot"))
    link = page.visible("#chat .bot a[href*='#cite-']")[0]
    for _ in range(40):
        if page.driver.switch_to.active_element == link:
            break
        ActionChains(page.driver).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
    assert page.driver.switch_to.active_element == link
    ActionChains(page.driver).send_keys(Keys.ENTER).perform()
    page.until(lambda: page.visible(".card:focus"))
    ActionChains(page.driver).send_keys(Keys.ESCAPE).perform()
    assert page.driver.switch_to.active_element == link


def test_upload_ask_and_remove_an_article(page: Page, served: Served, tmp_path: Path) -> None:
    upload = tmp_path / "Lighthouse_of_Vinga.txt"
    upload.write_text(_ARTICLE)
    page.tab("Corpus")
    page.until(lambda: "Arkadag delegation visits Kazan" in page.text("#corpus-list"))
    assert "Arkadag_delegation_visits_Kazan.txt" in page.text("#corpus-list") and "2024-05-17" in page.text(
        "#corpus-list"
    )
    page.driver.find_element(By.CSS_SELECTOR, "#upload input[type=file]").send_keys(str(upload))
    page.until(lambda: "The lighthouse of Vinga" in page.text("#corpus-list"))
    assert f"{upload.name} was added" in page.text("#corpus-said")
    assert (served.folder / upload.name).read_text() == _ARTICLE

    page.tab("Ask")
    assert "Karin Holm" in page.ask("Who is the keeper of the Vinga lighthouse?")
    assert "1841" in page.ask("When was the Vinga lighthouse first lit?")
    assert _MOTTO in page.ask("What does the motto on the door of the Vinga lighthouse read?")
    assert any(_MOTTO in mark for mark in page.texts("#evidence-panel mark"))

    page.tab("Corpus")
    page.click(f"button.remove[data-document='{upload.name}']")
    page.click("dialog.confirm-dialog .keep")
    page.until(lambda: not page.visible("dialog.confirm-dialog"))
    assert (served.folder / upload.name).exists()
    page.click(f"button.remove[data-document='{upload.name}']")
    page.click("dialog.confirm-dialog .confirm")
    page.until(lambda: "The lighthouse of Vinga" not in page.text("#corpus-list"))
    assert f"{upload.name} was moved to" in page.text("#corpus-removed")
    assert not (served.folder / upload.name).exists()
    assert _ARTICLE in [file.read_text() for file in trash_folder(served.index).iterdir()]

    page.tab("Ask")
    page.click("#chat .bot a[href*='#cite-']")
    page.until(lambda: "was removed since this answer" in page.text("#evidence-panel"))


def test_a_file_of_another_format_is_refused_by_name_and_the_others_are_added(
    page: Page, served: Served, tmp_path: Path
) -> None:
    uploads = [tmp_path / name for name in ("table.exe", "Ferry.txt", "Later.txt")]
    for upload in uploads:
        upload.write_text(f"{upload.stem}: it leaves at six.")

    def drop(*files: Path) -> None:
        field = page.until(lambda: page.driver.find_elements(By.CSS_SELECTOR, "#upload input[type=file]"))[0]
        field.send_keys("\n".join(map(str, files)))

    page.tab("Corpus")
    drop(*uploads[:2])
    page.until(lambda: "Ferry.txt was added" in page.text("#corpus-said"))
    assert "table.exe has an unsupported format" in page.text("#corpus-said [role=alert]")
    page.until(lambda: "Ferry.txt" in page.text("#corpus-list"))
    drop(uploads[2])
    page.until(lambda: "Later.txt was added" in page.text("#corpus-said"))
    assert not page.texts("#corpus-said [role=alert]")
    for upload in uploads[1:]:
        (served.folder / upload.name).unlink()
    page.until(lambda: "Later.txt" not in page.text("#corpus-list") and "Ferry.txt" not in page.text("#corpus-list"))


def test_what_was_left_out_is_read_on_request_and_left_out_again(page: Page) -> None:
    page.tab("Corpus")
    page.click("button.open[data-document='Arkadag_delegation_visits_Kazan.txt']")
    left_out = page.until(lambda: page.texts("dialog.article-dialog .boilerplate"))
    page.click("dialog.article-dialog .set-read")
    page.until(lambda: page.visible("dialog.article-dialog .set-read[data-read=false]:focus"))
    assert page.text("dialog.article-dialog .said") == "It is read now: questions find it."
    assert page.texts("dialog.article-dialog .boilerplate") == left_out[1:]
    if place := os.environ.get("SCREENSHOTS"):
        page.driver.save_screenshot(str(Path(place) / "read-too.png"))
    page.click("dialog.article-dialog .set-read")
    page.until(lambda: page.visible("dialog.article-dialog .set-read[data-read=true]:focus"))
    assert page.texts("dialog.article-dialog .boilerplate") == left_out
    page.click("dialog.article-dialog .close")


def test_the_original_page_of_a_pdf_by_keyboard_on_a_phone(served: Served) -> None:
    file = served.folder / "keepers.pdf"
    file.write_bytes(drawn(lines("The lighthouse has a red lamp."), lines("Karin Holm keeps the lighthouse of Vinga.")))
    with chromium(375, 740) as driver:
        page = Page(driver, served.url)

        def press(*keys: str) -> None:
            ActionChains(driver).send_keys(*keys).perform()

        def alternative() -> str:
            return str(driver.execute_script("return document.querySelector('#original-page img').alt"))

        page.tab("Corpus")
        page.until(lambda: "keepers.pdf" in page.text("#corpus-list"))
        page.tab("Ask")
        page.ask("Who keeps the lighthouse of Vinga?")
        page.click("#evidence-panel .card button.open")
        button = page.until(lambda: page.visible("dialog .show-original"))[0]
        assert driver.switch_to.active_element == button
        press(Keys.ENTER)
        page.until(lambda: page.text("#original-page [role=status]") == "Page 2 of 2")
        assert "Marked on it: “Karin Holm keeps the lighthouse of Vinga.”" in alternative()
        assert driver.execute_script(OVERFLOW) <= 0
        press(Keys.TAB, Keys.TAB, Keys.ENTER)
        page.until(lambda: page.text("#original-page [role=status]") == "Page 1 of 2")
        assert "Page 1 of 2" in alternative()
        press(Keys.ARROW_RIGHT)
        page.until(lambda: page.text("#original-page [role=status]") == "Page 2 of 2")

        file.unlink()
        press(Keys.ARROW_LEFT)
        page.until(lambda: "keepers.pdf vanished" in page.text("#original-page [role=status]"))
        page.click("dialog.article-dialog .close")
        page.tab("Corpus")
        page.until(lambda: "keepers.pdf" not in page.text("#corpus-list"))


def test_questions_are_answered_during_re_embedding(page: Page, served: Served) -> None:
    builds = set((served.index / "builds").iterdir())
    page.tab("Corpus")
    page.click("#reembed")
    page.tab("Ask")
    assert "rainwater collection system" in page.ask(_QUESTION)
    page.tab("Corpus")
    page.until(lambda: "Re-embedding done" in page.text("#corpus-job"))
    assert set((served.index / "builds").iterdir()) - builds
    page.tab("Ask")
    assert "rainwater collection system" in page.ask(_QUESTION)


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1600, 900)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows_at_any_width_or_colour_scheme(served: Served, width: int, height: int, scheme: str) -> None:
    with chromium(width, height) as driver:
        page = Page(driver, f"{served.url}/?__theme={scheme}")
        page.ask(_QUESTION)
        for tab in ("Ask", "Corpus"):
            page.tab(tab)
            page.until(lambda: page.visible("#corpus-list") if tab == "Corpus" else page.visible("#chat"))  # noqa: B023
            assert driver.execute_script(OVERFLOW) <= 0
            if place := os.environ.get("SCREENSHOTS"):
                driver.save_screenshot(str(Path(place) / f"{tab.lower()}-{width}-{scheme}.png"))
            assert page.texts(".toast-body.error") == []
        page.tab("Ask")
        (quote,) = page.visible("#evidence-panel .card mark")[:1]
        contrast = driver.execute_script(CONTRAST, quote)
        assert contrast >= 4.5  # WCAG 2.2, 1.4.3
