"""English function words (stop words), by class.

Questions are parsed at their auxiliaries and prepositions, which published stop word lists do not distinguish. Words are in
lower case, contractions with a straight apostrophe.
"""

AUXILIARIES = tuple(
    "is are was were isn't aren't wasn't weren't am be been being do does did don't doesn't didn't has have had hasn't haven't "
    "hadn't can could can't couldn't will would won't wouldn't shall should shouldn't may might must".split()
)
PREPOSITIONS = tuple(
    "about above across after against along among around as at before behind below beneath beside besides between beyond by "
    "concerning despite down during except for from in inside into like near of off on onto out outside over past per since than "
    "through throughout till to toward towards under until up upon versus via with within without".split()
)
DETERMINERS = frozenset(
    "the a an this that these those its their his her our my your any some all each every both".split()
)
NEGATIONS = frozenset("not no never none neither nor nothing nobody nowhere without cannot hardly n't".split())

_QUESTION_WORDS = "who whom whose what which when where why how".split()
_PRONOUNS = (
    "i you he she it we they him them us me yours hers theirs himself herself itself themselves one other others another either same such own"
).split()
_CONJUNCTIONS = "and or but so if because while although though however moreover whereas whether therefore thus".split()
_ADVERBS = (
    "there here then now today also too else ever only just still yet again always often once later more most many much few less "
    "least several enough very quite rather even further indeed instead perhaps nearly together away etc according"
).split()
_PARTICIPLES = "doing done having".split()
_INTERJECTIONS = "yes ok well".split()

FUNCTION_WORDS = (
    frozenset(AUXILIARIES)
    | frozenset(PREPOSITIONS)
    | DETERMINERS
    | NEGATIONS
    | frozenset((*_QUESTION_WORDS, *_PRONOUNS, *_CONJUNCTIONS, *_ADVERBS, *_PARTICIPLES, *_INTERJECTIONS))
)
