from qa_app.records.conversations import Entry
from qa_app.serving.page.conversations_list import listing_html


def test_the_list_names_each_conversation_and_escapes_what_people_typed() -> None:
    html = listing_html([Entry("ab12", 'What is "<b>"?', "2026-01-02T03:04:05+00:00", 1)])
    assert "<b>&" not in html and 'data-title="What is &#34;&lt;b&gt;&#34;?"' in html
    assert "1 question<" in html and html.count('data-conversation="ab12"') == 6


def test_an_empty_list_says_what_will_stand_there_or_that_nothing_was_found() -> None:
    assert "on this machine only" in listing_html([])
    assert "Nothing was asked about “tower”" in listing_html([], "tower")


def test_a_long_list_is_cut_and_says_so() -> None:
    entries = [Entry(str(i), "Towers", "2026-01-02T03:04:05+00:00", 1) for i in range(250)]
    assert "and 50 older conversations; search to find them" in listing_html(entries)
