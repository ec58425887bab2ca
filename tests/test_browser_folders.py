"""The page over an index of two folders, in a real browser: files of one path are opened and removed each for itself."""

from pathlib import Path

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
        assert "south:guide.txt" in page.text("#evidence-panel")
        page.click("#evidence-panel button.open[data-folder='south']")
        page.until(lambda: "Erik Borg" in page.text("dialog.article-dialog"))
        page.click("dialog.article-dialog .close")
        assert "Greta" not in page.ask("Who was the miller? in:south")
        page.until(
            lambda: "in:south" in str(page.visible("#evidence-panel .searched textarea")[0].get_property("value"))
        )
        page.tab("Corpus")
        page.until(lambda: "articles:guide.txt" in page.text("#corpus-list"))
        page.click("button.remove[data-document='guide.txt'][data-folder='south']")
        page.click("dialog.confirm-dialog .confirm")
        page.until(lambda: "south:guide.txt" not in page.text("#corpus-list"))
        page.until(lambda: "guide.txt was moved to" in page.text("#corpus-removed"))
        assert (articles / "guide.txt").exists() and not other.exists()
