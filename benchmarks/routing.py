"""How many questions to the articles are routed elsewhere: `python -m benchmarks.routing data/squad/train.jsonl.gz`.

They should be none: each of SQuAD's questions is answered by a passage.
"""

import argparse
import random
from collections import Counter
from pathlib import Path

from benchmarks.squad import read_lines
from embeddings.encoders.sentence_encoder import SentenceEncoder
from qa_app.routing.acts import open_acts
from qa_app.routing.route import route, without_courtesy

_SHOWN = 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("squad", type=Path)
    parser.add_argument("--questions", type=int, default=5_000, metavar="N", help="drawn by chance (default: 5000)")
    options = parser.parse_args()
    questions = [qa["question"] for paragraph in read_lines(options.squad) for qa in paragraph["qas"]]
    questions = random.Random(1).sample(questions, min(options.questions, len(questions)))
    encoder = SentenceEncoder()
    acts = open_acts()

    def classify(message: str) -> tuple[str, float]:
        return acts.likeliest(encoder.encode_query(message))

    ways = {question: route(without_courtesy(question, classify), classify) for question in questions}
    away = {question: way for question, way in ways.items() if way is not None}
    print(f"{len(away)} of {len(questions)} routed away from the search ({len(away) / len(questions):.2%})")
    print(dict(Counter(type(way).__name__ for way in away.values())))
    for question, way in list(away.items())[:_SHOWN]:
        print(f"  {question}\n    {way}")


if __name__ == "__main__":
    main()
