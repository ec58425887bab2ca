import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.assistant import Assistant
from qa_app.pipeline import answer
from qa_app.rewriting import exchanges, rewrite
from qa_app.selection import ABSTENTION
from qa_app.types import Exchange, Turn
from tests.qa_app.rewriting.talking import talk

RAIN = (
    "What rainwater system does Arkadag use?",
    "a rainwater collection system",
    "The Chairman of the State Committee of Turkmenistan for the Construction of Arkadag told that the city uses a rainwater "
    "collection system, which allows for more than 50% reduction in water intake from canals.",
    "Arkadag delegation visits Kazan",
)
SAVED = ("How much does it save?", "more than 50% reduction", RAIN[2], RAIN[3])
MARRIED = ("Who did Luther marry?", "Katharina von Bora", "Luther married Katharina von Bora.", "Martin Luther")
BUILT = (
    "Which company built the Kurmangazy Children's Art Centre in Fizuli?",
    "BI Group",
    'Financed by Kazakhstan and implemented by the holding "BI Group", the centre is a testament.',
)
PRESIDENT = ("Who was the first president of Harvard?", "Henry Dunster", "He was Henry Dunster.", "Harvard University")
CAPITAL = ("What is the capital of Poland?", "Warsaw", "Warsaw is the capital of Poland.", "Warsaw")
BORN = ("Where was Tesla born?", "Smiljan", "Tesla was born in Smiljan.", "Nikola Tesla")
FOUNDED = ("When was Harvard founded?", "1636", "Harvard was founded in 1636.", "Harvard University")
MEMBERS = ("Who were the members of the delegation?", "Orazov and Mezilov", "It included Orazov and Mezilov.")
MOTHER = ("Who was Genghis Khan's mother?", "Hoelun", "His mother was Hoelun.")
PALACE = ("When was Genghis Khan's palace found?", "2004", "It was found in 2004.")
SENT = ("Who was sent against Kuchlug?", "Jebe sent only two", "Jebe sent only two tumen.")
ABSTAINED = ("What is the budget of the Safe City project?", None, "")


TOWER = ("How high is the church's tower?", "61 metres", "The tower of the church is 61 metres high.")
ORGAN = ("Where do the pipes of the organs come from?", "Oslo", "The pipes come from Oslo, the tin from Bergen.")
WHO_IS = ("Who is Ann Lee?", None, "The baker fed thirty Jerseys in Bergen.")
PARENTS = ("Who were Peter Kahn's parents?", None, "He was the son of Maria Kahn, a nurse, and Otto.")


@pytest.mark.parametrize(
    ("said", "question", "searched_for"),
    [
        # Pronouns.
        (RAIN, "How much does it save?", "How much does the rainwater collection system save? (Arkadag)"),
        (RAIN, "What else is planned there?", "What else is planned in Arkadag?"),
        (MARRIED, "When was she born?", "When was Katharina von Bora born?"),
        (MARRIED, "When did he die?", "When did Luther die?"),
        (MARRIED, "Where was their wedding?", "Where was Luther and Katharina von Bora's wedding?"),
        (BUILT, "When did it open?", "When did the Kurmangazy Children's Art Centre open?"),
        (BUILT, "What else did they build?", "What else did BI Group build?"),
        (PRESIDENT, "How many students does it have?", "How many students does Harvard have?"),
        (PRESIDENT, "And when did he serve?", "And when did Henry Dunster serve?"),
        (CAPITAL, "what's its population?", "what's Warsaw's population?"),
        (CAPITAL, "What's its area?", "What's Warsaw's area?"),
        (FOUNDED, "What old library does it run?", "What old library does Harvard run?"),
        (CAPITAL, "How many people live there?", "How many people live in Warsaw?"),
        (CAPITAL, "What is it like there?", "What is it like in Warsaw?"),
        (BORN, "Who were his parents?", "Who were Tesla's parents?"),
        (BORN, "What did he study there?", "What did Tesla study in Smiljan?"),
        (FOUNDED, "Who founded it?", "Who founded Harvard?"),
        (FOUNDED, "What else happened that year?", "What else happened in 1636? (Harvard)"),
        (MEMBERS, "Where did they go?", "Where did Orazov and Mezilov go?"),
        (MEMBERS, "Where does the latter work?", "Where does Mezilov work?"),
        (ABSTAINED, "Who pays for it?", "Who pays for the Safe City project?"),
        # Nouns that point back.
        (CAPITAL, "When was that city founded?", "When was Warsaw founded?"),
        (PRESIDENT, "What is the university's motto?", "What is Harvard University's motto?"),
        (BUILT, "What is the purpose of the centre?", "What is the purpose of the Kurmangazy Children's Art Centre?"),
        (CAPITAL, "Who is the mayor?", "Who is the mayor? (Poland, Warsaw)"),
        # Parts of questions.
        (RAIN, "Why?", "Why does Arkadag use the rainwater collection system?"),
        (RAIN, "And in Fizuli?", "What rainwater system does Fizuli use?"),
        (RAIN, "what about Kazan", "What rainwater system does Kazan use?"),
        (MARRIED, "When?", "When did Luther marry Katharina von Bora?"),
        (MARRIED, "When did that happen?", "When did Luther marry Katharina von Bora?"),
        (MARRIED, "Why was that", "Why did Luther marry Katharina von Bora?"),
        (MOTHER, "What did she teach him?", "What did Hoelun teach Genghis Khan?"),
        (PALACE, "Who dug it up?", "Who dug Genghis Khan's palace up?"),
        (SENT, "How many soldiers did he get?", "How many soldiers did Jebe get?"),
        (BUILT, "When?", "When was it that BI Group built the Kurmangazy Children's Art Centre in Fizuli?"),
        (PRESIDENT, "Since when?", "Since when was Henry Dunster the first president of Harvard?"),
        (MEMBERS, "Who else?", "Who else were the members of the delegation?"),
        (BORN, "when exactly?", "When was Tesla born?"),
        (CAPITAL, "and of Kazakhstan?", "What is the capital of Kazakhstan?"),
        (FOUNDED, "Who won?", "Who won? (Harvard)"),
        # A new noun in place of the one that was asked about.
        (TOWER, "What about the bells?", "What about the bells? (the church)"),
        (ORGAN, "And where does the tin come from?", "And where does the tin come from? (the organs)"),
        (TOWER, "And the bell's tower?", "How high is the bell's tower?"),
        # A noun phrase before the question.
        (BORN, "And his wife, where was she born?", "And where was Tesla's wife born?"),
        (BORN, "The north tower, how high is it?", "How high is the north tower?"),
        (WHO_IS, "And the other sister, where is her shop?", "And where is the other sister's shop?"),
        # The answer to "Who is …?" is nobody else.
        (WHO_IS, "Where did she learn that?", "Where did Ann Lee learn that?"),
        (PARENTS, "Where did he grow up?", "Where did Peter Kahn grow up?"),
    ],
)
def test_a_follow_up_is_rewritten(said: tuple[str, str | None, str], question: str, searched_for: str) -> None:
    assert rewrite(question, talk(said)) == searched_for


@pytest.mark.parametrize(
    "question",
    [
        "Who is the president of Kazakhstan?",
        "What is oxygen used for?",
        "what is civil disobedience",
        "And when did Tokayev visit Fizuli?",
        "Is it true that Kazan and Arkadag are twin cities?",
        "Why is it said that Tesla was mad?",
        "What is it like in Baku?",
        "How long does it take to get a degree?",
        "What time is it in Baku?",
        "Was there a time when it was a crime to teach evolution?",
        "How many universities are there in Kazan?",
        "Are there plans for a metro in Kazan?",
        "What types of pharmacies are there?",
        "Did Orazov say that technology saves water?",
        "Which river is it that crosses Warsaw?",
        "When did Tesla move to his laboratory?",
        "Did Luther regret what he had said?",
        "How does a vaccine do its work?",
        "Who was elected this year?",
        "Why do people these days read less?",
        "What happens to those who break the law?",
        "How does the immune system work?",
        "What do plants and animals have in common?",
        "Who wrote the history of the Mongols?",
        "What was the population of Jacksonville?",
        "Wo kommt das Wort her?",
        "¿Qué he dicho de it?",
        "Почему это так?",
        "Warum?",
        "42",
        "?!",
    ],
)
@pytest.mark.parametrize("said", [RAIN, PRESIDENT, BORN])
def test_a_question_that_stands_alone_is_not_changed(said: tuple[str, str | None, str], question: str) -> None:
    assert rewrite(question, talk(said)) == question


@pytest.mark.parametrize(
    ("said", "question", "searched_for"),
    [
        (RAIN, "how much does it save?", "how much does the rainwater system save? (Arkadag)"),
        (RAIN, "what else is planned there?", "what else is planned in Arkadag?"),
        (MARRIED, "When was she born?", "When was Katharina von Bora born?"),
        (BORN, "How many people live there?", "How many people live in Smiljan?"),
        (BUILT, "Who paid for it?", "Who paid for the Kurmangazy Children's Art Centre?"),
    ],
)
def test_a_history_of_messages_only_is_enough(
    said: tuple[str, str | None, str], question: str, searched_for: str
) -> None:
    history = [
        Turn("user", said[0].lower() if "rainwater" in said[0] else said[0]),
        Turn("assistant", f"{said[2]} [1]"),
    ]
    assert rewrite(question, exchanges(history)) == searched_for


def test_a_rewritten_question_helps_to_rewrite_the_next() -> None:
    earlier = talk(RAIN, SAVED)
    assert rewrite("And who said that?", earlier) == (
        "And who said that? (Arkadag, the rainwater collection system, more than 50% reduction)"
    )
    earlier = talk(PRESIDENT, ("When did he serve?", "1640 to 1654", "He served from 1640 to 1654."))
    assert rewrite("What did he do then?", earlier) == "What did Henry Dunster do in 1640 to 1654?"


def test_a_former_topic_does_not_come_back() -> None:
    earlier = talk(RAIN, ("When was Nikola Tesla born?", "10 July 1856", "Nikola Tesla (born 10 July 1856)"))
    assert rewrite("Where did he die?", earlier) == "Where did Nikola Tesla die?"


@pytest.mark.parametrize("words", ["", ABSTENTION])
def test_without_an_answer_the_question_before_is_enough(words: str) -> None:
    earlier = [Exchange("Who designed the Safe City project?", "Who designed the Safe City project?", words)]
    assert rewrite("How many cameras does it use?", earlier) == "How many cameras does the Safe City project use?"


@given(st.text())
def test_without_a_history_any_text_comes_back_with_single_spaces(question: str) -> None:
    assert rewrite(question, []) == " ".join(question.split())


_PIECES = st.sampled_from(
    "who did it he there the that and What about Luther's (Ark) in [1] , . ? ‘ﬁ’ ١ Ünal its same why 1636 of".split()
)
_WORDS = st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=12).map(" ".join))


@given(_WORDS, _WORDS, st.none() | _WORDS, _WORDS, _WORDS)
def test_odd_text_raises_nothing_and_loses_no_question(
    before: str, words: str, short: str | None, title: str, question: str
) -> None:
    earlier = [
        Exchange(before, before, words, short, (title,)),
        *exchanges([Turn("user", words), Turn("assistant", before)]),
    ]
    rewritten = rewrite(question, earlier)
    assert bool(rewritten) == bool(question.split())
    assert rewritten == " ".join(rewritten.split())


def test_a_conversation_over_the_seeds_finds_its_evidence(assistant: Assistant) -> None:
    earlier: list[Exchange] = []
    for question, evidence in (
        ("What rainwater system does Arkadag use?", "rainwater collection system"),
        ("How much does it save?", "more than 50% reduction in water intake"),
        ("And who said that?", "Chairman of the State Committee of Turkmenistan for the Construction of Arkadag told"),
        ("What else is planned there?", "build a medical cluster in Arkadag"),
        ("why?", "in order to develop the pharmaceutical industry"),
        ("Who toured Fizuli with Tokayev?", "Ilham Aliyev toured the war-torn town of Fizuli"),
        ("How many high-rise buildings are being built there?", "38 high-rise buildings"),
    ):
        found = answer(assistant, question, earlier)
        assert any(evidence in citation.quote for citation in found.citations), (
            question,
            found.searched_for,
            found.text,
        )
        titles = tuple(citation.title for citation in found.citations)
        earlier.append(Exchange(question, found.searched_for, found.text, found.short_answer, titles))
