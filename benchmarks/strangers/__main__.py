"""Ask the questions of strangers, and print what became of them, by kind of question.

    python -m benchmarks.strangers [first] [second] [--list]        4 minutes on two idle cores

`first` has 281 questions in 18 small folders, `second` 199 in 14. Both were written, with what a right answer is, by somebody who had
not read the code. After `first` had been asked, faults that it showed were mended as kinds; `second` was only counted.

A line of questions.jsonl has an `expect`: `right` are patterns that must all be found in the answer or its quotes, `only` such that
must not be in the answer, `short` one for the short answer, `from` a file that must be cited; `abstain` means that an abstention is
right; `kind` "talk" or "corpus" stands for small talk, which quotes nothing, and questions about the collection, which may.
"""

import argparse
import json
import logging
import re
import shutil
from collections import Counter, defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from embeddings.encoders.packaged import PACKAGED_ENCODER
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.assistant import open_assistant
from qa_app.pipeline import answer
from qa_app.rewriting import exchanges
from qa_app.types import Answer, Turn

_HERE = Path(__file__).parent
_VERDICTS = ("right", "marked as not sure, and not right", "wrongly refused", "confidently wrong")
_RIGHT, _UNSURE, _REFUSED, _WRONG = _VERDICTS


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sets", nargs="*", metavar="SET", help="first or second (default: both)")
    parser.add_argument("--encoder", default=PACKAGED_ENCODER, help=f"and the reader made from it ({PACKAGED_ENCODER})")
    parser.add_argument("--list", action="store_true", help="also list the answers that are not right")
    options = parser.parse_args()
    logging.disable(logging.ERROR)
    encoder = SentenceEncoder(options.encoder)
    for name in options.sets or ("first", "second"):
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for folder in sorted(path for path in (_HERE / name).iterdir() if path.is_dir()):
            for question, verdict, said in _asked(folder, encoder):
                counts[str(question["kind"])][verdict] += 1
                if options.list and verdict != _RIGHT:
                    print(f"{folder.name} {question['id']} {verdict}: {question['question']} -> {said[:200]!r}")
        _print(name, counts)


def _asked(folder: Path, encoder: SentenceEncoder) -> list[tuple[dict[str, Any], str, str]]:
    """Return each question of a folder with the verdict on its answer, and the answer."""
    with TemporaryDirectory(prefix="strangers-") as place:
        shutil.copytree(folder / "files", Path(place) / "files")
        sync(Path(place) / "files", Path(place) / "index", encoder)
        assistant = open_assistant(Path(place) / "index", encoder=encoder)
        found = []
        for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
            question = json.loads(line)
            earlier = exchanges([Turn(turn["role"], turn["content"]) for turn in question.get("history", ())])
            given = answer(assistant, question["question"], earlier)
            found.append((question, _verdict(question["expect"], given), given.short_answer or given.text))
        return found


def _verdict(expect: dict[str, Any], given: Answer) -> str:
    kind = expect.get("kind")
    if given.abstained and kind != "talk":
        return _RIGHT if expect.get("abstain") else _REFUSED
    said, short = re.sub(r"\s*\[\d+\]", "", given.text), given.short_answer or ""
    everything = "\n".join([short, said, *(citation.quote for citation in given.citations)])
    is_right = bool(expect.get("right")) and all(_is_in(pattern, everything) for pattern in expect["right"])
    is_right = is_right and not any(_is_in(pattern, f"{said}\n{short}") for pattern in expect.get("only", ()))
    is_right = is_right and (not short or _is_in(expect.get("short", ""), short))
    if kind == "talk":
        is_right = is_right and not given.citations
    elif kind != "corpus":
        cited = {citation.document for citation in given.citations}
        is_right = is_right and bool(cited) and expect.get("from") in (None, *cited)
    if is_right:
        return _RIGHT
    return _REFUSED if given.abstained else _UNSURE if given.doubtful else _WRONG


def _is_in(pattern: str, text: str) -> bool:
    return bool(re.search(pattern, text, re.IGNORECASE | re.MULTILINE))


def _print(name: str, counts: dict[str, Counter[str]]) -> None:
    print(f"\n| {name} | questions | {' | '.join(_VERDICTS)} |\n|---|---|{'---|' * len(_VERDICTS)}")
    total: Counter[str] = sum(counts.values(), Counter())
    for kind, found in [*sorted(counts.items()), ("**all**", total)]:
        print(f"| {kind} | {found.total()} | {' | '.join(str(found[verdict]) for verdict in _VERDICTS)} |")
    print("|  |  |", " | ".join(f"{total[verdict] / total.total():.1%}" for verdict in _VERDICTS), "|")


if __name__ == "__main__":
    main()
