"""`python -m embeddings`: sync an index with its folders of articles, inspect it and check it."""

import argparse
import json
import logging
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from embeddings.backup import backup, restore
from embeddings.cluster import add_cluster_argument, check_installed
from embeddings.command_line import run_command
from embeddings.config import DEFAULT_INDEX
from embeddings.doctor import Finding, database_name, examine
from embeddings.documents.document import Address, Document
from embeddings.documents.put_back import stretch_keys
from embeddings.encoders.choice import add_encoder_arguments, chosen_encoder
from embeddings.encoders.packaged import PACKAGED_ENCODER
from embeddings.encoders.prefixes import given_prefixes
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.errors import ArticlesError
from embeddings.folders_command import add_folders, folder_values, folder_words
from embeddings.index import open_record, recorded_encoder, recorded_folders
from embeddings.label_command import add_label
from embeddings.move import move
from embeddings.progress import SyncReport
from embeddings.put_back import NotLeftOut, set_read
from embeddings.repair import repair
from embeddings.safeguards import folder_to_index, known_folders
from embeddings.storage.builds import current_build, has_index, prune, writer_lock
from embeddings.storage.database_place import add_database_argument, settle_database
from embeddings.storage.search_cache import search_cache
from embeddings.storage.search_place import LOCAL, add_store_argument, parse_place, settle_place
from embeddings.storage.store import Store
from embeddings.sync import go_back, reembed, sync
from embeddings.sync_command import Work, follow
from embeddings.terminal import printable

logger = logging.getLogger(__name__)


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Return the exit status: 0 for success, 1 for failure, 2 for wrong usage."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    if getattr(options, "change_folder", False) and options.folder is None:
        parser.error("--change-folder needs FOLDER, the index's new folder")
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.ERROR, stream=sys.stderr, format="%(name)s: %(message)s"
    )
    return run_command(lambda: _run(options))


def build_parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--index", type=Path, default=DEFAULT_INDEX, metavar="DIR", help="the index's folder (default: index)"
    )
    add_store_argument(common)
    add_database_argument(common)
    common.add_argument("--json", action="store_true", help="print JSON on standard output")
    common.add_argument("--verbose", action="store_true", help="log details to standard error")
    parser = argparse.ArgumentParser(prog="python -m embeddings", description="Index a folder of articles.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, parents=[common], help=text, description=text)
        sub.set_defaults(command=command)
        return sub

    syncing = add("sync", _sync, "Sync the index with its folders. Only what changed is read and encoded.")
    _add_folder_arguments(syncing, "default: all of the index's own folders; for a new index, seeds")
    add_encoder_arguments(
        syncing,
        "a model folder or hub name (default: the index's own; for a new index, the packaged model). If another model made"
        " the index, it is rebuilt beside the one in use, as by reembed",
    )
    syncing.add_argument(
        "--watch", action="store_true", help="go on: sync again whenever files have changed and rested"
    )
    again = add(
        "reembed",
        _reembed,
        "Rebuild the index beside the one in use, then switch to it. If it is stopped, the next run continues.",
    )
    _add_folder_arguments(again, "default: the index's own folders")
    add_encoder_arguments(again, "a model folder or hub name (default: the index's own model)")
    add(
        "rollback",
        _rollback,
        "Go back to the build that was in use before the last reembed; labels and what was put back since are kept.",
    )
    add("prune", _prune, "Delete the build kept for rollback and any unfinished one, to free disk space.")
    text = "Add folders to the index, remove and list them."
    add_folders(commands.add_parser("folders", help=text, description=text), common)
    text = "Give labels to documents, take them away and list them."
    add_label(commands.add_parser("label", help=text, description=text), common)
    moving = add("move", _move, "Search the index on a Milvus server, or in its own folder again; nothing is encoded.")
    moving.add_argument("--to", required=True, metavar="PLACE", help="milvus://HOST:19530/NAME, or local")
    add("status", _status, "Show the index's size, folders, model and failures.")
    add("list", _list, "List the documents.")
    left_out = add(
        "left-out",
        _left_out,
        "Show what is left out of a document, with numbers; read some of it after all, or leave it out again.",
    )
    left_out.add_argument("document", metavar="DOCUMENT", help="as in list")
    which = left_out.add_mutually_exclusive_group()
    which.add_argument("--read", type=int, nargs="+", metavar="N", help="read these too")
    which.add_argument("--leave-out", type=int, nargs="+", metavar="N", help="leave these out again")
    backing_up = add(
        "backup",
        _backup,
        "Write the index with its conversations and settings to one file; a server may go on meanwhile.",
    )
    backing_up.add_argument("file", type=Path, metavar="FILE", help="a .zip; replaced if it exists")
    restoring = add("restore", _restore, "Check a backup, and restore it to a folder that has no index.")
    restoring.add_argument("file", type=Path, metavar="FILE", help="made by backup")
    checking = add("doctor", _doctor, "Check the index for damage, and against its model and its folders.")
    checking.add_argument(
        "--repair", action="store_true", help="first mend what can be made again, and say what was done"
    )
    return parser


def _run(options: argparse.Namespace) -> int:
    settle_database(options.index, options.database)
    if getattr(options, "cluster", None):
        check_installed()
    settle_place(options.index, options.store, is_new=options.command is _sync and not has_index(options.index))
    status: int = options.command(options)
    return status


def _add_folder_arguments(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help=default)
    parser.add_argument(
        "--change-folder", action="store_true", help="sync with FOLDER in the place of the index's only folder"
    )
    parser.add_argument(
        "--allow-mass-deletion",
        action="store_true",
        help="delete documents even if all or nearly all files have vanished from a folder",
    )
    add_cluster_argument(parser)


def _sync(options: argparse.Namespace) -> int:
    # Check the folder first: loading a model takes seconds.
    folder = folder_to_index(options.index, options.folder, change_folder=options.change_folder)
    recorded = recorded_encoder(options.index) if has_index(options.index) else None
    encoder = chosen_encoder(options, recorded)
    work = Work(sync, folder, encoder, options)
    if recorded and encoder.identity != recorded:
        status = _print_report(replace(work, work=reembed).run(), options)
        if status or not options.watch:
            return status
    elif not options.watch:
        return _print_report(work.run(), options)
    follow(work, lambda report: _print_report(report, options))
    return 0


def _reembed(options: argparse.Namespace) -> int:
    if known_folders(options.index):
        folder = folder_to_index(options.index, options.folder, change_folder=options.change_folder)
        encoder = chosen_encoder(options, recorded_encoder(options.index))
        return _print_report(Work(reembed, folder, encoder, options).run(), options)
    if not options.folder:
        recorded_folders(options.index)  # raises: says what is wrong with the index
    if not options.encoder:
        print(
            f"The index's encoder cannot be read; using {PACKAGED_ENCODER}. Name another one with --encoder.",
            file=sys.stderr,
        )
    return _print_report(Work(reembed, options.folder, chosen_encoder(options, None), options).run(), options)


def _rollback(options: argparse.Namespace) -> int:
    build = go_back(options.index)
    folders = recorded_folders(options.index)
    _print(
        {"build": build.folder.name, "folder": str(folders[0].path)},
        f"Build {build.folder.name} is in use again. Bring it up to date: python -m embeddings sync --index {options.index}",
        options,
    )
    return 0


def _move(options: argparse.Namespace) -> int:
    target = parse_place(options.to)
    moved = move(options.index, target)
    text = f"The index in {options.index}, {moved.chunks} chunks, is searched on {target or LOCAL} now."
    if moved.left_behind:
        text += f" Its copy at the old place is left there: {moved.left_behind.what}"
    _print({"place": str(target or LOCAL), "chunks": moved.chunks}, text, options)
    return 0


def _prune(options: argparse.Namespace) -> int:
    current_build(options.index)
    with writer_lock(options.index):
        deleted = prune(options.index)
    size = sum(each.bytes for each in deleted)
    said = f"Deleted {', '.join(each.name for each in deleted)}: {size:,} bytes." if deleted else "Nothing to delete."
    _print([asdict(each) for each in deleted], said, options)
    return 0


def _status(options: argparse.Namespace) -> int:
    with _store(options.index) as store:
        record = open_record(options.index)
        failures = store.failures()
        versions = Counter(file.versions for file in store.files())
        folders = folder_values(store, options.index)
        values: dict[str, Any] = {
            "index": str(options.index),
            "folder": folders[0]["path"],
            "folders": folders,
            "documents": store.count_documents(),
            "characters": store.count_characters(),
            "chunks": store.count_chunks(),
            "generation": store.generation(),
            "search": search_cache(current_build(options.index)).description(),
            "encoder": asdict(record.encoder),
            "chunking": asdict(record.chunking),
            "versions": versions,
            "notes": {str(address): notes for address, notes in store.notes().items()},
            "failed": [asdict(failure) for failure in failures],
        }
    lines = [
        f"{values['documents']} documents, {values['chunks']} chunks, {values['characters']:,} characters",
        *(f"folder    {folder_words(each, is_only=len(folders) == 1)}" for each in folders),
        f"encoder   {record.encoder.name}, weights {record.encoder.weights_sha256[:8]}, dimension {record.encoder.dimension}"
        + (
            f", prefixes {prefixes.query!r} and {prefixes.passage!r}"
            if (prefixes := given_prefixes(record.encoder))
            else ""
        ),
        f"chunking  about {record.chunking.target_chars} characters, overlap {record.chunking.overlap_sentences} sentence(s)",
        *(f"read by   {code} ({count} documents)" for code, count in sorted(versions.items())),
        f"search    {values['search'] or 'the vector cache is missing or damaged; the next sync rebuilds it'}",
        *(f"note      {path}: {', '.join(notes)}" for path, notes in values["notes"].items()),
        *(f"failed    {failure.reason} {failure.next_step}" for failure in failures),
    ]
    _print(values, "\n".join(lines), options)
    return 0


def _list(options: argparse.Namespace) -> int:
    with _store(options.index) as store:
        rows, folders = store.documents(), store.folders()
    lines = [
        f"{row.date or '          '}  {row.chunks:>5} chunks  {row.address}  {row.title}"
        + (f" ({', '.join(row.notes)})" if row.notes else "")
        + (f" [{', '.join(row.labels)}]" if row.labels else "")
        for row in rows
    ]
    lines += [f"{each.path} is away since {each.away_since}." for each in folders if each.away_since]
    _print([asdict(row) for row in rows], "\n".join(lines) or "No documents.", options)
    return 0


def _left_out(options: argparse.Namespace) -> int:
    document, keys = _with_keys(options)
    numbers = options.read or options.leave_out
    if numbers:
        if not all(1 <= number <= len(keys) for number in numbers):
            raise NotLeftOut(f"{document.address} has no such stretch.", f"Choose from 1 to {len(keys)}.")
        encoder = SentenceEncoder.recorded(recorded_encoder(options.index))
        chosen = {keys[number - 1] for number in numbers}
        set_read(options.index, encoder, document.address, chosen, is_read=bool(options.read))
        document, keys = _with_keys(options)
    values, lines = [], []
    for number, piece in enumerate(document.boilerplate, start=1):
        words = document.text[piece.start : piece.end]
        values.append({**asdict(piece), "number": number, "text": words})
        lines.append(
            f"{number:>4}  {'read' if piece.is_read else 'left out'} ({piece.reason}): {' '.join(words.split())}"
        )
    _print(values, "\n".join(lines) or f"Nothing is left out of {document.address}.", options)
    return 0


def _with_keys(options: argparse.Namespace) -> tuple[Document, list[str]]:
    """Return the document and the key of each stretch of its boilerplate."""
    with _store(options.index) as store:
        document = store.document(*_called(store, options.document))
    assert document
    return document, stretch_keys(document)


def _called(store: Store, words: str) -> Address:
    """Return the document that the user calls by its path, or by folder and path."""
    found = store.addresses_called(words)
    if not found:
        raise NotLeftOut(f"There is no article {words}.", "List them: python -m embeddings list")
    if len(found) > 1:
        raise NotLeftOut(f"Several articles are called {words}.", f"Write {' or '.join(map(str, found))}.")
    return found[0]


def _backup(options: argparse.Namespace) -> int:
    manifest = backup(options.index, options.file)
    size = sum(entry.size for entry in manifest.entries)
    names = ", ".join(entry.name for entry in manifest.entries)
    _print(asdict(manifest), f"{options.file}: {names}; {size:,} bytes before compression.", options)
    return 0


def _restore(options: argparse.Namespace) -> int:
    manifest = restore(options.file, options.index)
    folders = [folder.path for folder in recorded_folders(options.index)]
    missing = "".join(
        f" Its folder {folder} is not on this machine: name it with sync --change-folder"
        f"{' or folders add --change-folder' if len(folders) > 1 else ''}."
        for folder in folders
        if not folder.is_dir()
    )
    text = f"The index of {manifest.made_at} is in {options.index}, every byte as it was backed up.{missing}"
    _print({**asdict(manifest), "folder": str(folders[0])}, text, options)
    return 0


def _doctor(options: argparse.Namespace) -> int:
    build = current_build(options.index)
    encoder, missing = None, None
    try:
        encoder = SentenceEncoder.recorded(recorded_encoder(options.index))
    except ArticlesError as error:
        if options.repair:
            raise
        missing = Finding("model", False, error.what, error.next_step)
    repaired = repair(options.index, encoder) if options.repair and encoder else None
    findings = examine(options.index, encoder.identity if encoder else None)
    if missing and all(finding.ok for finding in findings if finding.check == database_name(build)):
        findings.append(missing)
    lines = [
        f"{'ok ' if finding.ok else 'BAD'}  {finding.check}: {finding.detail.rstrip('.')}.{' ' + finding.next_step if finding.next_step else ''}"
        for finding in findings
    ]
    healthy = all(finding.ok for finding in findings)
    values: dict[str, Any] = {"healthy": healthy, "findings": [asdict(finding) for finding in findings]}
    if repaired:
        values |= {"repair": asdict(repaired)}
        told = [*(f"done  {line}" for line in repaired.done), *(f"LEFT  {line}" for line in repaired.left)]
        lines = [*told, *lines]
    _print(values, "\n".join(lines), options)
    return 0 if healthy else 1


@contextmanager
def _store(index: Path) -> Iterator[Store]:
    store = Store(current_build(index).database)
    try:
        with store.reading():
            yield store
    finally:
        store.close()


def _print_report(report: SyncReport, options: argparse.Namespace) -> int:
    lines = [
        f"{len(report.added)} added, {len(report.changed)} changed, {len(report.renamed)} renamed, {len(report.deleted)} deleted,"
        f" {report.unchanged} unchanged; {report.chunks_encoded} chunks encoded in {report.seconds:.1f} s."
    ]
    lines += [f"failed: {what} {next_step}" for _, what, next_step in report.failed]
    not_taken = {
        "skipped, of no known format": report.skipped,
        "left by the patterns": report.excluded,
        "links not followed, as they lead out of the folder or to a folder": report.not_followed,
    }
    for reason, names in not_taken.items():
        if names:
            few = ", ".join(names[:5]) + (f" … ({len(names)})" if len(names) > 5 else "")
            lines.append(f"{reason}: {few}")
    lines += [f"away since {away.since}: {away.folder} ({away.path}); its articles are kept." for away in report.away]
    if report.stopped:
        lines.append("Stopped before the end; run the same command to continue.")
    _print(asdict(report), "\n".join(lines), options)
    return 1 if report.failed or report.stopped else 0


def _print(values: Any, text: str, options: argparse.Namespace) -> None:
    print(json.dumps(values, ensure_ascii=False, indent=2) if options.json else printable(text))


if __name__ == "__main__":
    sys.exit(main())
