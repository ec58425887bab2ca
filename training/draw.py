"""Draw batches into one file, to train with on another machine.

    python -m training.draw data/prepared/squad data/drawn.npz --own-words data/prepared/fairytaleqa --questions 600000
    python -m training.train data/drawn.npz data/runs/english --device cuda --batch-questions 128 --micro-batch-passages 320

The size of a batch is chosen when it is drawn. With `--split fit` and without headings, companions and other changes, the file serves to check
a reader while it is trained (`training.train --check`).
"""

import argparse
from pathlib import Path

from training.drawn import write_batches
from training.examples import TrainingSet
from training.options import add_numbers, configs


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path, help="from training.prepare")
    parser.add_argument("file", type=Path, help="output, .npz")
    parser.add_argument("--own-words", action="append", default=[], type=Path, metavar="FOLDER", help="may be repeated")
    parser.add_argument("--split", default="train", help="half of the data")
    add_numbers(parser)
    options = parser.parse_args()
    mix, config = configs(options)
    training_set = TrainingSet(options.data, options.own_words, mix, config, options.split)
    buckets = max(1, round(config.questions / (config.batch_questions * config.bucket_batches)))
    count = write_batches(training_set, options.file, buckets)
    print(f"{options.file}: {count} examples in {buckets} buckets, {options.file.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
