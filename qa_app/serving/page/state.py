"""The state of the articles for the page's bar: loading, reading, how many, what failed."""

import asyncio
import time
from concurrent.futures import Future
from dataclasses import replace

from typing_extensions import TypedDict

from embeddings.errors import ArticlesError
from embeddings.progress import SyncReport
from qa_app.rendering.readable import counted
from qa_app.serving.corpus_service import Job
from qa_app.serving.service import Service
from qa_app.serving.startup import Opening
from qa_app.serving.waiting import promised

LOADING = "Loading the models …"
# How long a page that waits for the models is kept waiting before it asks again.
_WAIT_S = 20.0
# What people call the corpus service's jobs.
_NAMES = {"Indexing": "Reading", "Re-embedding": "Reading everything again"}


class JobState(TypedDict):
    words: str
    running: bool
    share: float | None
    """Done, 0..1; None until the files are counted."""


class State(TypedDict, total=False):
    """What the page's bar shows; with `failed` or `loading`, nothing else."""

    failed: str
    loading: str
    articles: int
    words: str
    mood: str
    """"ready", "busy" or "failed"."""
    job: JobState | None
    version: str
    """Changes whenever the list of articles does."""
    server: str
    """See `Opening.server`."""
    examples: str
    """Changes whenever the example questions do; empty before the first were looked for."""


async def wait_for_state(opening: Opening, waits: bool) -> State:
    """Return the state; while the models load and `waits` is set, once they have, or after a while."""
    try:
        if not opening.service.done() and waits:
            # Awaited rather than polled: an open page needs no thread, and is told at once.
            await asyncio.wait_for(promised(opening.service), _WAIT_S)
        if not opening.service.done():
            return {"loading": f"{LOADING} You can already ask; the answer follows once they are loaded."}
        return await asyncio.to_thread(_state, opening)
    except asyncio.TimeoutError:
        return {"loading": LOADING}
    except ArticlesError as error:
        return {"failed": str(error)}


def _state(opening: Opening) -> State:
    service = opening.service.result()
    job, index = service.corpus.job, service.assistant.index
    with index.snapshot() as snapshot:
        count = snapshot.count_documents()
        failures = [(str(failure.address), failure.reason) for failure in snapshot.failures()]
        away = [folder.name for folder in snapshot.folders() if folder.away_since]
        labels = snapshot.store.label_counts()
        version = (
            f"{snapshot.build_name}:{snapshot.generation}:{hash((tuple(failures), tuple(away), tuple(labels.items())))}"
        )
    if job is not None and job.error is not None:
        job = replace(job, error=service.told(job.error))
    examples = opening.suggestions.examples()
    busy = job is not None and job.running
    parts = [counted(count, "article")]
    if job and busy:
        parts = [_progress(job)]
    elif job and job.error:
        parts.append("reading failed")
    elif failures or away:
        parts += [f"{counted(len(failures), 'file')} failed"] if failures else []
        parts += [f"{', '.join(away)} away"] if away else []
    else:
        parts.append("all read")
    failed = bool(failures or away or (job and job.error))
    return {
        "articles": count,
        "words": " · ".join(parts),
        "mood": "busy" if busy else "failed" if failed else "ready",
        "job": None if job is None else {"words": job_words(job), "running": job.running, "share": share_done(job)},
        "version": version,
        "server": opening.server,
        "examples": "" if examples is None else str(hash(examples)),
    }


def reading(service: Future[Service]) -> str:
    """Return how far the articles have been read, as a sentence; empty once all are."""
    if not service.done() or service.exception():
        return ""
    unfinished = service.result().corpus.unfinished()
    if unfinished is None:
        return ""
    total = unfinished.files_total
    return (
        f"{unfinished.files_done:,} of {counted(total, 'file')} read so far."
        if total
        else "The files are being counted."
    )


def job_words(job: Job) -> str:
    """Return the running or the last job in words; empty if there is nothing to tell."""
    name = _NAMES.get(job.name, job.name)
    if job.running:
        return _progress(job)
    if job.error:
        return str(job.error)
    if job.report is None:
        return ""
    return f"{name} {'stopped' if job.report.stopped else 'done'}: {', '.join(_changes(job.report)) or 'nothing new'}."


def share_done(job: Job) -> float | None:
    """Return the fraction of a job that is done, 0..1; None until its files are counted."""
    if job.progress is None or not job.progress.bytes_total:
        return None
    return job.progress.bytes_done / job.progress.bytes_total


def _progress(job: Job) -> str:
    name, share = _NAMES.get(job.name, job.name), share_done(job)
    if share is None or job.progress is None:
        return f"{name} …"
    left = _time_left(job, share)
    return f"{name} {job.progress.files_done:,} of {job.progress.files_total:,}{f', about {left} left' if left else ''}"


def _time_left(job: Job, share: float) -> str | None:
    """Return the estimated time left, or None if it is too early to tell."""
    elapsed = time.monotonic() - job.started
    if not share or elapsed <= 1:
        return None
    seconds = elapsed * (1 - share) / share
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _changes(report: SyncReport) -> list[str]:
    counts = {
        "added": len(report.added),
        "changed": len(report.changed),
        "renamed": len(report.renamed),
        "removed": len(report.deleted),
        "failed": len(report.failed),
    }
    return [f"{count:,} {word}" for word, count in counts.items() if count]
