"""Profile indexing, start-up and a warm answer, stage by stage; prints Markdown tables.

    python -m benchmarks.profile [--data dev.jsonl.gz]

The real functions are timed during real work, each without the other stages that it calls, so that the rows of a table
add up to its total. For that, batches run one after another on all cores, not side by side. Each start is measured in a
new process, in turn with the imports it is compared with. Figures are medians of --runs.
"""

import argparse
import importlib
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import wraps
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from benchmarks.indexing import copies_of_seeds
from benchmarks.squad import write_corpus
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.encoders.workers import Workers
from embeddings.sync import sync
from qa_app.assistant import open_assistant
from qa_app.pipeline import answer
from qa_app.suggestions import example_questions

_QUESTION = "what rainwater system does Arkadag use?"
_QUESTIONS = 8
_WAIT_S = 180

Stages = Mapping[str, Sequence[str]]
"""Stage names, each with the functions that it times, as `module:Class.method`."""

_INDEXING: Stages = {
    "finding and reading files": (
        "embeddings.update:scan",
        "embeddings.update:read_bytes",
        "embeddings.preparing:documents_in",
    ),
    "sentences and chunks": ("embeddings.cutting:chunk_document", "embeddings.cutting:content_key"),
    "tokenizing": ("embeddings.encoders.packaged_model:PackagedModel.preprocess",),
    "the encoder's forward pass": ("embeddings.encoders.bert:Bert.forward",),
    "pooling and the rest of encoding": ("embeddings.encoders.sentence_encoder:SentenceEncoder.encode_documents",),
    "writing SQLite": ("embeddings.storage.store:Store.put_document", "embeddings.update:Update._write"),
    "writing the vector cache": ("embeddings.storage.vector_cache:is_stale", "embeddings.storage.vector_cache:refresh"),
}
_ANSWERING: Stages = {
    "opening the snapshot": ("embeddings.index:Store", "embeddings.index:_VectorStates.of"),
    "encoding the question": ("embeddings.index:Snapshot.encode_query",),
    "search by meaning": ("embeddings.index:Snapshot.dense_search", "embeddings.index:Snapshot.cosines"),
    "search by words": ("embeddings.index:Snapshot.lexical_search",),
    "fetching the chunks": ("embeddings.index:Snapshot.chunks",),
    "reader: tokenizing": (
        "qa_app.reading.inputs:ReaderTokenizer.encode",
        "qa_app.reading.inputs:ReaderTokenizer.collate",
    ),
    "reader: forward pass": ("qa_app.reading.model:ReaderModel.forward",),
    "reader: laying out passages": ("qa_app.reading.span_reader:passage_text",),
    "reader: best spans": ("qa_app.reading.span_reader:best_spans",),
    "reader: confidence and the rest": ("qa_app.reading.span_reader:SpanReader.read",),
    "citing": ("qa_app.pipeline:cite", "qa_app.answering.fact:select"),
}

# Run in a new process: the steps of a start, in order, each timed.
_STARTING = """
import json, sys, time
laps, last = {}, time.perf_counter()
def lap(name):
    global last
    now = time.perf_counter()
    laps[name], last = now - last, now
import app
lap("import of our own modules and NumPy")
import qa_app.serving.server
lap("import of gradio and the page")
import torch
lap("import of torch")
import qa_app.reading.span_reader, embeddings.encoders.packaged_model
lap("import of the encoder and the reader (BERT, tokenizers)")
from embeddings.encoders.sentence_encoder import SentenceEncoder, weights_sha256
from embeddings.encoders.packaged import packaged_folder
weights_sha256(packaged_folder())
lap("hashing the encoder's weights (extra; a start does it once)")
encoder = SentenceEncoder()
lap("encoder: hashing and loading")
from qa_app.reading.span_reader import open_reader
reader = open_reader()
lap("reader: hashing and loading")
from pathlib import Path
from embeddings.index import Index
from qa_app.assistant import Assistant
from qa_app.config import AssistantConfig
from qa_app.pipeline import answer
assistant = Assistant(Index(Path(sys.argv[1]), encoder), reader, AssistantConfig())
lap("opening the index, with the import of FAISS")
answer(assistant, sys.argv[2])
lap("the first answer")
answer(assistant, sys.argv[2])
lap("the same answer again")
print(json.dumps(laps))
"""


class Profile:
    """Seconds per stage, each without the stages nested in it. Single-threaded."""

    def __init__(self, stages: Stages) -> None:
        self.seconds = dict.fromkeys([*stages, "the rest"], 0.0)
        self._stages = stages
        self._inside = ["the rest"]
        self._since = 0.0

    @contextmanager
    def measuring(self) -> Iterator[None]:
        """Time the stages while the `with` block runs."""
        with ExitStack() as patches:
            patches.enter_context(patch.object(Workers, "map", lambda _, work, items: map(work, items)))
            for stage, places in self._stages.items():
                for place in places:
                    owner, name = _found(place)
                    patches.enter_context(patch.object(owner, name, self._timed(stage, getattr(owner, name))))
            self._since = time.perf_counter()
            yield
            self._turn()

    def _timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function, updated=())
        def timed(*arguments: Any, **named: Any) -> Any:
            self._turn()
            self._inside.append(stage)
            try:
                return function(*arguments, **named)
            finally:
                self._turn()
                self._inside.pop()

        return timed

    def _turn(self) -> None:
        """Add the time since the last call to the stage that was running."""
        now = time.perf_counter()
        self.seconds[self._inside[-1]] += now - self._since
        self._since = now


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, help="SQuAD file to index, .jsonl.gz (default: copies of the seeds)")
    parser.add_argument("--articles", type=int, default=4, help="how many articles of --data (default: 4)")
    parser.add_argument("--runs", type=int, default=3, help="number of runs (default: 3)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work, "articles")
        if options.data:
            write_corpus(options.data, folder)
            for file in sorted(folder.iterdir())[options.articles :]:
                file.unlink()
        else:
            copies_of_seeds(folder)
        index = Path(work, "index")
        encoder = SentenceEncoder()
        print(f"Medians of {options.runs} runs.\n")
        profile_indexing(folder, index, encoder, options.runs)
        profile_answering(index, encoder, options.runs)
        profile_start(index, options.runs)
        profile_page(Path(work, "served"), options.runs)


def profile_indexing(folder: Path, index: Path, encoder: SentenceEncoder, runs: int) -> None:
    """Print where a first sync of `folder` spends its time; leave the index in `index`."""
    encoder.encode_documents(["warm"])
    results = []
    for run in range(runs):
        profile = Profile(_INDEXING)
        with profile.measuring():
            report = sync(folder, index if run == 0 else index.with_name(f"index-{run}"), encoder)
        results.append(profile.seconds)
    _table(f"Indexing {len(report.added)} articles, {report.chunks_encoded} chunks", results, 1, "s")


def profile_answering(index: Path, encoder: SentenceEncoder, runs: int) -> None:
    """Print where a warm answer spends its time."""
    assistant = open_assistant(index, encoder=encoder)
    questions = example_questions(assistant, _QUESTIONS)
    answer(assistant, questions[0])
    results = []
    for question in questions * runs:
        profile = Profile(_ANSWERING)
        with profile.measuring():
            answer(assistant, question)
        results.append(profile.seconds)
    _table(f"A warm answer ({len(results)} answers to {len(questions)} questions)", results, 1000, "ms")


def profile_start(index: Path, runs: int) -> None:
    """Print where a new process spends its time up to its first answer."""
    results = []
    for _ in range(runs):
        bare = _seconds([sys.executable, "-c", "pass"])
        done = subprocess.run(
            [sys.executable, "-c", _STARTING, str(index), _QUESTION], capture_output=True, text=True, check=True
        )
        results.append({"Python itself": bare, **json.loads(done.stdout)})
    _table("From process start to the first answers", results, 1, "s")


def profile_page(place: Path, runs: int) -> None:
    """Print how soon `python app.py` serves its page and its first answer, relative to importing its libraries."""
    place.mkdir()
    ready, answered, yardstick = [], [], []
    for _ in range(runs + 1):  # the first builds the index
        page, first = _serve_once(place)
        ready.append(page)
        answered.append(first)
        yardstick.append(_seconds([sys.executable, "-c", "import gradio, torch"]))
    page, first, imports = (median(times[1:]) for times in (ready, answered, yardstick))
    print("### `python app.py` over the seed articles\n\n| | s | relative to the imports |\n|---|---|---|")
    print(f'| `python -c "import gradio, torch"` | {imports:.1f} | 1.00 |')
    print(f"| page ready: `GET /` returns 200 | {page:.1f} | {page / imports:.2f} |")
    print(f"| first answer | {first:.1f} | {first / imports:.2f} |")
    print(f"| first answer, including indexing | {answered[0]:.1f} | {answered[0] / imports:.2f} |\n")


def _serve_once(place: Path) -> tuple[float, float]:
    """Return the seconds from the start of `python app.py` to its page and to its first answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "app.py", "--index", str(place), "--port", str(port)]
    with Path(place, "log").open("w") as log:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            while not _is_up(url):
                if process.poll() is not None or time.perf_counter() - started > _WAIT_S:
                    raise SystemExit(f"python app.py did not serve its page:\n{Path(place, 'log').read_text()}")
                time.sleep(0.02)
            page = time.perf_counter() - started
            _ask(url)
            return page, time.perf_counter() - started
        finally:
            process.terminate()
            process.wait()


def _is_up(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=_WAIT_S) as reply:
            return reply.status == 200 and bool(reply.read())
    except OSError:
        return False


def _ask(url: str) -> None:
    call = f"{url}/gradio_api/call/ask"
    body = json.dumps({"data": [_QUESTION, None]}).encode()
    with urllib.request.urlopen(urllib.request.Request(call, body, {"Content-Type": "application/json"})) as reply:
        event = json.load(reply)["event_id"]
    with urllib.request.urlopen(f"{call}/{event}", timeout=_WAIT_S) as reply:
        said = reply.read().decode()
    if "event: complete" not in said:
        raise SystemExit(f"The question was not answered: {said}")


def _found(place: str) -> tuple[Any, str]:
    """Return the module or class that holds the function `module:Class.method`, and the function's name."""
    module, _, path = place.partition(":")
    *outer, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for part in outer:
        owner = getattr(owner, part)
    return owner, name


def _table(title: str, results: Sequence[Mapping[str, float]], scale: float, unit: str) -> None:
    total = median(sum(result.values()) for result in results)
    print(f"### {title}\n\n| | {unit} | share |\n|---|---|---|")
    for stage in results[0]:
        seconds = median(result[stage] for result in results)
        share = median(result[stage] / sum(result.values()) for result in results)
        print(f"| {stage} | {scale * seconds:.2f} | {100 * share:.0f} % |")
    print(f"| **total** | **{scale * total:.2f}** | |\n", flush=True)


def _seconds(command: Sequence[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
