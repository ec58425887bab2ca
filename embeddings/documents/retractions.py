"""Recognise a sentence that takes back the one before it: "That is wrong.", "This was an error." English."""

import re

_WORDS_MOST = 12
_RETRACTS = re.compile(
    r"""(?:this|that|it|which|the\s+(?:figure|number|statement|report|claim|name|date))\s+(?:is|was|were|has\s+been|proved|turned\s+out)
    (?:\s+to\s+be)?(?:\s+\w+ly)?\s+(?:not\s+(?:true|correct|right|accurate|so|the\s+case)|wrong|false|incorrect|untrue|inaccurate|mistaken
    |(?:an?|our|my|the)\s+(?:\w+\s+)?(?:error|mistake|slip))\b""",
    re.IGNORECASE | re.VERBOSE,
)


def retracts(sentence: str) -> bool:
    """Return whether a sentence does little more than say that the one before it is wrong."""
    return bool(_RETRACTS.match(sentence)) and len(sentence.split()) <= _WORDS_MOST
