"""The Corpus tab: lists the articles and the files that failed; uploads, removes and re-embeds."""

import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from embeddings.documents.document import Address
from embeddings.errors import ArticlesError
from embeddings.folders import Folder
from embeddings.progress import SyncReport
from embeddings.storage.rows import DocumentEntry, Failure
from qa_app.question_language import offer
from qa_app.rendering.html import render
from qa_app.serving.access import READ_ONLY
from qa_app.serving.corpus_service import Corpus, Job
from qa_app.serving.page.events import QUIET
from qa_app.serving.page.notices import failed, hint, said
from qa_app.serving.startup import Service
from qa_app.serving.waiting import wait_for

# A longer list is truncated; the filter finds the rest.
_ROWS = 200
_REFRESH_S = 1.0


class CorpusTab:
    """The tab's event handlers. Changes wait until the service is open."""

    def __init__(self, service: "Future[Service]", read_only: bool = False) -> None:
        """With `read_only`, leave out everything that changes the articles, the handlers included."""
        self._service = service
        self._read_only = read_only

    def build(self, page: gr.Blocks, script: str) -> None:
        """Lay out the tab; call it inside its `gr.Tab`."""

        # Called from corpus.js by this name; gr.HTML takes functions, not methods.
        def remove(article: dict[str, Any]) -> str:
            return self.remove(Address(str(article["path"]), str(article["folder"]) if article.get("folder") else None))

        controls: list[Any] = []
        if self._read_only:
            gr.HTML(hint(READ_ONLY), elem_id="corpus-read-only", padding=False)
        else:
            controls.append(self._controls())
        state = gr.HTML(elem_id="corpus-job")
        wanted = gr.Textbox(label="Filter", placeholder="title or file", elem_id="corpus-filter", max_lines=1)
        functions = [] if self._read_only else [remove]
        listing = gr.HTML(elem_id="corpus-list", js_on_load=script, server_functions=functions, padding=False)
        seen = gr.State("")
        wanted.change(self.listing_html, wanted, listing, **QUIET)
        gr.on(
            [page.load, gr.Timer(_REFRESH_S).tick],
            self.refresh,
            [wanted, seen],
            [state, listing, seen, *controls],
            api_visibility="private",
            show_progress="hidden",
        )

    def _controls(self) -> gr.Button:
        """Lay out the controls that change the articles; return the Stop button, which is visible while a job runs."""
        with gr.Row(elem_classes="corpus-actions"):
            upload = gr.File(
                label="Drop articles here: PDF, Word, web pages, mail, text, …",
                file_count="multiple",
                type="filepath",
                height=150,
                elem_id="upload",
            )
            with gr.Column(min_width=180, scale=0):
                reembed = gr.Button("Re-embed", elem_id="reembed")
                stop = gr.Button("Stop", elem_id="stop-job", variant="stop", visible=False)
        notice = gr.HTML(elem_id="corpus-said")
        gr.HTML('<p id="corpus-removed" role="status"></p>', padding=False)
        upload.upload(self.add, upload, [notice, upload], api_visibility="private", show_progress="minimal")
        reembed.click(self.reembed, None, notice, api_visibility="private")
        stop.click(self.stop, None, notice, api_visibility="private")
        return stop

    def refresh(self, wanted: str | None, seen: str) -> tuple[Any, ...]:
        """Return the job's state, the listing if it has changed, its version, and the Stop button if there is one."""
        stop: list[Any] = [] if self._read_only else [gr.skip()]
        if not self._service.done() or self._service.exception():  # the page says so above the tabs
            return gr.skip(), gr.skip(), seen, *stop
        service = self._service.result()
        job, index = service.corpus.job, service.assistant.index
        with index.snapshot() as snapshot:
            failures = [(failure.address, failure.reason) for failure in snapshot.failures()]
            away = [folder.away_since for folder in snapshot.folders()]
            now = f"{snapshot.build_name}:{snapshot.generation}:{failures}:{away}"
        if stop:
            stop = [gr.Button(visible=job is not None and job.running)]
        if job is not None and job.error is not None:
            job = replace(job, error=service.told(job.error))
        return job_html(job), gr.skip() if now == seen else self.listing_html(wanted), now, *stop

    def listing_html(self, wanted: str | None) -> str:
        """Return the documents whose title or path contains `wanted`, and the failures. None: the filter is not drawn yet."""
        words = (wanted or "").strip()
        with wait_for(self._service).assistant.index.snapshot() as snapshot:
            documents, count = snapshot.documents(words, _ROWS), snapshot.count_documents(words)
            encoder = wait_for(self._service).assistant.index.encoder.identity.name
            offered = None if self._read_only else offer(encoder, snapshot.languages())
            listing = listing_html(
                documents, count, snapshot.failures(), snapshot.folders(), removable=not self._read_only
            )
            return hint(offered) + listing if offered else listing

    def add(self, uploads: list[str]) -> tuple[str, None]:
        """Copy the uploaded files that can be read into the folder and index them; empties the field for the next upload."""
        found = self._corpus().add([Path(upload) for upload in uploads])
        taken = " ".join(upload.words for upload in found if upload.taken)
        refused = "".join(failed(upload.words) for upload in found if not upload.taken)
        return (said(taken + self._follow()) if taken else "") + refused, None

    def remove(self, address: Address) -> str:
        """Move an article to the trash; return a message for the user."""
        try:
            place = self._corpus().remove(address)
        except ArticlesError as error:
            return str(error)
        return f"{address} was moved to {place}.{self._follow()}"

    def reembed(self) -> str:
        if not self._corpus().start_reembed():
            return said("Another job is running. Re-embed when it is done.")
        return said("Re-embedding. Questions are answered from the current index meanwhile.")

    def _corpus(self) -> Corpus:
        return wait_for(self._service).corpus

    def _follow(self) -> str:
        """Start a sync; return a note if it has to wait."""
        return "" if self._corpus().start_sync() else " The index is updated when the running job is done."

    def stop(self) -> str:
        self._corpus().stop()
        return said("Stopping after the current file. Finished files stay indexed.")


def job_html(job: Job | None) -> str:
    """Return the running or the last job as HTML."""
    if job is None or not (job.running or job.error or job.report):
        return ""
    if job.error and not job.running:
        return failed(str(job.error))
    share = _share_done(job)
    return render("page/job.html", job=job, share=share, left=_time_left(job, share), changes=_changes(job.report))


def listing_html(
    documents: Sequence[DocumentEntry],
    count: int,
    failures: Sequence[Failure],
    folders: Sequence[Folder] = (),
    removable: bool = True,
) -> str:
    """Return the table of documents, the first of `count`, the files that failed, and which of the folders are away."""
    away = [folder for folder in folders if folder.away_since]
    return render(
        "page/corpus.html", documents=documents, count=count, failures=failures, away=away, removable=removable
    )


def _share_done(job: Job) -> float | None:
    """Return the fraction of a job that is done, 0..1; None until its files are counted."""
    if job.progress is None or not job.progress.bytes_total:
        return None
    return job.progress.bytes_done / job.progress.bytes_total


def _time_left(job: Job, share: float | None) -> str | None:
    """Return the estimated time left, or None if it is too early to tell."""
    elapsed = time.monotonic() - job.started
    if not share or elapsed <= 1:
        return None
    seconds = elapsed * (1 - share) / share
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _changes(report: SyncReport | None) -> list[str]:
    """Return the changes of a sync in words."""
    if report is None:
        return []
    counts = {
        "added": len(report.added),
        "changed": len(report.changed),
        "renamed": len(report.renamed),
        "removed": len(report.deleted),
        "failed": len(report.failed),
    }
    return [f"{count} {word}" for word, count in counts.items() if count]
