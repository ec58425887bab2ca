"""Recognise a request to make something that no article holds: a poem, a drawing, a translation, code. English.

Only the form of a request counts: an imperative, or one addressed to the program ("can you write me …"), of a verb of
creation (Levin 1993, classes 25 and 26), and what is to be made with its determiner. So "design of the bridge", "who wrote
the poem" and the "you" that means anyone ("can you write a cheque in pencil?") are none.
"""

import re

from qa_app.routing.number_words import NUMBER_WORD

_ASKING = r"(?:please|kindly|now|then|i(?:\s+want|\s+need|(?:\s+would|['’]d)\s+like)\s+you\s+to|(?:help|let)\s+(?:me|us)(?:\s+to)?)"
_MAKE = (
    r"(?:(?:re)?write|compose|draft|draw|sketch|paint|design|create|make|build|generate|produce|compile|code|program|sing|invent"
    r"|translate|rephrase|reword|paraphrase|proofread)"
)
# What can be made of the articles by quoting them is no such request: "make a list of all boats".
_QUOTED = r"(?:lists?|summar(?:y|ies)|overviews?|outlines?|timelines?|comparisons?|answers?|sentences?|sure|sense)"
_FOR_ME = r"(?:me|us)"
_WHAT = rf"(?:an?|some|another|my|our|your|the|this|that|these|those|it|them|\d+|{NUMBER_WORD})"
_REQUEST = re.compile(
    rf"(?:(?:{_ASKING}[\s,]+)*{_MAKE}\s+(?:{_FOR_ME}\s+)?(?:up\s+)?|(?:can|could|would|will)\s+you\s+(?:please\s+)?(?:{_MAKE}\s+{_FOR_ME}|(?:please\s+)?help\s+{_FOR_ME}\s+(?:to\s+)?{_MAKE})\s+)"
    rf"(?P<what>{_WHAT})\b(?!(?:\s+[\w-]+){{0,2}}?\s+{_QUOTED}\b)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)


def is_making_request(message: str) -> bool:
    """Return whether a message asks to make something; an imperative that ends in a question asks something else too."""
    found = _REQUEST.match(message)
    return bool(found) and not (
        message.endswith("?") and re.match(rf"(?:{_ASKING}[\s,]+)*{_MAKE}\b", message, re.IGNORECASE)
    )
