import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.decoding import Decoded, decode, decode_text
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


def test_a_few_sentences_of_russian_in_windows_1251_are_detected_and_said_to_be_guessed() -> None:
    decoded = decode(RUSSIAN.encode("cp1251"), "a.txt")
    assert (decoded.text, decoded.notes) == (RUSSIAN, ("read as windows-1251 (guessed)",))
    assert decode(RUSSIAN.encode(), "a.txt").notes == ()


FOREIGN = {
    "ru": RUSSIAN,
    "uk": "Місто збирає дощову воду в баках під вулицями. Її вистачає на дев'ять тижнів без дощу. Їх збудували торік.",
    "kk": "Қала жаңбыр суын көше астындағы бактарға жинайды. Ол тоғыз аптаға жетеді. Оны өткен жылы Өскемен салды.",
    "tr": "Şehir, yağmur suyunu sokakların altındaki depolarda topluyor. Dokuz hafta yetiyor. İki yılda inşa edildi.",
    "pl": "Miasto zbiera wodę deszczową w zbiornikach pod ulicami. Wystarcza na dziewięć tygodni. Zbudowano je w zeszłym roku.",
    "cs": "Město sbírá dešťovou vodu v nádržích pod ulicemi. Vystačí na devět týdnů. Řeka je příliš daleko od náměstí.",
    "el": "Η πόλη συλλέγει το νερό της βροχής σε δεξαμενές κάτω από τους δρόμους. Φτάνει για εννέα εβδομάδες.",
    "he": "העיר אוספת את מי הגשמים במכלים מתחת לרחובות. המים מספיקים לתשעה שבועות ללא גשם.",
    "ar": "تجمع المدينة مياه الأمطار في خزانات تحت الشوارع. تكفي المياه لتسعة أسابيع بدون مطر.",
    "lt": "Miestas renka lietaus vandenį talpyklose po gatvėmis. Jo užtenka devynioms savaitėms. Šiemet jų bus daugiau.",
    "de": "Die Stadt sammelt das Regenwasser in Behältern unter den Straßen. Es reicht für neun Wochen. Ähnlich ist es in Köln.",
}


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        ("ru", "cp1251"), ("ru", "koi8-r"), ("ru", "iso8859-5"), ("ru", "cp866"), ("uk", "cp1251"), ("uk", "koi8-u"),
        ("kk", "kz1048"), ("tr", "cp1254"), ("tr", "iso8859-9"), ("pl", "cp1250"), ("cs", "cp1250"), ("pl", "iso8859-2"),
        ("el", "cp1253"), ("he", "cp1255"), ("ar", "cp1256"), ("lt", "cp1257"), ("de", "cp1252"), ("de", "iso8859-1"),
    ],
)  # fmt: skip
def test_three_sentences_in_a_code_page_are_detected(language: str, encoding: str) -> None:
    decoded = decode(FOREIGN[language].encode(encoding), "a.txt")
    assert decoded.text == FOREIGN[language]
    assert decoded.guessed


@pytest.mark.parametrize("language", FOREIGN)
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("marked", [True, False], ids=["marked", "unmarked"])
def test_text_in_wide_characters_is_decoded_with_and_without_a_mark(language: str, encoding: str, marked: bool) -> None:
    text = FOREIGN[language]
    data = (("\ufeff" if marked else "") + text).encode(encoding)
    assert decode(data, "a.txt") == Decoded(text, encoding, guessed=not marked)


def test_utf8_is_not_a_guess() -> None:
    assert decode("Аркадаг".encode(), "a.txt") == Decoded("Аркадаг", "utf-8", False)


@pytest.mark.parametrize("bad", [b"\x92", b"\xe9", b"\xff", b"\xd0", b"\xf0\x9f"])
@pytest.mark.parametrize("language", FOREIGN)
def test_a_bad_byte_in_utf8_costs_one_character(language: str, bad: bytes) -> None:
    words = FOREIGN[language]
    decoded = decode(f"{words} ".encode() + bad + f" {words}".encode(), "a.txt")
    assert decoded == Decoded(f"{words} \ufffd {words}", "utf-8", guessed=True)


@pytest.mark.parametrize("language", FOREIGN)
def test_utf8_that_is_cut_anywhere_is_utf8(language: str) -> None:
    data = FOREIGN[language].encode()
    for end in range(len(data) - 12, len(data)):
        decoded = decode(data[:end], "a.txt")
        assert (decoded.encoding, FOREIGN[language].startswith(decoded.text.rstrip("\ufffd"))) == ("utf-8", True)


def test_english_that_is_cut_inside_its_only_quotation_mark_is_utf8() -> None:
    assert decode("He said: “".encode()[:-1], "a.txt").text == "He said: \ufffd"


def test_one_accent_at_the_end_of_a_text_is_windows_1252() -> None:
    assert decode("We met in the café".encode("cp1252"), "a.txt").text == "We met in the café"


def test_wide_text_that_is_cut_loses_a_character() -> None:
    data = codecs.BOM_UTF16_LE + RUSSIAN.encode("utf-16-le")
    assert decode(data[:-1], "a.txt").text == RUSSIAN[:-1] + "\ufffd"


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
