from qa_app.assistant import Assistant
from qa_app.pipeline import answer


def test_each_question_has_its_own_section_and_evidence(town: Assistant) -> None:
    found = answer(town, "How long is the new pier? How much does the wheel of the mill weigh?")
    assert (found.kind, found.abstained) == ("several", False)
    assert [section.heading for section in found.sections] == [
        "How long is the new pier?",
        "How much does the wheel of the mill weigh?",
    ]
    by_number = {citation.n: citation for citation in found.citations}
    assert list(by_number) == list(range(1, len(found.citations) + 1))
    pier, wheel = (by_number[section.citations[0]] for section in found.sections)
    assert (pier.document, wheel.document) == ("harbour.txt", "mill.md")
    for section in found.sections:
        assert all(f"{by_number[n].readable} [{n}]" in section.text for n in section.citations)
        assert section.text in found.text


def test_a_part_is_asked_of_what_the_part_before_it_named(town: Assistant) -> None:
    found = answer(town, "When was the harbour of Lund opened again and who is its master?")
    assert "Greta Holm" in found.sections[1].text


def test_a_part_without_answer_says_so(town: Assistant) -> None:
    found = answer(town, "How long is the new pier? Who won the football world cup?")
    assert found.kind == "several" and found.sections[1].text.startswith("The articles don't say.")
    assert found.sections[1].citations == ()


def test_a_part_may_be_about_the_collection(town: Assistant) -> None:
    found = answer(town, "How many articles do you have? Which is the newest article?")
    assert "The collection has 3 articles." in found.text and "The old mill turns again" in found.sections[1].text


def test_two_things_are_compared_side_by_side(town: Assistant) -> None:
    found = answer(town, "Compare the harbour and the mill.")
    assert [section.heading for section in found.sections] == ["the harbour", "the mill"]
    documents = [{found.citations[n - 1].document for n in section.citations} for section in found.sections]
    assert documents == [{"harbour.txt"}, {"mill.md"}]
