from qa_app.records.conversations import Entry
from qa_app.serving.page.conversations_panel import listing_html


def test_the_list_names_each_conversation_and_escapes_what_people_typed() -> None:
    html = listing_html([Entry("ab12", 'What is "<b>"?', "2026-01-02T03:04:05+00:00", 1)])
    assert "<b>" not in html and 'data-title="What is &#34;&lt;b&gt;&#34;?"' in html
    assert "1 question<" in html and html.count('data-conversation="ab12"') == 5


def test_an_empty_list_says_what_will_stand_there() -> None:
    assert "on this machine only" in listing_html([])
