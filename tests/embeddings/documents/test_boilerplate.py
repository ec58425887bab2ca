from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given

from embeddings.config import ChunkingConfig, IndexConfig
from embeddings.documents.chunks import chunk_document
from embeddings.documents.document import Document
from embeddings.documents.read_document import read_documents
from tests.embeddings.helpers import document_of, left_after_boilerplate, uncovered
from tests.embeddings.odd_text import odd_texts

KAZAN = "Arkadag_delegation_visits_Kazan.txt"
FIZULI = "Presidents_inspect_reconstruction_in_Fizuli.txt"
FIZULI_TITLE = "Restoring hope: Presidents inspect reconstruction efforts in Fizuli"
HEADLINE = (
    "Сможет ли Москва сорвать уход Еревана под крыло Запада? - беседа с экспертом по Центральной Азии"
    ' Аркадиtv Дубновым в программе "Çətin sual"'
)
PROSE = "The city collects the rain in tanks under its streets, and so it needs half of the water."
MORE_PROSE = "The tanks were built in two years by a firm from Ashgabat and hold water for nine dry weeks."


def seed(seeds: Path, name: str) -> Document:
    return read_documents(seeds, name, IndexConfig().max_file_bytes).documents[0]


def pieces(document: Document) -> list[tuple[str, str]]:
    return [(piece.reason, document.text[piece.start : piece.end]) for piece in document.boilerplate]


def test_the_boilerplate_of_the_seed_from_kazan_is_its_date_line_and_sign_off(seeds: Path) -> None:
    document = seed(seeds, KAZAN)
    assert pieces(document) == [("header", "date"), ("sign-off", "///nCa, 16 May 2024")]
    assert (document.title, document.date, document.source) == (
        "Arkadag delegation visits Kazan",
        "2024-05-17",
        "nCa",
    )


def test_the_boilerplate_of_the_seed_from_fizuli_is_its_titles_navigation_and_a_russian_headline(seeds: Path) -> None:
    document = seed(seeds, FIZULI)
    assert pieces(document) == [
        ("title", FIZULI_TITLE),
        ("navigation", "Leave a review"),
        ("navigation", "Economics"),
        ("another language", HEADLINE),
        ("navigation", "Follow us on social networks"),
        ("navigation", "News Line"),
    ]
    assert (document.title, document.date, document.source) == (FIZULI_TITLE, None, None)


@pytest.mark.parametrize("name", [KAZAN, FIZULI])
def test_the_chunks_of_a_seed_are_all_its_prose_and_nothing_else(seeds: Path, name: str) -> None:
    document = seed(seeds, name)
    chunks = chunk_document(document, ChunkingConfig())
    shown = "\n".join(chunk.text for chunk in chunks)
    for words in ("Сможет", "Çətin", "Leave a review", "Economics", "Follow us", "News Line", FIZULI_TITLE, "///nCa"):
        assert words not in shown
    assert uncovered(left_after_boilerplate(document), [(chunk.start, chunk.end) for chunk in chunks]) == ""
    prose = {
        KAZAN: ("During the working visit", "Last year, Arkadag and Kazan became twin cities."),
        FIZULI: ("The second day of Kazakh President", "promote cultural exchange."),
    }[name]
    assert prose[0] in chunks[0].text
    assert chunks[-1].text.endswith(prose[1])


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        f"{PROSE}\n\n{MORE_PROSE}\n\n- roads\n- water\n- light",
        f"It rained.\n\n{PROSE}\n\nStay informed.",
        "Дождь собирают в баках под улицами города, и воды теперь нужно вдвое меньше, чем раньше.",
        f'{PROSE}\n\nHe said: "Привет, мир, как дела у вас сегодня?" and left the room at once.\n\n{MORE_PROSE}',
        f"{PROSE}\n\nShare prices fell on Monday after the news.\n\nTweets were read aloud in the hall.",
        "A short line\nanother short line\nand a third",
    ],
    ids=["one paragraph", "list", "short lines", "russian", "quoted russian", "words of navigation", "no sentence"],
)
def test_a_text_without_boilerplate_loses_nothing(text: str) -> None:
    assert document_of(text).boilerplate == ()


@pytest.mark.parametrize(
    "line",
    [
        "(c) the buyer pays within thirty days of delivery.",
        "Copyright law protects authors for seventy years after their death.",
        "Privacy policy was the subject of the second day.",
        "Terms of service were changed in May, the company said.",
    ],
)
def test_a_sentence_that_begins_like_navigation_is_kept(line: str) -> None:
    assert pieces(document_of(f"{PROSE}\n\n{line}\n\n{MORE_PROSE}")) == []


def test_short_sentences_after_a_line_of_navigation_are_kept() -> None:
    document = document_of("Rain fell on the city.\nShare\nThe tanks were full by noon.\nNo pump failed.")
    assert pieces(document) == [("navigation", "Share")]


@pytest.mark.parametrize(
    "line", ["Follow us on X", "Leave a comment", "12 comments", "READ ALSO: the dam", "Поделиться"]
)
def test_a_line_of_navigation_is_left_out_anywhere(line: str) -> None:
    document = document_of(f"{PROSE}\n\n{line}\n\n{MORE_PROSE}")
    assert [text for _, text in pieces(document)] == [line]


def test_after_the_last_prose_everything_from_the_first_navigation_on_is_boilerplate() -> None:
    document = document_of(f"{PROSE}\n\nThe end\n\nLeave a review\n\nSport\n\nWeather\n")
    assert [text for _, text in pieces(document)] == ["Leave a review", "Sport", "Weather"]


def test_a_quotation_in_another_script_inside_the_article_is_kept() -> None:
    document = document_of(f"{PROSE}\n\nСможет ли Москва сорвать уход\n\n{MORE_PROSE}")
    assert pieces(document) == []


def test_a_page_of_nothing_but_boilerplate_is_kept_whole() -> None:
    assert document_of("Follow us on X\n\nLeave a review\n").boilerplate == ()


@given(odd_texts)
def test_boilerplate_is_trimmed_in_order_without_overlap_and_leaves_something(text: str) -> None:
    document = document_of(text)
    assert all(0 <= piece.start < piece.end <= len(text) for piece in document.boilerplate)
    assert all(one.end <= other.start for one, other in pairwise(document.boilerplate))
    assert bool(left_after_boilerplate(document).strip()) == bool(text.strip())


# -- where and beside what a line stands

ARTICLE = f"{PROSE}\n\n{MORE_PROSE}"


@pytest.mark.parametrize(
    "line",
    [
        "Print this form and bring it to the town hall by Friday noon",
        "Join us on 3 May for the race of the old boats",
        "Sign up for the rowing course at the harbour office",
        "Find us on the market square every Saturday",
        "Subscribe to the harbour fund with a coin a week",
        "Read more books than last year: the library's plan for the young",
        "Contact us",
        "Harbour office: 0123 456 789",
        "More from the sea than from the land came in that year, and the quay was too short for all the boats that lay there.",
    ],
)
@pytest.mark.parametrize("place", ["{line}\n\n{article}", "{article}\n\n{line}", "{prose}\n\n{line}\n\n{article}"])
def test_a_line_that_begins_like_a_button_is_kept(line: str, place: str) -> None:
    document = document_of(place.format(line=line, prose=PROSE, article=ARTICLE))
    assert line in left_after_boilerplate(document) or document.title == line


def test_a_cookie_notice_and_its_buttons_are_left_out_before_the_article() -> None:
    head = ["We use cookies to make this site better for you.", "Accept all", "Reject all", "Log in"]
    document = document_of("\n\n".join([*head, ARTICLE]))
    assert pieces(document) == [("notice", head[0]), *(("navigation", line) for line in head[1:])]


def test_a_newsletter_and_a_limit_of_articles_are_left_out_after_the_article() -> None:
    tail = [
        "The news of the week in your inbox: enter your email to subscribe, it is free of charge.",
        "You have read 3 of 4 free articles.",
        "Harbour Press Ltd, Port. We use cookies to improve your experience on our site and for nothing else.",
    ]
    document = document_of("\n\n".join([ARTICLE, *tail]))
    assert pieces(document) == [("notice", line) for line in tail]


def test_an_article_about_cookies_keeps_its_notices() -> None:
    notice = "We use cookies to improve your experience on our site, says the page that the judges had to read."
    text = f"{notice}\n\nThe judges found that a cookie needs the consent of whoever reads the page.\n\n{PROSE}"
    assert document_of(text).boilerplate == ()


def test_lists_of_other_articles_are_left_out_after_the_article() -> None:
    tail = [
        "Recommended for you",
        "Cat sails to Holm",
        "More from Anna Berg",
        "How to build a quay",
        "Is it deep enough?",
    ]
    document = document_of("\n\n".join([ARTICLE, *tail]))
    assert pieces(document) == [("other articles", line) for line in tail]


def test_a_list_of_other_articles_may_have_teasers() -> None:
    tail = [
        "Most read",
        "Cat sails to Holm",
        "A cat from Port has sailed to Holm and back in an empty barrel of herring.",
    ]
    document = document_of("\n\n".join([ARTICLE, *tail]))
    assert pieces(document) == [("other articles", line) for line in tail]


def test_what_looks_like_a_list_of_other_articles_inside_the_article_is_kept() -> None:
    text = f"{PROSE}\n\nTop stories\n\nThe third floor\n\n{MORE_PROSE} It was opened in 1911. Nobody came."
    assert document_of(text).boilerplate == ()


def test_readers_comments_are_left_out() -> None:
    comments = [
        "2 comments",
        "boatman7",
        "3 hours ago",
        f"I was there. {PROSE}",
        "Reply",
        "kos",
        "1 day ago",
        MORE_PROSE,
    ]
    document = document_of("\n\n".join([ARTICLE, *comments, "Load more comments"]))
    assert left_after_boilerplate(document).strip() == ARTICLE


def test_a_chapter_of_comments_is_kept() -> None:
    text = f"{ARTICLE}\n\nComments\n\nThe board thanks the town for its patience.\n\n{PROSE}"
    assert document_of(text).boilerplate == ()


def test_an_article_after_readers_comments_is_kept() -> None:
    text = "\n\n".join([ARTICLE, "1 comment", "boatman7", "3 hours ago", "I was there.", *[PROSE, MORE_PROSE] * 4])
    assert left_after_boilerplate(document_of(text)).count(PROSE) == 5


def test_a_wrapped_sentence_is_not_taken_line_by_line() -> None:
    text = f"{ARTICLE}\n\nFollow us on X\n\nThe harbour office lends oars and boats to all who\nask for them before noon, and to nobody after noon."
    assert [words for _, words in pieces(document_of(text))] == ["Follow us on X"]


def test_sentences_and_numbers_after_a_control_are_kept() -> None:
    document = document_of(
        f"{ARTICLE}\n\nShare\n\nThe office opens at nine.\n\nTelephone: 0123 456\n\nSport\n\nStay informed."
    )
    assert [words for _, words in pieces(document)] == ["Share", "Sport", "Stay informed."]


def test_a_copyright_line_is_left_out_at_the_foot_only() -> None:
    line = "© 2024 Harbour Press. All rights reserved."
    assert pieces(document_of(f"{ARTICLE}\n\n{line}")) == [("navigation", line)]
    assert pieces(document_of(f"{PROSE}\n\n{line}\n\n{MORE_PROSE}")) == []
