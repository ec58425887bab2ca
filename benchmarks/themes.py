"""Are paragraphs of one article one theme? `python -m benchmarks.themes data/squad/dev.jsonl.gz`.

Eight paragraphs of each of 3, 5, 7 and 8 articles of SQuAD's are grouped as articles of a folder are. Prints, for each of ten samples of
each size, how many themes were found, and their agreement with the articles: the adjusted Rand index (Hubert and Arabie 1985), 0
by chance, 1 if equal.
"""

import argparse
import random
from collections import defaultdict
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_rand_score

from benchmarks.squad import read_lines
from embeddings.encoders.sentence_encoder import SentenceEncoder
from qa_app.answering.themes import themes

_SIZES = (3, 5, 7, 8)
_PARAGRAPHS = 8
_SAMPLES = 10
_LEAD_CHARS = 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("squad", type=Path)
    paragraphs: defaultdict[str, list[str]] = defaultdict(list)
    for line in read_lines(parser.parse_args().squad):
        paragraphs[line["title"]].append(line["context"])
    encoder, draw = SentenceEncoder(), random.Random(0)
    vectors = {title: encoder.encode_documents(texts) for title, texts in sorted(paragraphs.items())}
    print("| articles | themes found, mean | adjusted Rand index, mean | lowest |\n|---|---|---|---|")
    for size in _SIZES:
        counts, indices = [], []
        for _ in range(_SAMPLES):
            rows = [
                (title, row)
                for title in draw.sample(sorted(vectors), size)
                for row in draw.sample(range(len(paragraphs[title])), _PARAGRAPHS)
            ]
            found = themes(
                np.stack([vectors[title][row] for title, row in rows]),
                [paragraphs[title][row][:_LEAD_CHARS] for title, row in rows],
            )
            labels = np.zeros(len(rows), int)
            for number, theme in enumerate(found):
                labels[list(theme.rows)] = number
            counts.append(len(found))
            indices.append(adjusted_rand_score([title for title, _ in rows], labels))
        print(f"| {size} | {np.mean(counts):.1f} | {np.mean(indices):.2f} | {min(indices):.2f} |")


if __name__ == "__main__":
    main()
