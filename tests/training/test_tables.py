"""Made-up tables hold the answer in their first row alone, or lack the row or the column that is asked for."""

import random
import re
from collections import Counter

from training.tables import table

NAMES = tuple(
    f"{first} {last}" for first in ("Anna", "Erik", "Maja", "Olof") for last in ("Dahl", "Ek", "Borg", "Strand")
)


def test_an_answer_stands_in_the_first_row_in_whole_words() -> None:
    answered = 0
    for seed in range(300):
        shown = table(NAMES, "Moss", random.Random(seed))
        assert shown is not None
        assert len(shown.contexts) == len(shown.bodies) >= 2
        assert all(context.startswith("Moss ") for context in shown.contexts)
        for answer in shown.answers:
            answered += 1
            assert re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", shown.bodies[0])
    assert 120 < answered < 210


def test_rows_fields_and_lists_are_made() -> None:
    forms: Counter[str] = Counter()
    for seed in range(200):
        shown = table(NAMES, "Moss", random.Random(seed))
        assert shown is not None
        forms["row" if ";" in shown.bodies[0] else "item" if shown.bodies[0].count(": ") == 1 else "field"] += 1
    assert min(forms.values()) > 30
    assert set(forms) == {"row", "item", "field"}


def test_a_question_about_a_missing_row_names_none_of_the_rows() -> None:
    strangers = 0
    for seed in range(300):
        shown = table(NAMES, "Moss", random.Random(seed))
        assert shown is not None
        everything = " ".join([*shown.contexts, *shown.bodies])
        named = [name for name in NAMES if name in shown.question]
        if not shown.answers and named and not any(name in everything for name in named):
            strangers += 1
    assert strangers > 20


def test_few_names_make_no_table() -> None:
    assert table(NAMES[:9], "Moss", random.Random(0)) is None
