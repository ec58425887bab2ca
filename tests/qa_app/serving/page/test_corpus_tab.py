import time
from dataclasses import replace

from embeddings.errors import ArticlesError
from embeddings.progress import Progress, SyncReport
from embeddings.storage.rows import DocumentEntry, Failure
from qa_app.serving.corpus_service import Job
from qa_app.serving.page.corpus_tab import job_html, listing_html

ENTRY = DocumentEntry(
    path="a&b.txt", title="<b>Towers</b>", date=None, source=None, characters=10, chunks=2, boilerplate_pieces=3,
    indexed_at="2026-01-02T03:04:05+00:00", file_sha256="",
)  # fmt: skip
REPORT = SyncReport(("a.txt",), (), (), ("b.txt",), 0, (), (), 2, 0, False, 0.1)


def test_a_running_job_tells_counts_share_and_remaining_time() -> None:
    job = Job("Indexing", True, Progress(1, 4, 250, 1000, "a.txt"), time.monotonic() - 10)
    html = job_html(job)
    assert "Indexing: 1 of 4 files, about 30 s left" in html
    assert 'max="1" value="0.250"' in html


def test_a_job_without_a_count_yet_has_a_bar_without_a_value() -> None:
    assert "<progress" in job_html(Job("Indexing", True, None, time.monotonic()))


def test_an_ended_job_tells_what_it_did() -> None:
    job = Job("Indexing", False, None, 0.0, REPORT)
    assert "Indexing done: 1 added, 1 removed." in job_html(job)
    assert "stopped" in job_html(replace(job, report=replace(REPORT, stopped=True)))


def test_a_failed_job_tells_why() -> None:
    job = Job("Re-embedding", False, None, 0.0, None, ArticlesError("The disk <is> full.", "Free some space."))
    assert "The disk &lt;is&gt; full. Free some space." in job_html(job)


def test_names_and_titles_are_escaped_and_what_was_left_out_can_be_opened() -> None:
    html = listing_html([replace(ENTRY, notes=("read as koi8-r (guessed)",))], 1, [])
    assert "a&amp;b.txt · read as koi8-r (guessed)" in html
    assert "<b>Towers" not in html and "a&amp;b.txt" in html
    assert "3 lines" in html and 'aria-label="Remove a&amp;b.txt"' in html


def test_a_failure_is_listed_with_its_reason_and_can_be_removed() -> None:
    html = listing_html([], 0, [Failure("x.txt", "x.txt is empty.", "Fill it or delete it.", "")])
    assert "x.txt is empty. Fill it or delete it." in html and 'data-document="x.txt"' in html


def test_a_list_that_is_only_to_be_read_has_nothing_to_remove() -> None:
    html = listing_html([ENTRY], 1, [Failure("x.txt", "x.txt is empty.", "Fill it.", "")], removable=False)
    assert "Remove a" not in html and 'class="remove"' not in html and "a&amp;b.txt" in html


def test_a_long_list_is_cut_and_says_so() -> None:
    html = listing_html([replace(ENTRY, path=f"{i}.txt") for i in range(200)], 300, [])
    assert html.count("<tr><td") == 200 and "the first 200 shown" in html
