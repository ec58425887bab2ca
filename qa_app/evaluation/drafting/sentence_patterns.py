"""Patterns for the parts of an English sentence that the question templates share: verbs, nouns, subjects, dates, clause ends."""

import re

from qa_app.language.dates import MONTH_PATTERN, YEAR_PATTERN
from qa_app.language.names import NAME_PATTERN

# Verbs in the past tense that can safely be replaced by the infinitive after "did": "released release".
_VERBS = """
    abandoned abandon abolished abolish accepted accept accused accuse achieved achieve acquired acquire added add admitted
    admit adopted adopt advised advise agreed agree aired air allowed allow annexed annex announced announce appeared appear
    appointed appoint approved approve argued argue arrested arrest arrived arrive assassinated assassinate assembled assemble
    assumed assume attacked attack attended attend banned ban became become began begin borrowed borrow bought buy broadcast
    broadcast brought bring built build burned burn called call cancelled cancel captured capture carried carry caused cause
    celebrated celebrate changed change chose choose claimed claim closed close coined coin collected collect combined combine
    commissioned commission completed complete composed compose condemned condemn conducted conduct confirmed confirm conquered
    conquer constructed construct contributed contribute controlled control converted convert created create crossed cross
    crowned crown cut cut debuted debut declared declare dedicated dedicate defeated defeat defended defend delivered deliver
    described describe designed design destroyed destroy developed develop died die directed direct discovered discover
    discussed discuss dismissed dismiss divided divide donated donate drew draw earned earn edited edit elected elect emerged
    emerge employed employ enacted enact encouraged encourage ended end endorsed endorse entered enter established establish
    examined examine executed execute expanded expand expelled expel experienced experience exported export faced face fell fall
    fired fire followed follow forced force formed form fought fight founded found gained gain gave give got get graduated
    graduate granted grant grew grow held hold helped help hired hire hosted host identified identify imported import imposed
    impose imprisoned imprison inaugurated inaugurate included include increased increase influenced influence inherited inherit
    initiated initiate inspired inspire installed install interviewed interview introduced introduce invaded invade invented
    invent invested invest invited invite issued issue joined join kept keep killed kill laid lay landed land launched launch
    learned learn led lead left leave lived live located locate lost lose made make maintained maintain married marry measured
    measure mentioned mention merged merge met meet mined mine moved move named name negotiated negotiate observed observe
    obtained obtain occupied occupy offered offer opened open operated operate opposed oppose ordered order organised organise
    organized organize owned own paid pay painted paint participated participate passed pass performed perform planned plan
    planted plant played play predicted predict premiered premiere prepared prepare presented present preserved preserve
    produced produce promised promise promoted promote proposed propose protected protect proved prove provided provide
    published publish purchased purchase raised raise ran run ratified ratify reached reach received receive recommended
    recommend recorded record reduced reduce reformed reform refused refuse regained regain registered register rejected reject
    released release remained remain removed remove renamed rename rented rent reopened reopen repealed repeal replaced replace
    reported report represented represent required require rescued rescue resigned resign restored restore resumed resume
    retired retire returned return revealed reveal rose rise ruled rule saw see seized seize selected select sent send separated
    separate served serve settled settle shared share showed show signed sign sold sell spent spend split split sponsored
    sponsor spread spread started start stopped stop studied study submitted submit succeeded succeed suffered suffer suggested
    suggest supported support surrendered surrender suspended suspend taught teach tested test threatened threaten took take
    toured tour trained train transferred transfer translated translate travelled travel unveiled unveil used use violated
    violate visited visit voted vote warned warn welcomed welcome withdrew withdraw won win worked work wrote write
""".split()
PAST = dict(zip(_VERBS[::2], _VERBS[1::2], strict=True))
_IRREGULAR = (
    "built born held made written won sold led lost given set begun chosen shot taken brought bought kept shown torn"
)
PARTICIPLE = (
    rf"(?:(?:first|originally|officially|formally|initially|finally) )?(?:[a-z]+ed|{_IRREGULAR.replace(' ', '|')})"
)

# Nouns for things; with those for persons they decide between "what" and "who".
THINGS = (
    "agency airport association bank battle bridge building capital cathedral church city club college company country "
    "county desert disease district element family festival film forest game genus government institution island lake "
    "language library magazine mountain movement museum network newspaper organization organisation palace pandemic park party plant port "
    "programme program project protein province region religion river school series species sport state system "
    "technology theatre theory town treaty university village war"
).split()

DATE = rf"(?:\d{{1,2}} {MONTH_PATTERN} {YEAR_PATTERN}|{MONTH_PATTERN} \d{{1,2}}, {YEAR_PATTERN}|{MONTH_PATTERN},? {YEAR_PATTERN}|{YEAR_PATTERN})"
WHEN = rf"(?:in|on) (?P<answer>{DATE})"
_CLAUSE = (
    r"and|or|but|which|who|that|where|when|while|after|before|because|than|as|if|it|they|he|she|we|this|these|him|them"
)
NO_CLAUSE = rf"(?!(?:{_CLAUSE})\b)"
"""Stands before a word that begins no further clause."""
_PLAIN = rf"(?!(?:{_CLAUSE}|his|her|its|their)\b)[a-z]+"
# "The" and small words may precede the name, and an adverb follow it.
SUBJECT = (
    rf"(?P<subject>(?:(?:The|the) )?(?:(?:{_PLAIN} ){{1,3}}(?:of|for|in|between) (?:the )?)?(?P<name>{NAME_PATTERN}))"
    r"(?: (?:also|later|then|soon|[a-z]{3,}ly))?"
)
# Words between verb and date: no comma, no further clause, no digits.
REST = rf"(?P<rest>(?: (?!(?:{_CLAUSE})\b)[A-Za-z’'-]+){{0,14}}?)"
# A comma before a capital may be inside a name ("Flint, Michigan").
COMMA = r"[,;] (?![A-Z])"
CLAUSE_END = r"(?=\.$|[,;] | (?:and|but|when|after|as|with|to the)\b)"
NUMBER = r"\d{1,3}(?:,\d{3})+|\d{1,4}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
ABOUT = "(?:about |around |approximately |over |nearly |almost |only |more than |at least )?"
"""What may stand before a number that is not exact."""
NOUNS = (
    r"(?P<nouns>(?!(?:more|other|additional|further|such)\b)(?:[a-z-]+ ){0,2}(?:[a-z]{3,}s|people|children|men|women))"
)
PLACE = rf"(?P<answer>(?:the )?{NAME_PATTERN}(?:, {NAME_PATTERN})?)"


def subject_of(match: "re.Match[str]") -> str:
    """Return the `SUBJECT` of a sentence as it stands inside a question."""
    return lowered(match["subject"])


def lowered(words: str) -> str:
    """Return the words from a sentence's beginning as they stand inside one, without the capital of "The"."""
    return re.sub(r"^(?:The |[A-Z][a-z]+(?:ment|tion|sion|ing|ance) of\b)", lambda m: m[0].lower(), words)
