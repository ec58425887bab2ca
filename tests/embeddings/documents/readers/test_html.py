import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.html import HtmlReader
from embeddings.errors import UnreadableFile
from tests.embeddings.documents.readers.blocks_of import blocks_of, words_of

SENTENCE = (
    "The harbour office of Lomvik said on Monday that the ferry will cost more from April on, for the first time. "
)
ARTICLE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ferry fares rise | Lomvik Post</title>
<meta name="author" content="Ann Lee"><meta property="og:site_name" content="Lomvik Post">
<meta property="article:published_time" content="2026-03-02T08:00:00Z"><style>p {{color: red}}</style></head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>Ferry fares rise</h1><p>{SENTENCE * 3}</p>
<p>In 2016<sup><a href="#n1">3</a></sup> the fare was 40&nbsp;kr<br>for “adults” &amp; Lom&shy;vik’s children.</p>
<h2>Prices</h2>
<table><caption>Fares from April</caption><thead><tr><th>Ticket</th><th>Price</th></tr></thead>
<tr><td>Adult</td><td>48 kr</td></tr><tr><td>Child</td><td>20 kr</td></tr></table>
<p>{SENTENCE}</p><ul><li>Dogs travel free<ul><li>small ones</li></ul></li><li><p>Bikes pay 10 kr</p><p>one way</p></li></ul>
<ol start="3"><li>Buy a ticket</li><li>Board</li></ol>
<blockquote><p>“We had no choice,” said the mayor of the town in the evening.</p></blockquote>
<figure><img src="data:image/png;base64,AAAA" alt="not shown"><figcaption>The ferry in 2019.</figcaption></figure>
<pre>  if x:
    y</pre><p>{SENTENCE * 2}</p></article>
<aside><h3>More from us</h3><a href="/x">Otters are back</a></aside>
<footer>© 2026 Lomvik Post</footer><script>var x = "not shown";</script></body></html>"""


def read(markup: str | bytes) -> Extracted:
    data = markup if isinstance(markup, bytes) else markup.encode()
    (article,) = HtmlReader().read(data, "page.html")
    return article


def test_an_article_has_its_metadata() -> None:
    article = read(ARTICLE)
    assert (article.title, article.date, article.author, article.source) == (
        "Ferry fares rise",
        "2026-03-02",
        "Ann Lee",
        "Lomvik Post",
    )


def test_an_article_has_its_blocks_and_the_rest_of_the_page_is_boilerplate() -> None:
    assert blocks_of(read(ARTICLE)) == [
        ("boilerplate", "Home News"),
        ("title", "Ferry fares rise"),
        ("paragraph", (SENTENCE * 3).strip()),
        ("paragraph", "In 20163 the fare was 40\u00a0kr\nfor “adults” & Lomvik’s children."),
        ("heading", "Prices"),
        ("caption", "Fares from April"),
        ("table header", "Ticket | Price"),
        ("table row", "Adult | 48 kr"),
        ("table row", "Child | 20 kr"),
        ("paragraph", SENTENCE.strip()),
        ("list item", "Dogs travel free"),
        ("list item", "small ones"),
        ("list item", "Bikes pay 10 kr"),
        ("paragraph", "one way"),
        ("list item", "3. Buy a ticket"),
        ("list item", "4. Board"),
        ("quotation", "“We had no choice,” said the mayor of the town in the evening."),
        ("caption", "The ferry in 2019."),
        ("code", "if x:\n    y"),
        ("paragraph", (SENTENCE * 2).strip()),
        ("boilerplate", "More from us"),
        ("boilerplate", "Otters are back"),
        ("boilerplate", "© 2026 Lomvik Post"),
    ]


def test_a_footnote_mark_does_not_run_into_the_number_before_it() -> None:
    article = read(ARTICLE)
    (block,) = (block for block in article.blocks if block.skips)
    ((start, end, seen),) = block.skips
    assert (article.text[start - 4 : start], article.text[start:end], seen) == ("2016", "3", "")


def test_a_footnote_mark_may_be_a_link_around_raised_text() -> None:
    """As pandoc and LibreOffice write it; a raised word of a link is no mark."""
    mark = '<a href="#fn1" role="doc-noteref"><sup>1</sup></a>'
    other = '<a href="https://example.org/">the 2<sup>nd</sup></a>'
    words = "It was built by Ilse Quist, who had come from the north with forty masons and their families."
    article = read(
        f"<html><body><article><p>{words}{mark} It is {other} of its kind.</p></article></body></html>".encode()
    )
    marks = [article.text[start:end] for block in article.blocks for start, end, _ in block.skips]
    assert marks == ["1"]


def test_headings_and_items_have_their_levels() -> None:
    levels = [(block.kind, block.level) for block in read(ARTICLE).blocks if block.level]
    items = [level for kind, level in levels if kind is Kind.LIST_ITEM]
    assert (Kind.HEADING, 2) in levels
    assert items == [1, 2, 1, 1, 1]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("just words", [("paragraph", "just words")]),
        ("<p>One.<p>Two.", [("paragraph", "One."), ("paragraph", "Two.")]),
        ("<div>One<div>Two</div>Three</div>", [("paragraph", "One"), ("paragraph", "Two"), ("paragraph", "Three")]),
        ("<table><tr><th>A<th>B<tr><td>1<td>2</table>", [("table header", "A | B"), ("table row", "1 | 2")]),
        ("<p>Shown <span hidden>not</span><b style='display: none'>nor</b> here.</p>", [("paragraph", "Shown here.")]),
        ("<body style='display:none'><p>Shown by a script.</p>", [("paragraph", "Shown by a script.")]),
        ("<body><noscript><p>All of it.</p></body>", [("paragraph", "All of it.")]),
        ("<dl><dt>Captain:<dd>Ola Moe<dt>Crew<dd>four</dl>", [("field", "Captain: Ola Moe"), ("field", "Crew: four")]),
        ("<dl><dt>Why?<dd>Because.</dl>", [("paragraph", "Why?"), ("paragraph", "Because.")]),
    ],
)
def test_a_page_that_is_no_article_is_kept_whole(markup: str, expected: list[tuple[str, str]]) -> None:
    assert blocks_of(read(markup)) == expected


def test_a_page_of_one_table_is_kept_whole() -> None:
    rows = "".join(f"<tr><td>Village {n}</td><td>{n * 7} people</td></tr>" for n in range(60))
    page = f"<html><body><h1>Villages</h1><table><tr><th>Name</th><th>People</th></tr>{rows}</table></body></html>"
    assert len(words_of(read(page), "table row")) == 60
    assert words_of(read(page), "boilerplate") == []


def test_a_cell_over_several_rows_stands_in_each() -> None:
    article = read(
        "<table><tr><td rowspan=2>Adult<td>one way<td>48<tr><td>return<td>90<tr><td colspan=2>Child<td>20</table>"
    )
    assert words_of(article, "table row") == ["Adult | one way | 48", "Adult | return | 90", "Child |  | 20"]


@pytest.mark.parametrize(
    "names", ["<td>Ticket<td>Price", "<td><b>Ticket</b><td><p><strong>Price</strong></p>"], ids=["over numbers", "bold"]
)
def test_a_header_that_is_not_marked_is_recognised(names: str) -> None:
    article = read(f"<table><tr>{names}<tr><td>Adult<td>48<tr><td>Child<td>20</table>")
    assert words_of(article, "table header") == ["Ticket | Price"]


def test_a_table_that_arranges_the_page_is_not_a_table() -> None:
    article = read(f"<table><tr><td><h2>News</h2><p>{SENTENCE}</p></td><td><p>{SENTENCE}</p></td></tr></table>")
    assert [kind for kind, _ in blocks_of(article)] == ["title", "paragraph", "paragraph"]


@pytest.mark.parametrize(
    "data",
    [
        f"<meta charset='windows-1251'><p>{'Паром в Ломвик подорожал. ' * 3}</p>".encode("cp1251"),
        f"<meta http-equiv='Content-Type' content='text/html; charset=koi8-r'><p>{'Паром в Ломвик подорожал. ' * 3}".encode(
            "koi8-r"
        ),
        # The statement is old: the page was saved as UTF-8.
        f"<meta charset='windows-1251'><p>{'Паром в Ломвик подорожал. ' * 3}</p>".encode(),
        codecs.BOM_UTF8 + f"<p>{'Паром в Ломвик подорожал. ' * 3}</p>".encode(),
        codecs.BOM_UTF16_LE + f"<p>{'Паром в Ломвик подорожал. ' * 3}</p>".encode("utf-16-le"),
    ],
    ids=["meta", "http-equiv", "wrong meta", "UTF-8 mark", "UTF-16 mark"],
)
def test_encodings(data: bytes) -> None:
    assert read(data).text == ("Паром в Ломвик подорожал. " * 3).strip()


def test_a_guessed_encoding_is_told_and_a_stated_one_is_not() -> None:
    words = "<p>" + "Паром в Ломвик подорожал, и жители недовольны новой ценой. " * 3
    assert read(words.encode("cp1251")).notes == ("read as windows-1251 (guessed)",)
    assert read(f"<meta charset='windows-1251'>{words}".encode("cp1251")).notes == ()
    assert read(words).notes == ()


def test_a_page_that_says_latin_1_means_the_code_page_of_windows() -> None:
    assert read("<meta charset=iso-8859-1><p>It costs 5\u00a0€ – “today”.</p>".encode("cp1252")).text == (
        "It costs 5\u00a0€ – “today”."
    )


def test_xhtml_is_parsed_as_such() -> None:
    page = """<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x.dtd">
    <html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="x.js"/></head><body><a id="top"/><p>Caf&eacute; &lt;3</p></body></html>"""
    assert blocks_of(read(page)) == [("paragraph", "Café <3")]


def test_broken_xhtml_is_read_as_html() -> None:
    assert read('<?xml version="1.0"?><html><p>One <b>two</p>').text == "One two"


def test_entities_are_not_loaded_from_files() -> None:
    page = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><html><p>Words &f; end.</p></html>'
    assert read(page).text in ("Words  end.", "Words end.", "Words &f; end.")


@pytest.mark.parametrize("page", ["", "  ", "<!-- x -->", "<script>x</script>", "<html><body></body></html>"])
def test_pages_without_text_are_refused(page: str) -> None:
    with pytest.raises(UnreadableFile, match=r"^page\.html "):
        read(page)


def test_a_page_that_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="nested too deeply"):
        read("<div>" * 5_000 + "words" + "</div>" * 5_000)


def test_a_table_with_absurd_spans_is_read() -> None:
    assert read("<table>" + "<tr><td colspan=99999 rowspan=99999>a<td>b" * 5 + "</table>").text.startswith("a")


def test_a_truncated_page_gives_what_is_there() -> None:
    assert SENTENCE.strip() in read(ARTICLE[: len(ARTICLE) // 2]).text


PIECES = """<p> </p> <ul> <li> </ul> <table> <tr> <td> </table> <br> <dl> <dt> <dd> <h2> </h2> <pre> </pre> <blockquote>
    </blockquote> <nav> </nav> <caption> <figcaption> words é Ω""".split()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([*PIECES, " ", "\n", "a b  c", "e\u0301", "\u0301", "\u00ad", "<sup><a href='#f'>1</a></sup>"]),
        max_size=25,
    )
)
def test_offsets_hold_for_any_markup(pieces: list[str]) -> None:
    try:
        article = read("<!doctype html><body>x" + "".join(pieces))
    except UnreadableFile:
        return
    blocks_of(article)
