"""`python -m embeddings`: keep an index equal to a folder of articles, look into it, check it."""

import argparse
import json
import logging
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

from tqdm import tqdm

from embeddings.command_line import run_command
from embeddings.config import DEFAULT_FOLDER, DEFAULT_INDEX, IndexConfig
from embeddings.doctor import Finding, examine
from embeddings.encoders.packaged import PACKAGED_ENCODER
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.errors import ArticlesError
from embeddings.index import open_record, recorded_encoder, recorded_folder
from embeddings.progress import Progress, SyncReport
from embeddings.scan import check_folder
from embeddings.seeds import provide_seeds
from embeddings.storage.builds import current_build, has_index, roll_back, writer_lock
from embeddings.storage.store import Store
from embeddings.storage.vector_cache import read_stamp
from embeddings.sync import reembed, sync

logger = logging.getLogger(__name__)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 done, 1 something failed, 2 wrong usage."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.ERROR, stream=sys.stderr, format="%(name)s: %(message)s"
    )
    return run_command(lambda: options.command(options))


def build_parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--index", type=Path, default=DEFAULT_INDEX, metavar="DIR", help="where the index lies (default: index)"
    )
    common.add_argument("--json", action="store_true", help="print JSON on standard output")
    common.add_argument("--verbose", action="store_true", help="log what is done on standard error")
    parser = argparse.ArgumentParser(prog="python -m embeddings", description="Index a folder of articles.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, parents=[common], help=text, description=text)
        sub.set_defaults(command=command)
        return sub

    syncing = add("sync", _sync, "Make the index equal to the folder. Only what changed is read and encoded.")
    syncing.add_argument(
        "folder", nargs="?", type=Path, default=DEFAULT_FOLDER, metavar="FOLDER", help="default: seeds"
    )
    syncing.add_argument(
        "--encoder", metavar="MODEL", help="for a new index: a model folder or hub name (default: the packaged one)"
    )
    again = add(
        "reembed", _reembed, "Make the index anew beside the served one, then switch; stopped, it goes on next time."
    )
    again.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="default: the folder of the last sync")
    again.add_argument("--encoder", metavar="MODEL", help="a model folder or hub name (default: the packaged one)")
    add("rollback", _rollback, "Serve the build that stood before the last reembed again.")
    add("status", _status, "Say what the index holds and how it was made.")
    add("list", _list, "List the documents.")
    add("doctor", _doctor, "Check the index against itself, its model and its folder.")
    return parser


def _sync(options: argparse.Namespace) -> int:
    provide_seeds(options.folder)
    check_folder(options.folder)  # a missing folder is said before a model is loaded
    name = options.encoder
    if name is None:
        name = recorded_encoder(options.index) if has_index(options.index) else PACKAGED_ENCODER
    with _progress_bar() as (show, stop):
        report = sync(
            options.folder,
            options.index,
            SentenceEncoder(name, download=options.encoder is not None),
            IndexConfig(),
            on_progress=show,
            should_stop=stop,
        )
    return _print_report(report, options)


def _reembed(options: argparse.Namespace) -> int:
    folder = options.folder or recorded_folder(options.index)
    with _progress_bar() as (show, stop):
        encoder = SentenceEncoder(options.encoder or PACKAGED_ENCODER, download=options.encoder is not None)
        report = reembed(folder, options.index, encoder, IndexConfig(), on_progress=show, should_stop=stop)
    return _print_report(report, options)


def _rollback(options: argparse.Namespace) -> int:
    current_build(options.index)
    with writer_lock(options.index):
        build = roll_back(options.index)
    folder = recorded_folder(options.index)
    _print(
        {"build": build.folder.name, "folder": str(folder)},
        f"Serving build {build.folder.name} again. Sync it: python -m embeddings sync {folder} --index {options.index}",
        options,
    )
    return 0


def _status(options: argparse.Namespace) -> int:
    with _store(options.index) as store:
        record = open_record(options.index)
        failures = store.failures()
        values = {
            "index": str(options.index),
            "folder": str(store.folder()),
            "documents": store.count_documents(),
            "characters": store.count_characters(),
            "chunks": store.count_chunks(),
            "generation": store.generation(),
            "search": stamp.search if (stamp := read_stamp(current_build(options.index).vectors_file)) else None,
            "encoder": asdict(record.encoder),
            "chunking": asdict(record.chunking),
            "failed": [asdict(failure) for failure in failures],
        }
    lines = [
        f"{values['documents']} documents, {values['chunks']} chunks, {values['characters']:,} characters",
        f"folder    {values['folder']}",
        f"encoder   {record.encoder.name}, weights {record.encoder.weights_sha256[:8]}, dimension {record.encoder.dimension}",
        f"chunking  about {record.chunking.target_chars} characters, overlap {record.chunking.overlap_sentences} sentence(s)",
        f"search    {values['search'] or 'the vectors’ file is missing or damaged; the next sync writes it anew'}",
        *(f"failed    {failure.reason} {failure.next_step}" for failure in failures),
    ]
    _print(values, "\n".join(lines), options)
    return 0


def _list(options: argparse.Namespace) -> int:
    with _store(options.index) as store:
        rows = store.documents()
    lines = [f"{row.date or '          '}  {row.chunks:>5} chunks  {row.path}  {row.title}" for row in rows]
    _print([asdict(row) for row in rows], "\n".join(lines) or "No documents.", options)
    return 0


def _doctor(options: argparse.Namespace) -> int:
    current_build(options.index)
    encoder, missing = None, None
    try:
        encoder = SentenceEncoder(recorded_encoder(options.index)).identity
    except ArticlesError as error:
        missing = Finding("model", False, error.what, error.next_step)
    findings = examine(options.index, encoder)
    if missing and all(finding.ok for finding in findings if finding.check == "SQLite file"):
        findings.append(missing)
    lines = [
        f"{'ok ' if finding.ok else 'BAD'}  {finding.check}: {finding.detail.rstrip('.')}.{' ' + finding.next_step if finding.next_step else ''}"
        for finding in findings
    ]
    healthy = all(finding.ok for finding in findings)
    _print({"healthy": healthy, "findings": [asdict(finding) for finding in findings]}, "\n".join(lines), options)
    return 0 if healthy else 1


@contextmanager
def _store(index: Path) -> Iterator[Store]:
    store = Store(current_build(index).store_file)
    try:
        with store.reading():
            yield store
    finally:
        store.close()


@contextmanager
def _progress_bar() -> Iterator[tuple[Callable[[Progress], None], Callable[[], bool]]]:
    """Show progress on a terminal's standard error; the first Ctrl-C asks for a stop between two files."""
    stopping = False

    def ask_to_stop(signum: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        print("\nStopping after this file; the next run goes on. Ctrl-C again to stop at once.", file=sys.stderr)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    previous = signal.signal(signal.SIGINT, ask_to_stop)
    bar = tqdm(
        total=0,
        unit="B",
        unit_scale=True,
        desc="Indexing",
        file=sys.stderr,
        disable=not sys.stderr.isatty(),
        leave=False,
    )

    def show(progress: Progress) -> None:
        bar.total = progress.bytes_total
        bar.set_postfix_str(f"file {progress.files_done} of {progress.files_total}", refresh=False)
        bar.update(progress.bytes_done - bar.n)

    try:
        yield show, lambda: stopping
    finally:
        bar.close()
        signal.signal(signal.SIGINT, previous)


def _print_report(report: SyncReport, options: argparse.Namespace) -> int:
    lines = [
        f"{len(report.added)} added, {len(report.changed)} changed, {len(report.renamed)} renamed, {len(report.deleted)} deleted,"
        f" {report.unchanged} unchanged; {report.chunks_encoded} chunks encoded in {report.seconds:.1f} s."
    ]
    lines += [f"failed: {what} {next_step}" for _, what, next_step in report.failed]
    if report.skipped:
        names = ", ".join(report.skipped[:5]) + (" …" if len(report.skipped) > 5 else "")
        lines.append(f"skipped, not .txt or .md: {names}")
    if report.stopped:
        lines.append("Stopped before the end; run the same command to go on.")
    _print(asdict(report), "\n".join(lines), options)
    return 1 if report.failed or report.stopped else 0


def _print(values: Any, text: str, options: argparse.Namespace) -> None:
    print(json.dumps(values, ensure_ascii=False, indent=2) if options.json else text)


if __name__ == "__main__":
    sys.exit(main())
