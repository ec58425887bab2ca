"""Coverage-guided fuzzing of all that meets bytes from outside: each format's reader, the chunker, questions, receipts, the API.

Needs Google's atheris (`pip install atheris`), and Linux. `--corpus` names a folder with files of the formats to begin with, such as
`python -m benchmarks.formats --keep FOLDER` makes. An input that ends in anything but an answer or one of the program's own
errors, that takes longer than 30 seconds, or whose offsets are wrong, is a find; it is kept in `--finds`.
"""

import argparse
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

_ZIPPED = (".docx", ".odt", ".epub", ".pptx", ".xlsx", ".zip")
_READERS = (".txt", ".md", ".pdf", ".rtf", ".html", ".mhtml", ".eml", ".msg", ".mbox", ".csv", ".json", *_ZIPPED)
_OTHERS = ("question", "receipt", "api")
_LONGEST = 100_000  # bytes of an input
_SECONDS_FOR_ONE = 30
_MEMORY_MB = 4096
Target = Callable[[bytes], None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seconds", type=int, default=600, help="for each target (default: 600)")
    parser.add_argument("--targets", nargs="+", choices=(*_READERS, *_OTHERS), default=(*_READERS, *_OTHERS))
    parser.add_argument("--corpus", type=Path, metavar="FOLDER", help="files to begin with")
    parser.add_argument("--finds", type=Path, default=Path("finds"), metavar="FOLDER", help="where finds are kept")


def run(options: argparse.Namespace, place: str) -> int:
    print("| target | inputs | finds |\n|---|---|---|")
    total = 0
    for target in options.targets:
        inputs, finds = _fuzz(target, options, Path(place) / target)
        print(f"| {target} | {inputs:,} | {len(finds)} |", flush=True)
        for find in finds:
            print(f"  {find}", file=sys.stderr)
        total += len(finds)
    return int(bool(total))


def _fuzz(target: str, options: argparse.Namespace, place: Path) -> tuple[int, list[str]]:
    """Run one target in a process of its own, which ends at the first find; return the number of inputs and the finds."""
    corpus, finds = place / "corpus", options.finds / target.strip(".")
    corpus.mkdir(parents=True)
    finds.mkdir(parents=True, exist_ok=True)
    for file in options.corpus.iterdir() if options.corpus else ():
        if file.suffix == target or (target == ".html" and file.suffix in (".htm", ".xhtml")):
            shutil.copy(file, corpus)
    for number, seed in enumerate(_SEEDS.get(target, ())):
        (corpus / f"seed{number}").write_bytes(seed)
    command = [sys.executable, "-m", "benchmarks.reliability.fuzz", target, str(corpus), f"-artifact_prefix={finds}/", f"-max_total_time={options.seconds}"]  # fmt: skip
    command += [f"-seed={options.seed}", f"-max_len={_LONGEST}", f"-timeout={_SECONDS_FOR_ONE}", f"-rss_limit_mb={_MEMORY_MB}"]  # fmt: skip
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "."})  # fmt: skip
    log = done.stderr.decode(errors="replace")
    (finds / "log.txt").write_text(log)
    counts = [int(count) for count in re.findall(r"^#(\d+)\s", log, re.MULTILINE)]
    what = [line for line in log.splitlines() if "Exception: " in line or "Error: " in line or "ERROR: " in line]
    return max(counts, default=0), ([f"{target}: {'; '.join(what[-3:]) or log[-300:]}"] if done.returncode else [])


# What a question, a receipt and a call look like, for a start.
_SEEDS: dict[str, tuple[bytes, ...]] = {
    "question": (b"Who built it?\nWhere is Marrow Island?\nIt lies in the bay.\nAnd when?", b"in:notes after:2024 how many?"),
    "receipt": (b'{"format": 1, "question": "a", "quotes": [], "passages": [], "abstained": true}',),
    "api": (b'{"question": "Who built it?", "history": [{"role": "user", "content": "a"}], "limits": {"after": "2024-01-01"}}',),
    ".msg": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504,),
}  # fmt: skip


def _reading(suffix: str) -> Target:
    """Read a file in this process, where its coverage is seen, and cut what it says into chunks."""
    from embeddings.config import ChunkingConfig
    from embeddings.documents.chunks import chunk_document
    from embeddings.documents.read_document import text_document
    from embeddings.documents.readers import LazyReader, is_text, reader_of
    from embeddings.documents.readers.format_reader import Extracted
    from embeddings.errors import ArticlesError

    name, config = f"file{suffix}", ChunkingConfig()
    found = reader_of(name)
    reader = found.load() if isinstance(found, LazyReader) else found
    plain = text_document(Extracted("An article.", ()), name, name, "")

    def read(data: bytes) -> None:
        try:
            articles = reader.read(data, name)
        except ArticlesError:
            return
        for article in articles:
            if not isinstance(article, Extracted):
                continue
            document = replace(plain, text=article.text, blocks=article.blocks)
            if is_text(name):
                document = text_document(article, name, name, "")
            text = document.text
            for block in document.blocks:
                assert 0 <= block.start <= block.end <= len(text), f"block {block}"
            for chunk in chunk_document(document, config):
                for unit in chunk.units:
                    assert 0 <= unit.start < unit.end <= len(text), f"unit {unit}"

    return read


def _questions() -> Target:
    """Route a question, and rewrite it after a conversation: a line each."""
    from qa_app.question_language import language_of
    from qa_app.rewriting import exchanges, rewrite
    from qa_app.routing.route import route, without_courtesy
    from qa_app.types import Turn

    def ask(data: bytes) -> None:
        lines = data.decode("utf-8", errors="replace").split("\n")
        turns = [Turn("user" if n % 2 == 0 else "assistant", line) for n, line in enumerate(lines[1:])]
        earlier = exchanges(turns)
        asked = without_courtesy(lines[0], None)
        route(asked, None)
        language_of(rewrite(asked, earlier), ("en", "ru"))

    return ask


def _receipts() -> Target:
    from embeddings.errors import ArticlesError
    from qa_app.records.receipts import parse_receipt, receipt_json

    def parse(data: bytes) -> None:
        try:
            found = parse_receipt(data.decode("utf-8", errors="surrogateescape"))
        except ArticlesError:
            return
        assert parse_receipt(receipt_json(found)) == found, "it is not read as it was written"

    return parse


def _calls(place: Path) -> Target:
    """Call the API's functions with JSON."""
    from embeddings.config import DEFAULT_FOLDER
    from embeddings.errors import ArticlesError
    from embeddings.index import Index
    from embeddings.sync import sync
    from qa_app.assistant import Assistant
    from qa_app.config import AssistantConfig
    from qa_app.serving import tools
    from tests.fakes import WordEncoder
    from tests.qa_app.reading.networks import reader_pointing_at

    encoder = WordEncoder()
    sync(DEFAULT_FOLDER, place, encoder)
    assistant = Assistant(Index(place, encoder), reader_pointing_at("city"), AssistantConfig(), None)

    def call(data: bytes) -> None:
        try:
            values: Any = json.loads(data)
        except (ValueError, RecursionError):
            return
        if not isinstance(values, dict):
            return
        question, limits = values.get("question"), values.get("limits")
        calls: Sequence[Callable[[], object]] = (
            lambda: tools.ask(assistant, question, values.get("history", ()), limits=limits),  # type: ignore[arg-type]
            lambda: tools.search(assistant, question, values.get("k", 5), limits),  # type: ignore[arg-type]
        )
        for one in calls:
            try:
                json.dumps(one(), allow_nan=False)
            except ArticlesError:
                continue

    return call


def _with_a_part_altered(data: bytes, longest: int, seed: int) -> bytes:
    """Alter one part of a zipped file and pack it again: libFuzzer's own changes would hardly leave an archive that opens."""
    chance = random.Random(seed)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        parts = {}
    if not parts:
        return _altered(data, chance)[:longest]
    name = chance.choice(sorted(parts))
    parts[name] = _altered(parts[name], chance)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    return packed.getvalue() if len(packed.getvalue()) <= longest else data


def _altered(data: bytes, chance: random.Random) -> bytes:
    """Change a byte, or leave out, repeat or move a stretch, up to four times."""
    for _ in range(chance.randint(1, 4)):
        start, end = sorted((chance.randint(0, len(data)), chance.randint(0, min(len(data), 2000))))
        stretch, place = data[start:end], chance.randint(0, len(data))
        data = chance.choice((
            data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :],
            data[:start] + data[end:],
            data[:place] + stretch * chance.randint(1, 3) + data[place:],
        ))  # fmt: skip
    return data


def _main(target: str, arguments: Sequence[str]) -> None:
    """Fuzz one target; libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=["embeddings", "qa_app"]):
        if target in _READERS:
            test = _reading(target)
        else:
            test = {"question": _questions, "receipt": _receipts}.get(target, lambda: _calls(Path(arguments[0]).with_name("index")))()  # fmt: skip
    mutator = {"custom_mutator": _with_a_part_altered} if target in _ZIPPED else {}
    atheris.Setup([sys.argv[0], *arguments], test, **mutator)
    atheris.Fuzz()


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2:])
