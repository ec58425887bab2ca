"""Ask about facts in files of every format, made by other programs than the readers' libraries; prints Markdown tables.

    python -m benchmarks.formats [--keep FOLDER]        10 minutes on two busy cores

It makes about 40 files in a folder (LibreOffice, pandoc, LaTeX, Chromium, ReportLab, XlsxWriter, the standard library),
indexes it, and asks about each fact: in a text, a heading, a table, a footnote, a second column. A fact is found if the
answer's quotes, or what is shown with them, hold it in the file that says it. What a missing program would make is named.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.format_files.large_files import large_file
from benchmarks.format_files.programs import Missing
from benchmarks.format_files.recipes import MadeFile, make_folder
from benchmarks.format_files.subjects import Fact
from embeddings.documents.document import Document
from embeddings.documents.read_document import read_documents
from embeddings.documents.readers import reader_of
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.assistant import Assistant, open_assistant
from qa_app.pipeline import answer
from qa_app.types import Answer

_MAX_BYTES = 500_000_000


@dataclass(frozen=True)
class Outcome:
    """What became of a fact."""

    file: MadeFile
    fact: Fact
    extracted: bool
    """Its words stand in one block of the text; a row's cells in one row."""
    found: bool
    """The answer quotes it from the file."""
    exact: bool
    """Every quote of the answer is what the article has at its offsets."""
    page: int | None
    """The page that is named."""
    said: str
    """The answer's quotes."""

    @property
    def right_page(self) -> bool:
        """Whether the answer names the page where the fact stands."""
        return self.found and self.page == self.fact.page

    @property
    def has_page(self) -> bool:
        """Whether the fact stands on a page."""
        return bool(self.fact.page)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="make the files here and keep them")
    parser.add_argument("--measure", type=Path, metavar="FILE", help="only measure how a file is read; print JSON")
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(_cost(options.measure)))
        return
    with tempfile.TemporaryDirectory() as work:
        folder = options.keep or Path(work, "files")
        folder.mkdir(parents=True, exist_ok=True)
        files = make_folder(folder)
        encoder = SentenceEncoder()
        report = sync(folder, Path(work, "index"), encoder)
        for path, what, next_step in report.failed:
            print(f"Not read: {path}: {what} {next_step}")
        assistant = open_assistant(Path(work, "index"), encoder=encoder)
        outcomes = [outcome for file in files if not file.missing for outcome in _outcomes(file, folder, assistant)]
        print("\n".join(_lines(files, outcomes)))
        print("\n".join(_cost_lines(Path(work), [file.name for file in files if not file.missing])))


def _outcomes(file: MadeFile, folder: Path, assistant: Assistant) -> list[Outcome]:
    documents = read_documents(folder, file.name, _MAX_BYTES).documents
    return [_outcome(file, fact, documents, answer(assistant, fact.question), assistant) for fact in file.facts]


def _outcome(file: MadeFile, fact: Fact, documents: Sequence[Document], given: Answer, assistant: Assistant) -> Outcome:
    held = [
        citation
        for citation in given.citations
        if (citation.document == file.name or citation.document.startswith(f"{file.name}/"))
        and any(fact.answer in _one_line(words) for words in (citation.quote, *(each.quote for each in citation.context)))
    ]  # fmt: skip
    with assistant.index.snapshot() as snapshot:
        stored = {citation.document: snapshot.document(citation.document) for citation in given.citations}
    exact = all(
        document is not None and document.text[citation.start : citation.end] == citation.quote
        for citation in given.citations
        for document in [stored[citation.document]]
    )
    said = f"(confidence {given.confidence:.2f}) " * given.abstained + " / ".join(c.readable for c in given.citations)
    page = held[0].page if held else None
    return Outcome(file, fact, is_in(fact, documents), bool(held), exact, page, said)


def is_in(fact: Fact, documents: Sequence[Document]) -> bool:
    """Return whether one block of the documents, or one row's cells, hold the fact's words."""
    for document in documents:
        for block in document.blocks:
            cells = [_one_line(document.text[start:end]) for start, end in block.cells]
            words = _one_line(document.text[block.start : block.end])
            if fact.says in words or fact.says in " | ".join(cells):
                return True
    return False


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _lines(files: Sequence[MadeFile], outcomes: Sequence[Outcome]) -> list[str]:
    by_format: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_format[reader_of(outcome.file.name).name].append(outcome)
    made = [file for file in files if not file.missing]
    lines = [f"{len(made)} files, {len(outcomes)} facts.", ""]
    lines += ["| format | files | facts in the text | found | right page |", "|---|---|---|---|---|"]
    lines += [_row(name, own) for name, own in by_format.items()]
    lines += [
        _row("**all**", outcomes),
        "",
        "| place of the fact | in the text | found | right page |",
        "|---|---|---|---|",
    ]
    places = dict.fromkeys(outcome.fact.place for outcome in outcomes)
    for place in places:
        own = [outcome for outcome in outcomes if outcome.fact.place == place]
        lines.append(f"| {place} | {_share(own, 'extracted')} | {_share(own, 'found')} | {_pages(own)} |")
    inexact = sum(not outcome.exact for outcome in outcomes)
    lines += ["", f"Answers with a quote that is not exact: {inexact}.", ""]
    lines += [f"Not made: {file.name} ({file.missing})." for file in files if file.missing]
    for outcome in outcomes:
        if not (outcome.extracted and outcome.found) or (outcome.has_page and not outcome.right_page):
            wrong = (
                "not in the text"
                if not outcome.extracted
                else "not found"
                if not outcome.found
                else f"page {outcome.page}"
            )
            lines.append(f"- {outcome.file.name} ({outcome.file.program}), {outcome.fact.place}: {wrong}. “{outcome.fact.question}” → {outcome.said[:200]}")  # fmt: skip
    return lines


def _row(name: str, own: Sequence[Outcome]) -> str:
    files = len({outcome.file.name for outcome in own})
    return f"| {name} | {files} | {_share(own, 'extracted')} | {_share(own, 'found')} | {_pages(own)} |"


def _share(own: Sequence[Outcome], what: str) -> str:
    return f"{sum(getattr(outcome, what) for outcome in own)} of {len(own)}"


def _pages(own: Sequence[Outcome]) -> str:
    found = [outcome for outcome in own if outcome.has_page and outcome.found]
    return f"{sum(outcome.right_page for outcome in found)} of {len(found)}" if found else ""


def _cost_lines(work: Path, names: Sequence[str]) -> list[str]:
    """Measure a large file of each format, each in a new process."""
    lines = [
        "",
        "| format | kB of file | kB of text | processor seconds | MB of memory | s / MB of text | MB / MB of text |",
        "|---|---|---|---|---|---|---|",
    ]
    for suffix in dict.fromkeys(Path(name).suffix for name in names):
        try:
            file = large_file(suffix, work)
        except Missing:
            continue
        if file is None:
            continue
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.formats", "--measure", str(file)], check=True, stdout=subprocess.PIPE, text=True
        )  # fmt: skip
        cost = json.loads(done.stdout)
        seconds, memory, text = cost["seconds"], cost["memory"] / 1e6, cost["text"] / 1e6
        size = f"{cost['bytes'] / 1e3:,.0f} | {1000 * text:,.0f}"
        lines.append(
            f"| {suffix[1:]} | {size} | {seconds:.2f} | {memory:.0f} | {seconds / text:.2f} | {memory / text:.0f} |"
        )
    return lines


def _cost(file: Path) -> dict[str, float]:
    """Read a file in this process; return its bytes, bytes of text, seconds of the processor, and bytes of memory above what the library takes."""
    import time

    from embeddings.documents.readers import LazyReader
    from embeddings.documents.readers.format_reader import Extracted

    reader = reader_of(file.name)
    if isinstance(reader, LazyReader):
        reader = reader.load()
    data = file.read_bytes()
    before = _peak_memory()
    started = time.process_time()
    articles = reader.read(data, file.name)
    seconds = time.process_time() - started
    memory = _peak_memory() - before
    text = sum(len(each.text.encode()) for each in articles if isinstance(each, Extracted))
    return {"bytes": len(data), "text": text, "seconds": seconds, "memory": memory}


def _peak_memory() -> int:
    """Return the most bytes that this process has held. `ru_maxrss` would begin with those of the process that started it."""
    status = Path("/proc/self/status").read_text()
    return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
