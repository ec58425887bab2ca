"""Put a noun phrase that stands before a question in its place (left dislocation): "And his wife, where was she born?"."""

import re

from qa_app.language.function_words import AUXILIARIES
from qa_app.rewriting.asked import LEAD, WH

_AUX = "|".join(AUXILIARIES)
_DISLOCATED = re.compile(
    rf"(?P<lead>{LEAD})(?:(?:what|how)\s+about\s+)?(?P<phrase>(?:the|his|her|its|their|this|that|these|those)\s+[^,?]{{2,60}}),\s+"
    rf"(?P<before>(?:{WH}|{_AUX})\b[^,?]*?)\b(?P<pronoun>(?ai:he|she|it|they|him|them|his|her|its|their))\b(?P<after>.*)",
    re.IGNORECASE | re.DOTALL,
)
_POSSESSIVES = ("his", "its", "their")
# "gave her the book": another determiner or the end follows an object.
_OBJECT_HER = re.compile(rf"\s*(?:[?.!,]|$)|\s+(?:the|an?|to|in|at|on|{_AUX})\b", re.IGNORECASE)


def undislocated(question: str) -> str:
    """Return "And where was his wife born?" for "And his wife, where was she born?"; other questions as they are."""
    found = _DISLOCATED.fullmatch(question)
    if found is None:
        return question
    pronoun = found["pronoun"].lower()
    owns = pronoun in _POSSESSIVES or (pronoun == "her" and not _OBJECT_HER.match(found["after"]))
    phrase = found["phrase"].strip() + ("'s" if owns else "")
    clause = f"{found['before']}{phrase[0].lower()}{phrase[1:]}{found['after']}"
    return f"{found['lead']}{clause}" if found["lead"] else f"{clause[0].upper()}{clause[1:]}"
