import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.decoding import decode_text
from embeddings.errors import UnreadableFile

RUSSIAN = (
    "Вчера в Казани прошла встреча делегации Туркменистана с руководителем исполнительного комитета города. "
    "Стороны обсудили развитие городской среды и цифровые услуги для жителей. Встреча была полезной."
)


def test_utf8_is_unchanged() -> None:
    text = "Naïve “quotes”, Москва, 日本 and 👍.\n\tTab.\n"
    assert decode_text(text.encode(), "a.txt") == text


def test_the_byte_order_mark_of_utf8_is_dropped() -> None:
    assert decode_text(codecs.BOM_UTF8 + "Šibenik.".encode(), "a.txt") == "Šibenik."


@pytest.mark.parametrize(
    "data",
    [codecs.BOM_UTF16_LE + RUSSIAN.encode("utf-16-le"), codecs.BOM_UTF16_BE + RUSSIAN.encode("utf-16-be")],
    ids=["little endian", "big endian"],
)
def test_utf16_with_a_byte_order_mark_is_decoded(data: bytes) -> None:
    assert decode_text(data, "a.txt") == RUSSIAN


def test_a_few_sentences_of_russian_in_windows_1251_are_detected() -> None:
    assert decode_text(RUSSIAN.encode("cp1251"), "a.txt") == RUSSIAN


def test_french_in_windows_1252_is_detected() -> None:
    text = "Le café était fermé. L'été dernier, la société a été créée à Genève, près de l'hôtel où il séjournait."
    assert decode_text(text.encode("cp1252"), "a.txt") == text


def test_every_kind_of_newline_becomes_one_character() -> None:
    assert decode_text(b"one\r\ntwo\rthree\nfour\r\n\r\nfive", "a.txt") == "one\ntwo\nthree\nfour\n\nfive"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b" \n\t\r\n ", "only white space"),
        ("\u00a0\u2028\u3000".encode(), "only white space"),
        (codecs.BOM_UTF8, "only white space"),
        (codecs.BOM_UTF16_LE, "only white space"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary"),
        (b"plain words and one \x00 byte", "binary"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8\x00", "damaged UTF-16"),
        (bytes(range(1, 256)) * 4, "unknown encoding"),
    ],
)
def test_files_without_text_are_refused_with_name_and_reason(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        decode_text(data, "sub/a.txt")
    assert caught.value.what.startswith("sub/a.txt ")
    assert reason in caught.value.what
    assert caught.value.next_step


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\ufeff"), min_size=1))
def test_text_saved_as_utf8_is_decoded_unchanged(text: str) -> None:
    if text.strip():
        assert decode_text(text.encode(), "a.txt") == text


@given(
    st.one_of(
        st.binary(min_size=1, max_size=400), st.text(min_size=1).map(lambda text: text.encode("utf-7", "replace"))
    )
)
def test_any_bytes_give_storable_text_or_a_reason(data: bytes) -> None:
    try:
        text = decode_text(data, "a.txt")
    except UnreadableFile as error:
        assert error.what.startswith("a.txt ")
    else:
        assert text.strip()
        assert "\r" not in text
        assert text.encode().decode() == text
