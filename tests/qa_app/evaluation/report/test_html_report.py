import re
import time
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.evaluation.report.html_report import report_html, write_report
from qa_app.evaluation.results import Cited, Place
from tests.qa_app.evaluation.results_made import KEEPER, TEXTS, outcome, result

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;</style>"


class _Read(HTMLParser):
    """What a browser makes of a page: its elements and its words."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.words += data


MIXED = result(
    [
        outcome(0.95, question="Right one?"),
        outcome(0.9, contains=False, is_cited=False, cited=KEEPER, question="Wrong one?"),
        outcome(0.7, unanswerable=True, question="Unanswerable one?"),
        outcome(0.3, question="Withheld one?"),
    ]
)


def test_the_worst_come_first_and_the_right_ones_are_folded() -> None:
    html = report_html(MIXED, TEXTS.get)
    places = [
        html.index(name) for name in ("Wrong one?", "Unanswerable one?", "Withheld one?", "<details>", "Right one?")
    ]
    assert places == sorted(places)


def test_it_has_circumstances_figures_with_intervals_and_curves() -> None:
    words = _Read(report_html(MIXED, TEXTS.get)).words
    for expected in (
        "2026-01-02 03:04 UTC",
        "questions.jsonl",
        "build 0001",
        "75.0%",
        "50.0% to 100.0%",
        "120 ms",
        "0.500",
    ):
        assert expected in words
    assert words.count("Time an answer") == 2  # the drawing's title and its caption


def test_cited_and_expected_words_are_told_apart_without_colour() -> None:
    html = report_html(MIXED, TEXTS.get)
    assert '<mark class="cited"><span class="unseen">cited: </span>Karin Holm keeps the light.</mark>' in html
    assert '<mark class="expected"><span class="unseen">expected: </span>The harbour was built in 1841.</mark>' in html
    assert "text-decoration-style: dotted" in html and "text-decoration-style: double" in html


def test_nothing_is_loaded_and_nothing_runs() -> None:
    html = report_html(MIXED, TEXTS.get)
    read = _Read(html)
    assert not {"script", "link", "img", "iframe", "form", "a"} & set(read.tags)
    assert not {name for name in read.attributes if name.startswith("on") or name in ("src", "href", "style")}
    assert "default-src 'none'" in html and "url(" not in html and "@import" not in html


def test_hostile_words_come_out_as_words() -> None:
    made = outcome(
        0.9, contains=False, question=HOSTILE, quote=HOSTILE, answers=(HOSTILE,), cited=Place(HOSTILE, 0, len(HOSTILE))
    )
    made = replace(made, id=HOSTILE, short_answer=HOSTILE)
    hostile = result([made])
    names = ("made_at", "questions_file", "folder", "build", "encoder", "reader")
    circumstances = replace(hostile.circumstances, **dict.fromkeys(names, HOSTILE))  # type: ignore[arg-type]
    measures = (replace(hostile.measures[0], name=HOSTILE),)
    html = report_html(replace(hostile, circumstances=circumstances, measures=measures), {HOSTILE: HOSTILE}.get)
    plain = _Read(report_html(result([outcome(0.9, contains=False)]), TEXTS.get))
    read = _Read(html)
    assert set(read.tags) == set(plain.tags) and read.words.count(HOSTILE) >= 10


@given(st.text(alphabet=st.characters(exclude_characters="\0\r"), min_size=1, max_size=60))
def test_any_words_come_out_as_words(text: str) -> None:
    place = Place("a.txt", 0, len(text))
    made = replace(
        outcome(0.9, contains=False, question=text, answers=(text,), quote=""),
        citations=(Cited(place, text, True),),
        gold=(),
    )
    read = _Read(report_html(result([made]), {"a.txt": text}.get))
    assert read.words.count(text) >= 4  # question, answer, expected, in context
    assert "script" not in read.tags and read.tags.count("article") == 1


def test_lone_surrogates_can_be_written(tmp_path: Path) -> None:
    write_report(result([outcome(0.9, contains=False, question="half \ud83d a pair")]), tmp_path / "r.html", TEXTS.get)
    html = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "half \N{REPLACEMENT CHARACTER} a pair" in _Read(html).words


def test_four_thousand_questions_stay_small_and_what_is_left_out_is_said() -> None:
    many = [outcome(i / 4000, contains=i % 3 > 0) for i in range(4000)]
    began = time.perf_counter()
    html = report_html(result(many), TEXTS.get)
    assert time.perf_counter() - began < 10
    assert len(html) < 2_000_000
    assert re.search(r"Answered wrongly \(\d+, the 200 most confident listed\)", html)
    assert re.search(r"Right \([\d,]+, the 50 most confident listed\)", html)


@pytest.mark.parametrize("outcomes", [[], [outcome(0.9, answers=(), gold=(), is_cited=None)]])
def test_a_result_that_says_little_is_a_page_all_the_same(outcomes: list[object]) -> None:
    assert "</html>" in report_html(result(outcomes), TEXTS.get)  # type: ignore[arg-type]
