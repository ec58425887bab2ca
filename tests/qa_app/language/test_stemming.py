from concurrent.futures import ThreadPoolExecutor

import pytest

from qa_app.language.stemming import stem


@pytest.mark.parametrize(
    "words",
    [
        "construct constructs constructed constructing construction",
        "run runs running",
        "city cities",
        "study studies studied studying",
        "stop stops stopped stopping",
        "nation nations",
        "happy happiness",
        "define defines defined defining",
        "use used using uses",
        "beautiful beautifully",
        "marry married marries marrying",
    ],
)
def test_inflections_share_their_stem(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 1


def test_different_words_keep_different_stems() -> None:
    assert len({stem(word) for word in "nation native university ran generous generator".split()}) == 6


def test_threads_do_not_disturb_each_other() -> None:
    words = [f"constructing{i}ions" for i in range(300)]
    with ThreadPoolExecutor(8) as pool:
        at_once = list(pool.map(stem, words * 3))
    stem.cache_clear()
    assert at_once == [stem(word) for word in words] * 3
