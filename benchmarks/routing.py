"""How many messages are routed elsewhere than to the search: `python -m benchmarks.routing data/squad/train.jsonl.gz`.

Of questions that a text answers (JSON lines with `qas` or `question`) there should be none; of requests to write, as in
IFEval and MT-bench (`prompt` or `turns`; their first sentence is taken), nearly all.
"""

import argparse
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.squad import read_lines
from embeddings.encoders.sentence_encoder import SentenceEncoder
from qa_app.routing.acts import open_acts
from qa_app.routing.route import PerhapsTalk, route, without_courtesy

_SHOWN = 12
_FIRST_SENTENCE = re.compile(r"(?<=[.!?])\s|\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--questions", type=int, default=5_000, metavar="N", help="of each, by chance (default: 5000)")
    options = parser.parse_args()
    encoder = SentenceEncoder()
    acts = open_acts()

    def classify(message: str) -> tuple[str, float]:
        return acts.likeliest(encoder.encode_query(message))

    for file in options.files:
        messages = [message for line in read_lines(file) for message in _messages(line)]
        messages = random.Random(1).sample(messages, min(options.questions, len(messages)))
        ways = [(message, route(without_courtesy(message, classify), classify)) for message in messages]
        away = [(message, way) for message, way in ways if not isinstance(way, PerhapsTalk | None)]
        print(f"{file}: {len(away)} of {len(messages)} routed away from the search ({len(away) / len(messages):.2%})")
        print("  ", dict(Counter(type(way).__name__ for _, way in ways if way is not None)))
        for message, way in away[:_SHOWN]:
            print(f"  {message}\n    {way}")


def _messages(line: dict[str, Any]) -> list[str]:
    if "qas" in line:
        return [qa["question"] for qa in line["qas"]]
    if "question" in line:
        return [line["question"]]
    return [_FIRST_SENTENCE.split((line.get("prompt") or line["turns"][0]).strip())[0]]


if __name__ == "__main__":
    main()
