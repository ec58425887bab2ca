"""Compare the speed of indexing and answering with plain `SentenceTransformer.encode`; prints a Markdown table.

    python -m benchmarks.indexing [FOLDER]        2 minutes on two cores with the default, 40 copies of the seed articles

Both sides encode the same chunks with the same weights, in turn; ours also reads, chunks and writes.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from embeddings.config import DEFAULT_FOLDER, IndexConfig
from embeddings.documents.chunks import chunk_document, encoder_input
from embeddings.documents.read_document import read_documents
from embeddings.encoders.packaged import packaged_folder
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.scan import scan
from embeddings.sync import sync
from qa_app.assistant import open_assistant
from qa_app.pipeline import answer
from qa_app.suggestions import example_questions

_COPIES = 40
_REPEATS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, help="articles to index (default: copies of seeds)")
    options = parser.parse_args()

    from sentence_transformers import SentenceTransformer  # slow to import, and only this needs it

    with tempfile.TemporaryDirectory() as work:
        folder = options.folder or copies_of_seeds(Path(work, "articles"))
        config = IndexConfig()
        files = [read_documents(folder, file.path, config.max_file_bytes) for file in scan(folder).files]
        documents = [document for file in files for document in file.documents]
        characters = sum(len(document.text) for document in documents)
        texts = [encoder_input(d.title, c.readable) for d in documents for c in chunk_document(d, config.chunking)]
        plain, ours = SentenceTransformer(str(packaged_folder()), device="cpu"), SentenceEncoder()
        plain.encode(texts[:8], show_progress_bar=False)
        ours.encode_documents(texts[:8])

        loops, syncs = [], []
        for repeat in range(_REPEATS):  # in turn, so that noise affects both
            loops.append(seconds(lambda: plain.encode(texts, show_progress_bar=False)))
            place = Path(work, f"index-{repeat}")
            syncs.append(seconds(lambda place=place: sync(folder, place, ours, config)))  # type: ignore[misc]
        loop, whole = median(loops), median(syncs)
        print(
            f"{len(documents)} articles, {characters:,} characters, {len(texts)} chunks; median of {_REPEATS} runs in turn.\n"
        )
        print("| | seconds | characters per second | speed against the loop |\n|---|---|---|---|")
        print(f"| plain `SentenceTransformer.encode` of the chunks | {loop:.2f} | {characters / loop:,.0f} | 1.00 |")
        print(f"| `sync`: read, chunk, encode, write | {whole:.2f} | {characters / whole:,.0f} | {loop / whole:.2f} |")

        assistant = open_assistant(Path(work, "index-0"), encoder=ours)
        questions = example_questions(assistant, 8)
        answers = [seconds(lambda q=q: answer(assistant, q)) for q in questions * _REPEATS]  # type: ignore[misc]
        read = [p.chunk.text for p in answer(assistant, questions[0]).passages]
        once = median(seconds(lambda: plain.encode(read, show_progress_bar=False)) for _ in range(2 * _REPEATS))
        print(
            f"\nAnswers per second: {1 / median(answers):.1f} (median {1000 * median(answers):.0f} ms of {len(answers)});"
        )
        print(f"encoding one question's {len(read)} passages with the plain loop takes {1000 * once:.0f} ms;")
        print(f"an answer takes {median(answers) / once:.2f} times that.")


def copies_of_seeds(folder: Path) -> Path:
    """Copy the seed articles 40 times into a new folder, with a word changed in each line so that all chunks differ."""
    folder.mkdir()
    for copy in range(_COPIES):
        for seed in sorted(DEFAULT_FOLDER.iterdir()):
            lines = seed.read_text(encoding="utf-8").splitlines()
            text = "\n".join(line.replace(" the ", f" the {copy}th ", 1) for line in lines)
            (folder / f"{seed.stem}_{copy}.txt").write_text(text, encoding="utf-8")
    return folder


def seconds(work: Callable[[], object]) -> float:
    """Return how long a call takes, in seconds."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
