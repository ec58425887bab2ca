"""The Corpus tab: what is in, what failed and why, and the ways to change it."""

import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from embeddings.errors import ArticlesError
from embeddings.storage.rows import DocumentEntry, Failure
from qa_app.rendering.html import escape
from qa_app.serving.access import READ_ONLY
from qa_app.serving.corpus_service import Corpus, Job
from qa_app.serving.page.events import QUIET
from qa_app.serving.promises import wait_for
from qa_app.serving.startup import Service

# A longer list is cut and can be filtered.
_ROWS = 200
_REFRESH_S = 1.0


class CorpusTab:
    """What the tab's events call. A change waits for the service; what is shown comes when it is there."""

    def __init__(self, service: "Future[Service]", read_only: bool = False) -> None:
        """A tab that is `read_only` has nothing that changes the articles: neither buttons nor what they would call."""
        self._service = service
        self._read_only = read_only

    def build(self, page: gr.Blocks, script: str) -> None:
        """Lay the tab out; to be called inside its `gr.Tab`."""

        # Called from corpus.js by this name; gr.HTML takes functions, not methods.
        def remove(path: str) -> str:
            return self.remove(str(path))

        controls: list[Any] = []
        if self._read_only:
            gr.HTML(f'<p class="hint">{READ_ONLY}</p>', elem_id="corpus-read-only", padding=False)
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
        """Lay out what changes the articles; returns the button that stops a job, shown while one runs."""
        with gr.Row(elem_classes="corpus-actions"):
            upload = gr.File(
                label="Drop articles here (.txt, .md)",
                file_count="multiple",
                type="filepath",
                height=150,
                elem_id="upload",
            )
            with gr.Column(min_width=180, scale=0):
                reembed = gr.Button("Re-embed", elem_id="reembed")
                stop = gr.Button("Stop", elem_id="stop-job", variant="stop", visible=False)
        said = gr.HTML(elem_id="corpus-said")
        gr.HTML('<p id="corpus-removed" role="status"></p>', padding=False)
        upload.upload(self.add, upload, [said, upload], api_visibility="private", show_progress="minimal")
        reembed.click(self.reembed, None, said, api_visibility="private")
        stop.click(self.stop, None, said, api_visibility="private")
        return stop

    def refresh(self, wanted: str | None, seen: str) -> tuple[Any, ...]:
        """Return the job's state, the listing when it has changed, what was listed, and the stop button where there is one."""
        stop: list[Any] = [] if self._read_only else [gr.skip()]
        if not self._service.done() or self._service.exception():  # the page says so above the tabs
            return gr.skip(), gr.skip(), seen, *stop
        service = self._service.result()
        job, index = service.corpus.job, service.assistant.index
        with index.snapshot() as snapshot:
            failures = [(failure.path, failure.reason) for failure in snapshot.failures()]
            now = f"{snapshot.build_name}:{snapshot.generation}:{failures}"
        if stop:
            stop = [gr.Button(visible=job is not None and job.running)]
        if job is not None and job.error is not None:
            job = replace(job, error=service.told(job.error))
        return job_html(job), gr.skip() if now == seen else self.listing_html(wanted), now, *stop

    def listing_html(self, wanted: str | None) -> str:
        """Return the documents whose title or file holds `wanted`, and the failures; None is a filter not yet drawn."""
        words = (wanted or "").strip()
        with wait_for(self._service).assistant.index.snapshot() as snapshot:
            documents, count = snapshot.documents(words, _ROWS), snapshot.count_documents(words)
            return listing_html(documents, count, snapshot.failures(), removable=not self._read_only)

    def add(self, uploads: list[str]) -> tuple[str, None]:
        """Take the uploaded files that can be read into the folder and index them; the field is empty again for the next."""
        found = self._corpus().add([Path(upload) for upload in uploads])
        taken = " ".join(upload.words for upload in found if upload.taken)
        refused = "".join(_failed(upload.words) for upload in found if not upload.taken)
        return (_said(taken + self._follow()) if taken else "") + refused, None

    def remove(self, path: str) -> str:
        """Move an article to the trash; returns what happened, in words."""
        try:
            place = self._corpus().remove(path)
        except ArticlesError as error:
            return str(error)
        return f"{path} was moved to {place}.{self._follow()}"

    def reembed(self) -> str:
        if not self._corpus().start_reembed():
            return _said("Something else is under way; re-embed when it is done.")
        return _said("Re-embedding. Questions are answered from the present index meanwhile.")

    def _corpus(self) -> Corpus:
        return wait_for(self._service).corpus

    def _follow(self) -> str:
        """Sync, or say that the index follows later."""
        return "" if self._corpus().start_sync() else " The index follows when the work under way is done."

    def stop(self) -> str:
        self._corpus().stop()
        return _said("Stopping after the file under way. What is done stays.")


def job_html(job: Job | None) -> str:
    """Return what the corpus service is doing, or last did."""
    if job is None:
        return ""
    if job.running:
        return _running_html(job)
    if job.error is not None:
        return _failed(str(job.error))
    report = job.report
    if report is None:
        return ""
    changes = [
        f"{count} {word}"
        for count, word in (
            (len(report.added), "added"), (len(report.changed), "changed"), (len(report.renamed), "renamed"),
            (len(report.deleted), "removed"), (len(report.failed), "failed"),
        )
        if count
    ]  # fmt: skip
    end = "stopped" if report.stopped else "done"
    return f'<p class="job" role="status">{job.name} {end}: {", ".join(changes) or "nothing to do"}.</p>'


def listing_html(
    documents: Sequence[DocumentEntry], count: int, failures: Sequence[Failure], removable: bool = True
) -> str:
    """Return the table of documents, which are the first of `count`, and the list of what failed."""
    failed = "".join(
        f"<li>{escape(f.reason)} {escape(f.next_step)} {_remove_button(f.path, removable)}</li>" for f in failures
    )
    failed = f'<section class="failures"><h3>Not taken in</h3><ul>{failed}</ul></section>' if failed else ""
    if not documents:
        return f'{failed}<p class="hint">No articles here yet.</p>'
    rows = "".join(_row(document, removable) for document in documents)
    number = f"{count} article{'s' if count != 1 else ''}"
    more = f", the first {len(documents)} shown; filter to find others" if count > len(documents) else ""
    return f"""{failed}<table><caption>{number}{more}</caption><thead><tr><th scope="col">Title</th><th scope="col">Date</th><th scope="col">File</th>
<th scope="col">Chunks</th><th scope="col">Left out</th><th scope="col">Indexed</th><th scope="col"><span class="unseen">Remove</span></th></tr></thead>
<tbody>{rows}</tbody></table>"""


def _row(document: DocumentEntry, removable: bool) -> str:
    path = escape(document.path)
    opener = f'type="button" data-document="{path}"'
    left_out = "nothing"
    if document.boilerplate_pieces:
        lines = f"{document.boilerplate_pieces} line{'s' if document.boilerplate_pieces != 1 else ''}"
        left_out = f'<button class="open link" data-start="0" data-end="0" {opener} title="Show them greyed in the article">{lines}</button>'
    return f"""<tr><td data-label="Title"><button class="open link" data-start="0" data-end="0" {opener}>{escape(document.title)}</button></td>
<td data-label="Date">{escape(document.date or "–")}</td><td data-label="File">{path}</td><td data-label="Chunks">{document.chunks}</td>
<td data-label="Left out">{left_out}</td><td data-label="Indexed">{escape(document.indexed_at[:16].replace("T", " "))} UTC</td>
<td>{_remove_button(document.path, removable)}</td></tr>"""


def _remove_button(path: str, removable: bool) -> str:
    if not removable:
        return ""
    path = escape(path)
    return f'<button type="button" class="remove" data-document="{path}" aria-label="Remove {path}">Remove</button>'


def _running_html(job: Job) -> str:
    progress = job.progress
    if progress is None or not progress.bytes_total:
        return f'<p class="job" role="status">{job.name} …</p><progress aria-label="{job.name}"></progress>'
    share = progress.bytes_done / progress.bytes_total
    elapsed = time.monotonic() - job.started
    left = f", about {_duration(elapsed * (1 - share) / share)} left" if share and elapsed > 1 else ""
    return f"""<p class="job" role="status">{job.name}: {progress.files_done} of {progress.files_total} files{left}</p>
<progress aria-label="{job.name}" max="1" value="{share:.3f}"></progress>"""


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _said(words: str) -> str:
    return f'<p role="status">{escape(words)}</p>'


def _failed(words: str) -> str:
    return f'<p class="job failed" role="alert">{escape(words)}</p>'
