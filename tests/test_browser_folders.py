"""The page over an index of two folders, in a real browser: files of one path are opened and removed each for itself."""

from pathlib import Path

from selenium.webdriver.common.action_chains import ActionChains

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.folder_changes import add_folder
from embeddings.sync import create_index
from tests.browsing import NEEDS_BROWSER, Page, chromium
from tests.embeddings.helpers import write
from tests.serving import serving

pytestmark = NEEDS_BROWSER


def test_articles_of_one_path_in_two_folders(tmp_path: Path, encoder: SentenceEncoder) -> None:
    articles = tmp_path / "articles"  # with the seeds
    write(articles, "guide.txt", "The lighthouse of Vinga was built in 1841. Its keeper was Anna Dahl.")
    other = write(
        tmp_path / "south", "guide.txt", "The water mill of Tallow was built in 1790. Its miller was Erik Borg."
    )
    create_index(articles, tmp_path / "index", encoder)
    add_folder(tmp_path / "index", "south", other.parent)
    with serving(tmp_path, given=False) as served, chromium(1280, 860) as driver:
        page = Page(driver, served.url)
        assert "1790" in page.ask("When was the water mill of Tallow built?")
        assert "south:guide.txt" in page.text(".turn figcaption")
        page.click(".turn .cite")
        page.until(lambda: "Erik Borg" in page.text("#right") and "south:guide.txt" in page.text("#right header"))
        page.ask("Who was the miller? in:south")
        assert "Greta" not in page.quotes()
        assert "in:south" in page.text(".turn:last-child .asked-as")
        page.click("#library .limit[data-value=articles]")
        page.ask("When was the water mill of Tallow built?")
        assert "1790" not in page.quotes()
        page.click("#scope-clear")
        page.click(".row[data-document='guide.txt'][data-folder='articles'] .in-scope")
        page.ask("When was the water mill of Tallow built?")
        assert "1790" not in page.quotes() and "asked 1 article" in page.text(".turn:last-child .foot")
        page.click("#scope-clear")
        row = ".row[data-document='guide.txt'][data-folder='south']"
        ActionChains(driver).move_to_element(page.visible(row)[0]).perform()
        page.click(f"{row} .remove")
        page.click("#confirm .confirm")
        page.until(lambda: not page.visible(row))
        page.until(lambda: "guide.txt was moved to" in page.text("#articles-said"))
        assert (articles / "guide.txt").exists() and not other.exists()
