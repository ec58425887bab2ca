import asyncio
import time
from concurrent.futures import Future
from dataclasses import replace

from embeddings.errors import ArticlesError
from embeddings.progress import Progress, SyncReport
from qa_app.assistant import Assistant
from qa_app.records.conversations import Conversations
from qa_app.serving.corpus_service import Corpus, Job
from qa_app.serving.page.state import job_words, reading, share_done, wait_for_state
from qa_app.serving.service import Service
from qa_app.serving.startup import Opening

REPORT = SyncReport(("a.txt",), (), (), ("b.txt",), 0, (), (), 2, 0, False, 0.1)


def _opening(assistant: Assistant, job: Job | None = None) -> Opening:
    opening, index = Opening(), assistant.index
    corpus = Corpus(index.path, index.path, index.encoder)
    corpus.job = job
    opening.service.set_result(Service(assistant, corpus, Conversations(None)))
    return opening


def test_a_running_job_tells_counts_share_and_remaining_time(assistant: Assistant) -> None:
    job = Job("Indexing", True, Progress(1, 4, 250, 1000, "a.txt"), time.monotonic() - 10)
    assert job_words(job) == "Reading 1 of 4, about 30 s left" and share_done(job) == 0.25
    state = asyncio.run(wait_for_state(_opening(assistant, job), False))
    assert (state["words"], state["mood"]) == ("Reading 1 of 4, about 30 s left", "busy")
    assert reading(_opening(assistant, job).service) == "1 of 4 files read so far."


def test_a_job_without_a_count_yet_has_no_share() -> None:
    job = Job("Indexing", True, None, time.monotonic())
    assert job_words(job) == "Reading …" and share_done(job) is None


def test_an_ended_job_tells_what_it_did() -> None:
    job = Job("Indexing", False, None, 0.0, REPORT)
    assert job_words(job) == "Reading done: 1 added, 1 removed."
    assert "stopped" in job_words(replace(job, report=replace(REPORT, stopped=True)))


def test_a_failed_job_tells_why() -> None:
    job = Job("Re-embedding", False, None, 0.0, None, ArticlesError("The disk is full.", "Free some space."))
    assert job_words(job) == "The disk is full. Free some space."


def test_the_articles_are_counted_and_a_change_changes_the_version(assistant: Assistant) -> None:
    state = asyncio.run(wait_for_state(_opening(assistant), False))
    assert (state["articles"], state["words"], state["mood"]) == (2, "2 articles · all read", "ready")


def test_a_page_that_waits_for_the_models_is_told_when_they_are_there_or_why_not(assistant: Assistant) -> None:
    async def told(opening: Opening, result: Future[Service] | ArticlesError) -> dict[str, object]:
        assert "Loading the models" in (await wait_for_state(opening, False))["loading"]
        waiting = asyncio.create_task(wait_for_state(opening, True))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        if isinstance(result, ArticlesError):
            opening.fail(result)
        else:
            opening.service.set_result(result.result())
        return dict(await waiting)

    assert asyncio.run(told(Opening(), _opening(assistant).service))["articles"] == 2
    failure = ArticlesError("The encoder is lost.", "Install it again.")
    assert asyncio.run(told(Opening(), failure)) == {"failed": "The encoder is lost. Install it again."}
