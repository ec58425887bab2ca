from concurrent.futures import ThreadPoolExecutor

import pytest

from embeddings.documents.language import detect_language

SENTENCES = {
    "en": "The harbour office said on Monday that the ferry will cost more from April on.",
    "de": "Das Hafenamt teilte am Montag mit, dass die Fähre ab April mehr kosten wird.",
    "fr": "Le bureau du port a annoncé lundi que le ferry coûtera plus cher à partir d'avril.",
    "ru": "Управление порта сообщило в понедельник, что с апреля паром подорожает.",
    "tr": "Liman idaresi pazartesi günü feribotun nisandan itibaren daha pahalı olacağını söyledi.",
    "tk": "Port edarasy duşenbe güni paromyň aprel aýyndan başlap gymmatlajakdygyny habar berdi.",
    "kk": "Порт басқармасы дүйсенбіде сәуірден бастап паромның қымбаттайтынын хабарлады.",
    "uz": "Port boshqarmasi dushanba kuni parom aprel oyidan qimmatlashishini ma’lum qildi.",
    "ja": "港湾局は月曜日に、フェリーの料金が四月から値上げされると発表した。市民は驚いている。",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_a_sentence_is_enough(language: str) -> None:
    assert detect_language(SENTENCES[language]) == language


@pytest.mark.parametrize("text", ["", "OK", "Lomvik", "12 34 | 56 78\n" * 100, "— … !? " * 50])
def test_too_little_text_and_no_words_have_no_language(text: str) -> None:
    assert detect_language(text) is None


def test_the_middle_decides() -> None:
    assert detect_language(SENTENCES["en"] + SENTENCES["ru"] * 40 + SENTENCES["en"]) == "ru"


def test_several_threads_load_one_model() -> None:
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(detect_language, [SENTENCES["tk"]] * 8)) == {"tk"}
