"""Common English nouns by kind (persons, places, times, measures, things), and their plurals."""

from enum import Enum


class Kind(Enum):
    """The kind of thing that words refer to; it decides which pronouns can refer to them."""

    PERSON = "person"
    PLACE = "place"
    TIME = "time"
    MEASURE = "measure"
    """A number, or a noun that stands for a number or name ("the population"); no pronoun refers to it."""
    THING = "thing"
    MANY = "many"
    """More than one person or thing."""
    UNKNOWN = "unknown"
    """A name that could be any kind."""


# Nouns for persons; questions about them begin with "who". `qa_app.evaluation.drafting.question_templates` uses them too.
PERSONS = (
    "actor actress architect author chairman composer director emperor engineer governor historian inventor journalist king "
    "lawyer leader mathematician minister musician novelist painter philosopher physicist poet politician president "
    "professor queen scientist secretary singer writer founder mayor head owner commander"
).split()
RELATIVES = (
    "aunt brother cousin daughter father grandfather grandmother grandson husband mother nephew niece sister son "
    "uncle widow wife"
).split()
_FURTHER_PERSONS = (
    "boss boy captain chancellor character coach companion creator designer doctor duke empress explorer general "
    "girl guy host judge khan lady man manager monk person player pope predecessor prince princess producer "
    "quarterback rector reformer ruler soldier speaker star successor sultan teacher victim winner woman"
).split()
_PLACES = (
    "area bay beach borough building capital castle centre center church city colony continent country county desert district "
    "fort garden harbour hospital house island lake land location mountain museum nation neighborhood neighbourhood palace park "
    "place port province region river school sea site square stadium state street suburb territory town university valley "
    "venue village zone"
).split()
_TIMES = "age century date day decade era hour moment month period season time week weekend year".split()
_MEASURES = (
    "aim amount area average budget capacity cause colour color cost date degree depth distance duration fraction goal growth height kind "
    "length level majority meaning motto name nickname number part percent percentage population portion price proportion purpose "
    "quantity range rate ratio reason result role salary share size sort speed sum symbol temperature title total type use value "
    "volume way weight width"
).split()
_THINGS = (
    "act agency agreement airline airport album app army article association award bank band battle bill book bridge business "
    "ceremony chain channel club college committee company competition concept conference constitution contract corporation "
    "council court creature disease document doctrine drug edict element empire epidemic episode event experiment factory family "
    "festival field film firm force fund game gas genus government group holding idea industry institution invention "
    "invasion journal language law league legislation letter library machine magazine match material meeting metal method mission "
    "model molecule movement movie network newspaper novel office operation orchestra order organ organisation organization outbreak "
    "paper parliament party patent plague plan plant plate play poem policy portal principle procedure process product program "
    "programme project rebellion reform religion report revolt revolution rule series service ship show siege society song species "
    "standard story structure study substance system team technique technology text theatre theory thesis tower tradition treaty "
    "trial tribe tribunal union vaccine version virus visit war work"
).split()

_KINDS = {
    **dict.fromkeys(_THINGS, Kind.THING),
    **dict.fromkeys(_PLACES, Kind.PLACE),
    **dict.fromkeys(_TIMES, Kind.TIME),
    **dict.fromkeys(_MEASURES, Kind.MEASURE),
    **dict.fromkeys((*PERSONS, *RELATIVES, *_FURTHER_PERSONS), Kind.PERSON),
}
_PLURALS = frozenset("people children men women members troops residents citizens inhabitants".split())
_NO_PLURAL = frozenset("series species news".split())
# Endings of singular words that end in s: "process", "bus", "analysis".
_NO_PLURAL_ENDINGS = ("ss", "us", "is")

# Nouns that often refer to something named before: "the city".
GENERIC = frozenset(
    "city town country state place region area company firm group organisation organization institution project programme program "
    "system app scheme building centre center site delegation team club party film movie show series book song album game match war "
    "battle conflict treaty agreement act ceremony event meeting visit trip author man woman king president leader founder winner "
    "mayor presidents leaders teams players members students school university church council committee parliament disease outbreak "
    "epidemic element gas inventor emperor empire army plan work device machine network station channel doctor character".split()
)
ATTRIBUTES = frozenset(
    "outcome result reason cause population cost price size area height length capital purpose date name motto score location age "
    "number effect effects consequence consequences aim goal symptom symptoms title total director author founder owner budget "
    "causes reasons results members death".split()
)


def kind_of(noun: str) -> Kind:
    """Return the kind of a noun. A plural is `Kind.MANY` unless it is a measure or time; an unknown noun is a thing."""
    word = noun.lower()
    if word in _KINDS:
        return _KINDS[word]
    if not is_plural(word):
        return Kind.THING
    kind = _KINDS.get(singular(word))
    return kind if kind in (Kind.MEASURE, Kind.TIME) else Kind.MANY


def is_known(noun: str) -> bool:
    """Return whether a noun, singular or plural, is in the lists."""
    word = noun.lower()
    return word in _KINDS or word in _PLURALS or singular(word) in _KINDS


def is_plural(word: str) -> bool:
    """Return whether a word, in lower case, has the form of a plural noun."""
    if word in _PLURALS:
        return True
    return len(word) > 3 and word.endswith("s") and not word.endswith(_NO_PLURAL_ENDINGS) and word not in _NO_PLURAL


def singular(word: str) -> str:
    """Return the singular of a noun in lower case."""
    if not is_plural(word) or word in _PLURALS:
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("shes", "ches", "xes", "sses")) else word[:-1]
