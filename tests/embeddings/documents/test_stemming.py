from concurrent.futures import ThreadPoolExecutor

import pytest

from embeddings.documents.stemming import fold, lower, stems


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "construct constructs constructed constructing construction"),
        ("en", "city cities"),
        ("en", "study studies studied studying"),
        ("en", "happy happiness"),
        ("en", "use used using uses"),
        ("en", "marry married marries marrying"),
        ("ru", "республика республики республику республикой"),
        ("ru", "самолёт самолетами"),
        ("de", "haus hause hauses häuser"),
        ("tr", "üniversite üniversitesi üniversitelerinde üniversitesinden"),
        ("kk", "облыс облысы облысында облыстарының"),
        ("az", "kitab kitabı kitabları kitablardan"),
    ],
)
def test_inflections_share_their_stem(language: str, words: str) -> None:
    assert len(set(stems(words.split(), language))) == 1


def test_different_words_keep_different_stems() -> None:
    assert len(set(stems("nation native university ran generous generator".split(), "en"))) == 6


def test_a_language_without_a_stemmer_has_the_first_five_letters() -> None:
    assert stems(["университеттің", "ел"], "kk") == ["униве", "ел"]


def test_a_capital_i_is_dotless_in_turkish() -> None:
    assert (lower("ISPARTA İzmir", "tr"), lower("ISPARTA", "en")) == ("ısparta izmir", "isparta")


def test_letters_that_keyboards_lack_are_folded() -> None:
    assert fold("Yıldız, Łódź, Sørensen, Đorđe, ёлка, Straße") == "Yildiz, Lódź, Sorensen, Dorde, елка, Strasse"


def test_threads_do_not_disturb_each_other() -> None:
    words = [[f"constructing{i}ions"] for i in range(300)]
    with ThreadPoolExecutor(8) as pool:
        at_once = list(pool.map(lambda one: stems(one, "en"), words * 3))
    assert at_once == [stems(one, "en") for one in words] * 3
