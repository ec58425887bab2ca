from qa_app.language.function_words import AUXILIARIES, DETERMINERS, FUNCTION_WORDS, NEGATIONS, PREPOSITIONS


def test_every_class_of_function_words_is_among_them() -> None:
    assert {*AUXILIARIES, *PREPOSITIONS, *DETERMINERS, *NEGATIONS, "and", "she", "yes"} <= FUNCTION_WORDS


def test_content_words_are_not_function_words() -> None:
    assert not FUNCTION_WORDS & set("part article people year made back second use".split())


def test_no_word_is_listed_twice_in_its_class() -> None:
    for words in (AUXILIARIES, PREPOSITIONS):
        assert len(set(words)) == len(words) and all(word == word.lower().strip() for word in words)
