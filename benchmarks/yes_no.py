"""Measure whether the reader's network knows yes from no: a logistic regression on its hidden states, on BoolQ.

    python -m benchmarks.yes_no boolq_dev/data.jsonl.gz        2 minutes on one core

Prints the accuracy in ten folds, the share of "yes", and the accuracy of the tenth and the quarter it is surest of. The file
holds a question, its evidence and "True" or "False" a line (BoolQ, Clark et al. 2019, with ERASER's evidence).
"""

import argparse
import gzip
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm
from transformers import AutoTokenizer

from embeddings.encoders.packaged import packaged_folder
from qa_app.reading.model import load_model
from qa_app.reading.span_reader import READER_FOLDER

_BATCH = 16
_TOKENS = 320
_STRENGTHS = (1e-4, 1e-3, 1e-2)


def hidden_states(questions: list[str], evidence: list[str]) -> npt.NDArray[np.float32]:
    """Return the last layer's states, (N, 3 x 384): of the first token, and the means over question and evidence."""
    model, tokenizer = load_model(READER_FOLDER, bfloat16=False), AutoTokenizer.from_pretrained(packaged_folder())
    states = np.empty((len(questions), 3 * model.span_head.in_features), np.float32)
    order = sorted(range(len(questions)), key=lambda n: len(evidence[n]))
    for begin in tqdm(range(0, len(order), _BATCH), disable=None):
        rows = order[begin : begin + _BATCH]
        encoded = tokenizer(
            [questions[n] for n in rows],
            [evidence[n] for n in rows],
            truncation="only_second",
            max_length=_TOKENS,
            padding=True,
            return_tensors="pt",
        )
        attended = encoded.attention_mask.bool()
        with torch.inference_mode():
            hidden = model.bert(encoded.input_ids, encoded.token_type_ids, attended)
        second = encoded.token_type_ids.bool()
        means = [_mean(hidden, part & attended) for part in (~second, second)]
        states[rows] = torch.cat([hidden[:, 0], *means], 1).numpy()
    return states


def _mean(hidden: torch.Tensor, part: torch.Tensor) -> torch.Tensor:
    weights = part.float().unsqueeze(-1)
    return (hidden * weights).sum(1) / weights.sum(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", type=Path)
    with gzip.open(parser.parse_args().file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    yes = np.array([row["answer"] == "True" for row in rows])
    states = hidden_states([f"{row['question']}?" for row in rows], [row["evidence"] for row in rows])
    print("| C | accuracy | answers that are yes | surest tenth | surest quarter |\n|---|---|---|---|---|")
    for strength in _STRENGTHS:
        regression = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=1000))
        found = cross_val_predict(regression, states, yes, cv=10, method="predict_proba")[:, 1]
        right = ((found > 0.5) == yes)[np.argsort(-np.abs(found - 0.5))]
        figures = right.mean(), yes.mean(), right[: len(yes) // 10].mean(), right[: len(yes) // 4].mean()
        print(f"| {strength:g} | {' | '.join(f'{figure:.1%}' for figure in figures)} |")


if __name__ == "__main__":
    main()
