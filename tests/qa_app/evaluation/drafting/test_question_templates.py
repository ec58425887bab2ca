import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.evaluation.drafting.question_templates import templated


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        ("Harvard College was founded in 1636.", "When was Harvard College founded?", "1636"),
        ("The Eiffel Tower was opened on 31 March 1889 to the public.", "When was the Eiffel Tower opened?", "31 March 1889"),
        ("In 1186, Temüjin was elected khan of the Mongols.", "When was Temüjin elected khan of the Mongols?", "1186"),
        ("ABC bought Chicago radio station WLS in May 1960.", "When did ABC buy Chicago radio station WLS?", "May 1960"),
        ("In 1976, Eisner left ABC, and others followed.", "When did Eisner leave ABC?", "1976"),
        ("However, Jochi died in 1226.", "When did Jochi die?", "1226"),
        ("Vinga Lighthouse is located in Gothenburg.", "Where is Vinga Lighthouse located?", "Gothenburg"),
        ("The Principia was written by Isaac Newton.", None, None),  # "the Principia" may be any
        ("Silent Spring was written by Rachel Carson.", "Who wrote Silent Spring?", "Rachel Carson"),
        ("Vinga Island has two piers.", "How many piers does Vinga Island have?", "two"),
        ("There are 38 buildings in Fizuli.", "How many buildings are there in Fizuli?", "38"),
        ("Karin Holm is the director of Vinga Museum.", "Who is the director of Vinga Museum?", "Karin Holm"),
        ("Gothenburg is a city in Sweden.", "What is Gothenburg?", "a city in Sweden"),
        ("Vinga Museum was founded by the Holm family.", None, None),  # a family is no name
        ("Vinga Museum was founded by Karin Holm.", "Who founded Vinga Museum?", "Karin Holm"),
        ("Vinga Harbour was closed because the ice had broken its pier.", "Why was Vinga Harbour closed?", "the ice had broken its pier"),
        ("Vinga has a population of about 1,200.", "What is the population of Vinga?", "1,200"),
        ("The length of Vinga Bridge is 310 metres.", "What is the length of Vinga Bridge?", "310 metres"),
        ("Vinga Bridge cost 12 million kronor.", "How much did Vinga Bridge cost?", "12 million kronor"),
        ("Karin Holm is best known for her maps of the coast.", "What is Karin Holm best known for?", "her maps of the coast"),
        ("The Vinga project employs divers from the nearby islands.", "Which project employs divers from the nearby islands?", "Vinga"),
        ("At noon Karin Holm, director of Vinga Museum, spoke.", "Who is the director of Vinga Museum?", "Karin Holm"),
        ("Much was lost in the siege of Vinga in 1719.", "When was the siege of Vinga?", "1719"),
        ("The law banned sails; in May 1901 Karin Holm abolished the Sail Tax.", None, None),
        ("After the storm, Karin Holm abolished the Sail Tax in May 1901.", "When did Karin Holm abolish the Sail Tax?", "May 1901"),
        ("Karin Holm invented a folding sail and sold it.", "What did Karin Holm invent?", "a folding sail"),
        ("Karin Holm proposed a law.", None, None),  # too little to ask for
    ],
)  # fmt: skip
def test_a_sentence_becomes_a_question(sentence: str, question: str | None, answer: str | None) -> None:
    made = next(templated(sentence), None)
    if question is None:
        assert made is None
    else:
        assert made is not None and (made.question, sentence[made.start : made.end]) == (question, answer)


@pytest.mark.parametrize(
    "sentence",
    [
        "He was born in 1841.",
        "It was founded in Kazan in 1990.",
        "The University was founded in 1636.",
        "Harvard College was founded in 1636",
        "When the release of the Report began in 1952, others followed.",
        "Kazan was visited in 1990–91.",
        "Vinga Island has two more piers.",
        "In 1994, ABC purchased Flint, Michigan-based stations.",
        "Сегодня Казань была основана в 1005.",
        "",
    ],
)
def test_an_unsafe_sentence_gives_no_question(sentence: str) -> None:
    assert list(templated(sentence)) == []


@given(
    st.lists(
        st.sampled_from(
            "In 1841 , Kazan was were founded built by the of Harvard College has two piers is a city .".split()
        ),
        max_size=25,
    )
)
def test_the_answer_is_a_part_of_the_sentence_and_not_of_the_question(words: list[str]) -> None:
    sentence = " ".join(words) + "."
    for made in templated(sentence):
        assert 0 <= made.start < made.end <= len(sentence)
        assert made.question.endswith("?") and "  " not in made.question
