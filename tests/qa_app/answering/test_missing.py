from qa_app.answering.missing import missing_names
from qa_app.assistant import Assistant
from qa_app.pipeline import answer


def test_names_and_numbers_that_no_article_holds(town: Assistant) -> None:
    with town.index.snapshot() as snapshot:
        assert missing_names("Did Greta Holm sail to Reykjavik in 1987?", snapshot) == ["Reykjavik", "1987"]
        assert missing_names("How many boats does Greta Lindqvist expect?", snapshot) == ["Lindqvist"]
        assert missing_names("How long is the new pier?", snapshot) == []


def test_an_abstention_names_them_and_the_closest_article(town: Assistant) -> None:
    found = answer(town, "Who won the 1998 World Cup in Yokohama?")
    assert (found.kind, found.text) == ("abstention", "The articles don't say.")
    assert found.notice and found.notice.startswith("No article holds “1998” or “World Cup”")
    assert f"The closest passage is in “{found.passages[0].chunk.title}”." in found.notice
