"""Classify a question by its words alone. English only; in other languages every question asks for one short fact."""

import re

from qa_app.language.function_words import DETERMINERS, PREPOSITIONS

_SEVERAL = re.compile(
    r"""\b(why|list|name\s+(all|some|the)|tell\s+(me|us)|describe|explain|summari[sz]e|overview|what\s+(do|can)\s+(we|you|i)\s
    |what\s+(is|are)\s+(known|said|reported|written)|how\s+(is|are|was|were|do|does|did|can|will|would|should)\b
    |what\s+(else|all)|everything|reasons?\b|in\s+what\s+ways?|both\b)""",
    re.IGNORECASE | re.VERBOSE,
)
# "which projects", "what new facilities are planned", "who are the members": a plural asks for all of them. After an
# adjective, an auxiliary or preposition must follow; otherwise "which company makes" would match.
_PLURAL = re.compile(
    r"""\b(which|what)\s+(?P<noun>[a-z]{3,}s)\b
    |\b(which|what)\s+[\w'’-]+\s+(?P<second>[a-z]{3,}s)\s+(are|were|do|did|have|had|can|could|will|would|should|of|in)\b
    |\bwho\s+(are|were)\b""",
    re.IGNORECASE | re.VERBOSE,
)
# "What happens to …", "What causes the …": a verb, as no noun stands before these words.
_VERB = re.compile(
    rf"\bwhat\s+[a-z]{{3,}}s(?:\s*[?.!]*$|\s+(?:it|if|when|because|{'|'.join((DETERMINERS | set(PREPOSITIONS)) - {'of'})})\b)",
    re.IGNORECASE,
)
_NO_PLURAL = re.compile(r"(ss|us|is|'s|’s)$|^(does|was|has|series|news)$", re.IGNORECASE)


_LIST = re.compile(
    r"^\W*(?:please\s+)?(?:list|enumerate|name|give\s+me|find|show\s+me)\s+(?:all|every|the)\b|\bwho\s+(?:all|else)\b",
    re.IGNORECASE,
)
_YES_OR_NO = re.compile(
    r"^\W*(is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might)\b(?!.*\bor\b)", re.IGNORECASE
)
# Reasons, methods and summaries need whole sentences, as yes-or-no questions do.
_SENTENCES = re.compile(
    r"""\bwhy\b|\bhow\s+(is|are|was|were|do|does|did|can|will|would|should|come)\b
    |\b(tell\s+(me|us)|describe|explain|summari[sz]e|overview|compare)\b
    |\bwhat\s+(is|are)\s+(known|said|reported|written)\b|\bwhat\s+(do|can)\s+(we|you|i)\s""",
    re.IGNORECASE | re.VERBOSE,
)


def wants_several(question: str) -> bool:
    """Return whether one sentence is hardly the whole answer: lists, reasons, overviews."""
    return bool(_SEVERAL.search(question)) or _asks_for_plural(question)


def wants_list(question: str) -> bool:
    """Return whether all of something is asked for, each with its name: "which projects …", "list all people …"."""
    if wants_sentences(question):
        return False
    return bool(_LIST.search(question)) or _asks_for_plural(question)


def _asks_for_plural(question: str) -> bool:
    match = _PLURAL.search(question)
    if match is None or _VERB.search(question):
        return False
    noun = match["noun"] or match["second"]
    return noun is None or not _NO_PLURAL.search(noun)


def wants_sentences(question: str) -> bool:
    """Return whether no short answer fits: yes or no, why, how, a summary. docs/results/quality.md says how often."""
    return asks_yes_or_no(question) or bool(_SENTENCES.search(question))


def asks_yes_or_no(question: str) -> bool:
    """Return whether yes or no would answer; whether a sentence says yes is left to whoever reads it."""
    return bool(_YES_OR_NO.search(question))
