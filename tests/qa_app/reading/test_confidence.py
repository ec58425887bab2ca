import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.errors import ModelUnavailable
from qa_app.reading.confidence import (
    CALIBRATION,
    FEATURES,
    Calibration,
    Logistic,
    load_calibration,
    save_calibration,
)

weights = st.floats(-3, 3).map(lambda value: round(value, 3))
logistics = st.builds(Logistic, **dict.fromkeys((*FEATURES, "bias"), weights))
calibrations = st.builds(Calibration, logistics, logistics, logistics, st.text("0123456789abcdef"))
rows = st.lists(st.floats(-30, 30), min_size=5, max_size=5)
SOME = Logistic(odds=0.5, rivals=-0.25, share=3.0, relevance=0.125, search=2.0, bias=-1.0)


@given(calibration=calibrations)
def test_a_calibration_is_loaded_as_it_was_saved(
    calibration: Calibration, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    save_calibration(calibration, folder)
    assert load_calibration(folder) == calibration


@given(logistics, st.lists(rows, min_size=1, max_size=5))
def test_probabilities_are_between_0_and_1(calibration: Logistic, features: list[list[float]]) -> None:
    probabilities = calibration.probability(np.array(features))
    assert probabilities.shape == (len(features),)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()


@given(logistics, rows, st.integers(0, 4), st.floats(0.1, 10))
def test_a_higher_feature_moves_the_probability_in_the_direction_of_its_weight(
    calibration: Logistic, row: list[float], feature: int, more: float
) -> None:
    raised = [value + more * (i == feature) for i, value in enumerate(row)]
    lower, higher = calibration.probability(np.array([row, raised]))
    weight = getattr(calibration, FEATURES[feature])
    if weight >= 0:
        assert higher >= lower
    if weight <= 0:
        assert higher <= lower


def test_the_probability_is_the_logistic_function_of_the_weighted_features() -> None:
    (even, some) = SOME.probability(np.array([[0.0, 0.0, 0.0, 0.0, 0.5], [4.0, 2.0, -0.5, 8.0, -0.25]]))
    assert even == pytest.approx(0.5)
    assert some == pytest.approx(1 / (1 + np.exp(-0.5 * 4 + 0.25 * 2 + 3.0 * 0.5 - 0.125 * 8 + 2.0 * 0.25 + 1)))


@pytest.mark.filterwarnings("error")
def test_extreme_features_give_certainty_without_a_warning() -> None:
    rows = np.array([[1e5, 0.0, 0.0, 0.0, 0.0], [-1e5, 0.0, 0.0, 0.0, 0.0]])
    assert SOME.probability(rows).tolist() == [1.0, 0.0]


GOOD = dict.fromkeys((*FEATURES, "bias"), 1.0)


def written(weights: object) -> str:
    """A calibration file with these weights for the words."""
    return json.dumps({"choice": GOOD, "sentence": GOOD, "words": weights, "encoder_sha256": "53aa"})


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "7",
        "null",
        written(GOOD | {"odds": "much"}),
        written(GOOD | {"odds": None}),
        written(GOOD | {"odds": [1]}),
        written(GOOD | {"odds": float("nan")}),
        written(GOOD | {"bias": float("inf")}),
        written(GOOD | {"luck": 1.0}),
        written({name: value for name, value in GOOD.items() if name != "bias"}),
        written([1.0]),
        json.dumps({"sentence": GOOD, "encoder_sha256": "53aa"}),
        json.dumps({"choice": GOOD, "sentence": GOOD, "words": GOOD}),
        json.dumps(GOOD),
        "\udcff",
    ],
)
def test_a_malformed_calibration_is_refused_with_its_name_and_the_next_step(tmp_path: Path, content: str) -> None:
    (tmp_path / CALIBRATION).write_text(content, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(ModelUnavailable, match=CALIBRATION) as caught:
        load_calibration(tmp_path)
    assert "training.calibrate" in caught.value.next_step


def test_a_missing_calibration_is_refused_with_its_name_and_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=CALIBRATION) as caught:
        load_calibration(tmp_path)
    assert "training.calibrate" in caught.value.next_step
