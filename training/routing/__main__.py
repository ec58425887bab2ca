"""Fit the classifier of messages, and measure it on messages that nobody wrote a phrase for: `python -m training.routing`.

python -m training.routing CLINC.json SQUAD_TRAIN.jsonl.gz CANARD.jsonl.gz --write models/acts
"""

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.squad import read_lines
from embeddings.encoders.packaged import PACKAGED_SHA256
from embeddings.encoders.sentence_encoder import SentenceEncoder
from qa_app.routing.acts import BEYOND, FACT, WEIGHTS, ActClassifier
from training.routing.phrases import PATTERNS, readings

# What CLINC150's devices can do or look up, and this program can't.
_BEYOND = (
    "translate change_language change_accent change_speed change_volume change_ai_name change_user_name whisper_mode"
    " sync_device reset_settings alarm timer reminder_update calendar_update todo_list_update shopping_list_update"
    " update_playlist play_music next_song smart_home make_call text find_phone share_location uber order book_flight"
    " book_hotel car_rental restaurant_reservation cancel_reservation schedule_meeting schedule_maintenance transfer"
    " pay_bill roll_dice flip_coin calculator weather time date current_location"
).split()
# CLINC150's intents (Larson et al. 2019, arXiv 1909.02027; CC BY 3.0) as acts; its other intents are requests like any
# other, for which the articles are searched.
_CLINC = {
    "greeting": "greeting",
    "goodbye": "farewell",
    "thank_you": "thanks",
    "what_can_i_ask_you": "help",
    "what_is_your_name": "identity",
    "who_made_you": "identity",
    "are_you_a_bot": "identity",
    "repeat": "repeat",
    "tell_joke": "smalltalk",
    "do_you_have_pets": "smalltalk",
    "what_are_your_hobbies": "smalltalk",
    "how_old_are_you": "smalltalk",
    "where_are_you_from": "smalltalk",
    "meaning_of_life": "smalltalk",
    **dict.fromkeys(_BEYOND, BEYOND),
}
# Meant for a device with settings; as answers to a question they could be anything.
_UNUSED = frozenset("yes no maybe cancel fun_fact who_do_you_work_for definition".split())
_FACTS = 30_000
# Phrases of one act, at most: some patterns have thousands of readings, all alike.
_MOST_PHRASES = 1500
# How much a fact's vector weighs against one of another act: a fact sent elsewhere costs an answer.
_FACT_WEIGHT = 8.0

Examples = list[tuple[str, str]]
"""Messages with their acts."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("clinc", "squad", "canard"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--write", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    clinc = json.loads(options.clinc.read_text("utf-8"))
    squad = [qa["question"] for line in read_lines(options.squad) for qa in line["qas"]]
    followups = [line["question"] for line in read_lines(options.canard)]
    draw = random.Random(0)
    draw.shuffle(squad)
    own, own_held_out = phrases(draw)
    fitted = (
        own + clinc_acts(clinc["train"]) + facts([*squad[5_000 : 5_000 + _FACTS], *followups[: len(followups) // 2]])
    )
    fitted = [*fitted, *clinc_acts(clinc["oos_train"])]
    encoder = SentenceEncoder()
    classifier = fit(fitted, encoder)
    measured = {
        "CLINC150, test": clinc_acts(clinc["test"]),
        "own phrases, patterns left out": own_held_out,
        "SQuAD, other questions": facts(squad[:5_000]),
        "CANARD, other half": facts(followups[len(followups) // 2 :]),
    }
    for name, examples in measured.items():
        report(name, examples, classifier, encoder)
    if options.write:
        options.write.mkdir(parents=True, exist_ok=True)
        values = {
            "encoder_sha256": classifier.encoder_sha256,
            "acts": classifier.acts,
            "weights": np.round(classifier.weights.astype(float), 2).tolist(),
            "bias": np.round(classifier.bias.astype(float), 2).tolist(),
        }
        (options.write / WEIGHTS).write_text(json.dumps(values, separators=(",", ":")) + "\n", encoding="utf-8")


def phrases(draw: random.Random) -> tuple[Examples, Examples]:
    """Return examples of our own phrases, and every tenth of an act, which is left out of the fit."""
    fitted: Examples = []
    left_out: Examples = []
    for act, patterns in PATTERNS.items():
        per_pattern = [list(readings(pattern)) for pattern in patterns]
        most = max(40, _MOST_PHRASES // len(patterns))
        found = [text for texts in per_pattern for text in (texts if len(texts) <= most else draw.sample(texts, most))]
        draw.shuffle(found)
        tenth = len(found) // 10
        left_out += [(text, act) for text in found[:tenth]]
        fitted += [(text, act) for text in found[tenth:]]
    return fitted, left_out


def clinc_acts(rows: Iterable[Sequence[str]]) -> Examples:
    """Return CLINC150's messages with their acts."""
    return [(text, _CLINC.get(intent, FACT)) for text, intent in rows if intent not in _UNUSED]


def facts(questions: Iterable[str]) -> Examples:
    return [(question, FACT) for question in questions]


def fit(examples: Examples, encoder: SentenceEncoder) -> ActClassifier:
    """Return the classifier fitted to the examples; each act weighs as much as its number of examples, facts eight times."""
    vectors = encoder.encode_documents([text for text, _ in examples])
    labels = [act for _, act in examples]
    model = LogisticRegression(C=30.0, max_iter=300, class_weight={FACT: _FACT_WEIGHT})
    model.fit(vectors, labels)
    return ActClassifier(
        PACKAGED_SHA256,
        tuple(str(act) for act in model.classes_),
        model.coef_.astype(np.float32),
        model.intercept_.astype(np.float32),
    )


def report(name: str, examples: Examples, classifier: ActClassifier, encoder: SentenceEncoder) -> None:
    """Print how many messages get their act, and at which probability facts are taken for something else."""
    vectors = encoder.encode_documents([text for text, _ in examples])
    found = [classifier.likeliest(vector) for vector in vectors]
    print(f"\n{name}: {len(examples)} messages")
    acts = [i for i, (_, act) in enumerate(examples) if act != FACT]
    for least in (0.5, 0.7, 0.8, 0.9, 0.95):
        right = sum(found[i][0] == examples[i][1] and found[i][1] >= least for i in acts)
        other = sum(found[i][0] not in (FACT, examples[i][1]) and found[i][1] >= least for i in acts)
        away = sum(found[i][0] != FACT and found[i][1] >= least for i, (_, act) in enumerate(examples) if act == FACT)
        count = len(examples) - len(acts)
        shares = [f"{right / len(acts):.1%} right, {other / len(acts):.1%} another act"] if acts else []
        shares += [f"{away} of {count} facts away ({away / count:.2%})"] if count else []
        print(f"  from {least}: {'; '.join(shares)}")
    pairs = zip(examples, found, strict=True)
    wrong = [(text, act, taken, sure) for (text, act), (taken, sure) in pairs if taken != act and sure > 0.7]
    print("  ", Counter((act, taken) for _, act, taken, _ in wrong).most_common(8))
    for text, act, taken, sure in wrong[:12]:
        print(f"    {text!r} is {act}, taken for {taken} ({sure:.2f})")


if __name__ == "__main__":
    main()
