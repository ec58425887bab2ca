import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.dates import parse_date
from embeddings.documents.metadata import read_metadata
from tests.embeddings.helpers import document_of, left_after_boilerplate
from tests.embeddings.odd_text import odd_texts

PROSE = "The city collects the rain in tanks. It uses half of the water that it used before."


def spans(text: str, found: tuple[tuple[int, int], ...]) -> list[str]:
    return [text[slice(*span)] for span in found]


def test_front_matter_is_read_and_is_header() -> None:
    front = '---\ntitle: "Rain: a plan"\ndate: 2024-05-17\nsource: nCa\ntags: [a, b]\n---\n'
    found = read_metadata(front + PROSE, "a.md")
    assert (found.title, found.date, found.source) == ("Rain: a plan", "2024-05-17", "nCa")
    assert spans(front + PROSE, found.header) == [front]


def test_front_matter_dates_may_have_a_time_or_be_words() -> None:
    for written in ("2024-05-17 10:00:00", "2024-05-17T10:00:00Z", "17 May 2024", '"May 17, 2024"'):
        assert read_metadata(f"---\ndate: {written}\n---\n{PROSE}", "a.md").date == "2024-05-17"


@pytest.mark.parametrize("block", ["not: [yaml", "- a list", "just words", "a: b: c"])
def test_rules_around_ordinary_text_are_not_front_matter(block: str) -> None:
    assert read_metadata(f"---\n{block}\n---\n{PROSE}", "A_name.md").header == ()


def test_a_repeated_rule_is_not_a_title() -> None:
    assert read_metadata(f"---\njust words\n---\n{PROSE}", "A_name.md").title == "A name"


@pytest.mark.parametrize(
    "block",
    [
        pytest.param("date: 2024-13-45"),
        pytest.param("title: " + "[" * 2000),
        "title: !!python/object:os.system {}",
        "? {a: b}\n: c",
        "title: *unknown",
        "title: \x07",
    ],
    ids=["impossible date", "deep nesting", "tag", "key that cannot be hashed", "unknown alias", "control character"],
)
def test_front_matter_that_yaml_cannot_read_does_no_harm(block: str) -> None:
    found = read_metadata(f"---\n{block}\n---\nRain in tanks\n\n{PROSE}", "A_name.md")
    assert (found.date, found.source) == (None, None)


def test_header_lines_are_read_in_any_order_and_case() -> None:
    header = ["Date: 17 May 2024", "TITLE: Rain in tanks", "source: nCa", "URL: https://example.org/rain"]
    text = "\n".join(header) + f"\n\n{PROSE}"
    found = read_metadata(text, "a.txt")
    assert (found.title, found.date, found.source) == ("Rain in tanks", "2024-05-17", "nCa")
    assert spans(text, found.header) == header


def test_a_url_is_the_source_when_nothing_else_is() -> None:
    assert read_metadata(f"url: https://example.org/rain\n{PROSE}", "a.txt").source == "https://example.org/rain"


def test_the_first_place_with_a_value_wins() -> None:
    text = f"---\ntitle: From front matter\n---\ntitle: From a line\n\n# From a heading\n\n{PROSE}"
    assert read_metadata(text, "from_file.md").title == "From front matter"


@pytest.mark.parametrize("line", ["date 2024-05-17", " date 2024-05-17 ", "May 17, 2024", "Published on 17 May 2024"])
def test_a_line_with_only_a_date_is_header(line: str) -> None:
    text = f"{line}\n\n{PROSE}"
    found = read_metadata(text, "a.txt")
    assert found.date == "2024-05-17"
    assert spans(text, found.header) == [line.strip()]


def test_a_header_line_inside_the_article_is_text() -> None:
    found = read_metadata(f"{PROSE}\nDate: 17 May 2024\n{PROSE}", "a.txt")
    assert (found.date, found.header) == (None, ())


def test_a_date_line_without_a_date_is_text() -> None:
    assert read_metadata(f"Date: to be told\n{PROSE}", "a.txt").header == ()


def test_a_markdown_heading_is_the_title() -> None:
    text = f"# Rain in *tanks* ##\n{PROSE}"
    found = read_metadata(text, "a.md")
    assert found.title == "Rain in *tanks*"
    assert spans(text, found.title_lines) == ["# Rain in *tanks* ##"]


def test_a_repeated_line_is_the_title() -> None:
    text = f"Rain in tanks.\nRAIN in  tanks.\n\n{PROSE}"
    found = read_metadata(text, "a.txt")
    assert found.title == "Rain in tanks."
    assert spans(text, found.title_lines) == ["Rain in tanks.", "RAIN in  tanks."]


def test_a_lone_first_line_is_the_title() -> None:
    text = f"Rain in tanks\n\n{PROSE}"
    found = read_metadata(text, "a.txt")
    assert (found.title, spans(text, found.title_lines)) == ("Rain in tanks", ["Rain in tanks"])


@pytest.mark.parametrize(
    "first", ["It rained.", "Is it so? It is.", "The parts are:", "- roads", "* water", "long " * 50]
)
def test_a_first_line_that_is_not_a_title_stays_text(first: str) -> None:
    found = read_metadata(f"{first}\n\n{PROSE}", "Some_name.txt")
    assert (found.title, found.title_lines) == ("Some name", ())


def test_a_text_of_one_line_keeps_it() -> None:
    assert read_metadata("Rain in tanks", "Some_name.txt").title_lines == ()


def test_a_heading_other_than_the_given_title_stays_text() -> None:
    found = read_metadata(f"---\ntitle: Rain in tanks\n---\n# How the pumps work\n\n{PROSE}", "a.md")
    assert found.title == "Rain in tanks"
    assert found.title_lines == ()


def test_the_given_title_repeated_in_the_text_is_left_out() -> None:
    text = f"title: Rain in tanks\n\nRain in tanks\n\n{PROSE}"
    assert spans(text, read_metadata(text, "a.txt").title_lines) == ["Rain in tanks"]


@pytest.mark.parametrize(
    ("end", "source"),
    [
        ("///nCa, 17 May 2024", "nCa"),
        ("— TASS, May 17, 2024", "TASS"),
        ("(Reuters, 2024-05-17)", "Reuters"),
        ("-- The Daily Post, 17.05.2024.", "The Daily Post"),
    ],
)
def test_an_agency_signs_off_after_the_last_sentence(end: str, source: str) -> None:
    text = f"{PROSE} {end}\n"
    found = read_metadata(text, "a.txt")
    assert (found.source, found.date) == (source, "2024-05-17")
    assert found.sign_off is not None
    assert text[slice(*found.sign_off)] == end


def test_the_header_takes_precedence_over_the_sign_off() -> None:
    found = read_metadata(f"date 2024-05-17\nsource: The Post\n\n{PROSE} ///nCa, 16 May 2024", "a.txt")
    assert (found.source, found.date) == ("The Post", "2024-05-17")


@pytest.mark.parametrize("end", ["and/or more", "(see above, page 7)", "— he said, on Monday", "(Smith, 1990)"])
def test_a_bracket_or_a_dash_at_the_end_is_not_a_sign_off(end: str) -> None:
    assert read_metadata(f"{PROSE} {end}", "a.txt").sign_off is None


def test_a_source_in_brackets_in_the_middle_of_an_article_is_not_a_sign_off() -> None:
    middle = "The first such tank was described by its builder (Smith, 12 May 1990)."
    found = read_metadata("\n\n".join([PROSE, middle, PROSE, PROSE]), "a.txt")
    assert (found.sign_off, found.date, found.source) == (None, None, None)


def test_a_rule_of_slashes_is_skipped_quickly() -> None:
    started = time.perf_counter()
    assert read_metadata(f"{PROSE}\n{'/' * 10_000}", "a.txt").sign_off is None
    assert time.perf_counter() - started < 0.3


@given(odd_texts, st.sampled_from(["a.txt", "Ж_1.md"]))
def test_any_text_gives_metadata_with_spans_inside_it(text: str, path: str) -> None:
    found = read_metadata(text, path)
    assert found.title.strip()
    assert found.date is None or parse_date(found.date) == found.date
    pieces = [*found.header, *found.title_lines, *([found.sign_off] if found.sign_off else [])]
    assert all(0 <= start < end <= len(text) and text[start:end].strip() for start, end in pieces)


# -- a label before prose


@pytest.mark.parametrize(
    "line",
    [
        "Source: The dam was opened in 1911. It holds three cubic kilometres of water.",
        "Source: The ministry says that the dam holds three cubic kilometres.",
        "source: the river rises in the northern hills and flows south to the sea",
        "Source: " + "The dam was opened by Anna Berg in 1911, " * 8,
        "SOURCE: https://example.org/dam says that it was opened in 1911",
        "Source: Вода приходит с северных гор. Плотину открыли в 1911 году.",
        "Source: 水は北の山から来る。ダムは1911年に開かれた。",
        "Title: The dam was opened in 1911. It holds three cubic kilometres of water.",
        "Title: " + "The dam was opened by Anna Berg in 1911, " * 8,
        "Link: The bridge links the two halves of the town",
        "Date: 17 May 2024 was the day on which the dam was opened.",
        "Published: The book came out in 1911.",
    ],
)
@pytest.mark.parametrize("rest", ["", f"\n{PROSE}", f"\n\n{PROSE}", f"\nDate: 17 May 2024\n\n{PROSE}"])
def test_prose_after_a_label_stays_text(line: str, rest: str) -> None:
    document = document_of(line.strip() + rest, "A_name.txt")
    assert (document.title, document.source) == ("A name", None)
    assert document.text.startswith(line.strip())
    assert line.strip() in left_after_boilerplate(document)
    assert document.date == ("2024-05-17" if "Date: 17 May 2024\n" in rest else None)


@pytest.mark.parametrize(
    ("line", "author"),
    [("Author: Anna Berg", "Anna Berg"), ("By: Anna", "Anna"), ("By Anna Berg and Ivo Kos", "Anna Berg and Ivo Kos")],
)
def test_an_author_line_is_header_and_no_title(line: str, author: str) -> None:
    document = document_of(f"{line}\n\n{PROSE}", "A_name.txt")
    assert document.title == "A name"
    assert left_after_boilerplate(document).strip() == PROSE
    found = read_metadata(document.text, "A_name.txt")
    assert found.author == author
    assert found.author_span and document.text[slice(*found.author_span)] == author


def test_prose_after_an_author_label_stays_text_and_is_no_title() -> None:
    document = document_of(f"Author: Anna Berg wrote it in 1911. She lived in Port\n\n{PROSE}", "A_name.txt")
    assert document.title == "A name"
    assert left_after_boilerplate(document) == document.text


@pytest.mark.parametrize(
    "value",
    [
        "nCa",
        "Reuters.",
        "Ministry of Health.",
        "The Daily Post, 17 May 2024",
        "St. Petersburg Times",
        "Ministry of Health and Medical Industry of Turkmenistan",
        "U.S. Geological Survey, Department of the Interior",
        "Агентство новостей Туркменистана",
        "https://example.org/rain?day=1",
        "own work",
    ],
)
def test_a_short_source_is_header(value: str) -> None:
    document = document_of(f"Source: {value}\n\n{PROSE}")
    assert document.source == value
    assert left_after_boilerplate(document).strip() == PROSE


@pytest.mark.parametrize(
    "value", ["Is the dam safe?", "Rain in tanks", "How the city of Port collects the rain of a year"]
)
def test_a_title_in_one_phrase_is_header(value: str) -> None:
    document = document_of(f"Title: {value}\n\n{PROSE}")
    assert document.title == value
    assert left_after_boilerplate(document).strip() == PROSE


def test_a_title_that_is_a_sentence_is_the_title_and_stays_text() -> None:
    document = document_of(f"Title: The dam was opened in 1911.\n\n{PROSE}")
    assert document.title == "The dam was opened in 1911."
    assert left_after_boilerplate(document).startswith("Title: The dam was opened in 1911.")


@pytest.mark.parametrize(
    "summary",
    [
        "summary: The dam was opened in 1911. It holds three cubic kilometres.\n",
        'summary: "The dam was opened by Anna Berg in 1911."\n',
        "summary: >\n  The dam was opened by Anna Berg\n  in the spring of 1911.\n",
    ],
)
def test_prose_in_front_matter_stays_text(summary: str) -> None:
    document = document_of(f"---\ntitle: The dam\n{summary}tags: [dams, rivers, floods, towns, hills]\n---\n{PROSE}")
    left = left_after_boilerplate(document)
    assert document.title == "The dam"
    assert summary.strip() in left
    assert "tags" not in left and "title" not in left and PROSE in left


# -- what exports look like

STORY = (
    "The ferry to Holm sails again after two winters on land. It carries ninety people and no cars.\n\n"
    "A crossing takes half an hour. Children travel free of charge until the end of August."
)
EXPORTS = {
    "Obsidian": ("---\ntitle: Ferry to Holm\ncreated: 2024-05-17T08:00\nauthor:\n  - \"[[Ivo Kos]]\"\ntags:\n  - sea\n---\n", "Ivo Kos"),
    "Obsidian clipper": (
        '---\ntitle: "Ferry to Holm"\nsource: "https://example.org/ferry"\nauthor: Ivo Kos\npublished: 2024-05-17\n'
        "created: 2024-06-01\n---\n",
        "Ivo Kos",
    ),
    "Notion": ("# Ferry to Holm\n\nAuthor: Ivo Kos\nCreated: May 17, 2024 10:15 AM\nTags: sea, boats\n\n", "Ivo Kos"),
    "Hugo": ('+++\ntitle = "Ferry to Holm"\ndate = 2024-05-17T08:00:00+02:00\nauthors = ["Ivo Kos"]\n[params]\nx = 1\n+++\n', "Ivo Kos"),
    "Hugo, YAML": ("---\ntitle: Ferry to Holm\npublishDate: 2024-05-17\nlastmod: 2024-07-01\n---\n", None),
    "Jekyll": ("---\nlayout: post\ntitle: Ferry to Holm\ndate: 2024-05-17 08:00:00 +0200\nauthor: ivo\n---\n", "ivo"),
    "WordPress": ('---\ntitle: "Ferry to Holm"\ndate: "2024-05-17T08:00:00.000Z"\ncategories:\n- "sea"\n---\n', None),
    "Evernote": ("Ferry to Holm\n\nCreated: 2024-05-17 08:00\nUpdated: 2024-06-01 09:00\nAuthor: Ivo Kos\nSource: https://example.org/a\n\n", "Ivo Kos"),
    "Substack": ("# Ferry to Holm\n\n### It was missed.\n\nMay 17, 2024\n\n", None),
    "LexisNexis": (
        "Ferry to Holm\n\nMay 17, 2024 Friday\n\nBYLINE: Ivo Kos\n\nSECTION: NEWS; Pg. 4\n\nLENGTH: 450 words\n\n", "Ivo Kos"
    ),
    "Factiva": ("HD: Ferry to Holm\nBY: Ivo Kos\nPD: 17 May 2024\nSN: Holm Post\n\n", "Ivo Kos"),
    "Reuters": ("Ferry to Holm\n\nBy Ivo Kos\n\nHOLM, May 17, 2024 (Coast Wire) - ", "Ivo Kos"),
    "AP": ("Ferry to Holm\nBy Ivo Kos\nPublished 9:30 AM EDT, May 17, 2024\n\n", "Ivo Kos"),
    "mail": ("From: Ivo Kos\nTo: the board\nSubject: Ferry to Holm\nDate: Fri, 17 May 2024 09:30:00 +0200\n\n", "Ivo Kos"),
    "a blog": ("Ferry to Holm\n\nPosted on May 17, 2024 by Ivo Kos\n\n", "Ivo Kos"),
    "a paper": ("SEA\n\nFerry to Holm again\n\nBy Ivo Kos in Holm\n\nPublished 17 May 2024, 9:30 | Updated 18 May 2024, 8:00\n\n", "Ivo Kos"),
    "a page": ("Skip to content\n\nMenu\n\nHome > Sea > Boats\n\nFerry to Holm\n\n17.05.2024 09:30\n\n", None),
    "underlined": ("Ferry to Holm\n=============\n\n17th May 2024\n\n", None),
    "a comment": ("<!-- saved by a program -->\n\n# Ferry to Holm\n\n**Date:** 2024-05-17\n\n", None),
    "Russian": ("Ferry to Holm\n\nОпубликовано: 17 мая 2024 г., 09:30\nАвтор: Иво Кос\n\n", "Иво Кос"),
    "German": ("Ferry to Holm\n\nVon Ivo Kos\n\nFreitag, 17. Mai 2024\n\n", "Ivo Kos"),
    "a mark": ("\ufeff---\ntitle: Ferry to Holm\ndate: 17.5.2024\n---\n", None),
}  # fmt: skip


@pytest.mark.parametrize("form", EXPORTS)
def test_an_export_states_title_date_and_author_and_keeps_its_prose(form: str) -> None:
    head, author = EXPORTS[form]
    text = head + STORY
    found = read_metadata(text, "some file.md")
    assert found.title.removesuffix(" again") == "Ferry to Holm"
    assert (found.date, found.date_origin, found.author) == ("2024-05-17", "stated", author)
    assert found.title_span and text[slice(*found.title_span)] == found.title
    assert found.date_span and parse_date(text[slice(*found.date_span)]) == found.date
    if author:
        assert found.author_span and text[slice(*found.author_span)] == author
    assert STORY in left_after_boilerplate(document_of(text))


def test_a_date_at_the_end_is_the_articles() -> None:
    for end in ("(Holm Post, 17 May 2024)", "Published: 17 May 2024", "— Holm Post, 17 мая 2024 г."):
        found = read_metadata(f"Ferry to Holm\n\n{STORY}\n\n{end}", "a.txt")
        assert (found.date, found.date_origin) == ("2024-05-17", "stated")


def test_without_a_stated_date_the_file_name_gives_it() -> None:
    found = read_metadata(STORY, "2024-05-17-ferry-to-holm.md")
    assert (found.title, found.date, found.date_origin) == ("Ferry to holm", "2024-05-17", "file name")
    assert (found.title_span, found.date_span) == (None, None)
    assert read_metadata(f"date: 2023-01-02\n{STORY}", "2024-05-17-ferry.md").date == "2023-01-02"


@pytest.mark.parametrize("title", ["Who paid for the ferry?", "“We waited for two winters.”", "“Who paid?”"])
def test_a_question_or_a_quotation_may_be_the_title(title: str) -> None:
    found = read_metadata(f"{title}\n\n{STORY}", "a.txt")
    assert found.title == title


def test_a_sentence_above_a_date_is_the_title() -> None:
    assert read_metadata(f"The ferry is back.\n\n17 May 2024\n\n{STORY}", "a.txt").title == "The ferry is back."


def test_the_first_of_several_questions_is_not_the_title() -> None:
    text = "Who may come?\n\nAll who like boats.\n\nWhat does it cost?\n\nNothing."
    assert read_metadata(text, "Questions.txt").title == "Questions"


@pytest.mark.parametrize(
    "line", ["Skip to main content", "Home / Sea / Boats", "Leave a comment", "We use cookies on our site"]
)
def test_a_line_of_the_page_is_not_the_title(line: str) -> None:
    assert read_metadata(f"{line}\n\n{STORY}", "A_name.txt").title == "A name"


def test_a_line_in_capitals_is_a_kicker_only_above_a_title() -> None:
    assert read_metadata(f"SEA AND LAND\n\n{STORY}", "a.txt").title == "SEA AND LAND"
    found = read_metadata(f"SEA AND LAND\n\nThe ferry is back in Holm\n\n{STORY}", "a.txt")
    assert found.title == "The ferry is back in Holm"


def test_the_dates_of_a_diary_are_text() -> None:
    text = f"17 May 2024\n\n{STORY}\n\n18 May 2024\n\n{STORY}"
    found = read_metadata(text, "Diary.txt")
    assert (found.date, found.header) == (None, ())
    text = "Chronicle of Holm\n\n12 May 1911\nThe ferry sank.\n\n13 May 1911\nIt was raised."
    assert read_metadata(text, "a.txt").header == ()


@pytest.mark.parametrize(
    "first",
    [
        "Anna Berg (17 July 1846 – 20 May 1911) built the first ferry to Holm and gave it to the town.",
        "On 17 May 1911 the first ferry to Holm sank in the harbour with all its coal on board.",
        "Holm, which lost its ferry on 17 May 1911, got another one from the king in the same year.",
    ],
)
def test_a_date_in_prose_is_not_the_articles(first: str) -> None:
    found = read_metadata(f"{first}\n\n{STORY}", "a.txt")
    assert (found.date, found.source) == (None, None)


def test_a_dateline_stays_in_the_text() -> None:
    line = "HOLM, 17 мая 2024. /Coast Wire/. The ferry sails again, and the whole town came to the quay."
    found = read_metadata(f"{line}\n\n{STORY}", "a.txt")
    assert (found.date, found.source) == ("2024-05-17", "Coast Wire")
    assert left_after_boilerplate(document_of(f"{line}\n\n{STORY}")).startswith(line)


def test_what_stands_beside_a_date_stays_in_the_text() -> None:
    line = "*17 May 2024, Harbour Notes*"
    text = f"# Ferry to Holm\n\n{line}\n\n{STORY}"
    assert read_metadata(text, "a.md").date == "2024-05-17"
    assert line in left_after_boilerplate(document_of(text))


def test_an_alias_bomb_in_front_matter_is_read_quickly() -> None:
    levels = "\n".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12))
    started = time.perf_counter()
    read_metadata(f"---\na0: &a0 [x]\n{levels}\nauthor: *a11\n---\n{STORY}", "a.md")
    assert time.perf_counter() - started < 1
