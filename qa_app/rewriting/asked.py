"""Parse an English question into its question word, noun, auxiliary and the rest."""

import re
from dataclasses import dataclass

from qa_app.language.function_words import AUXILIARIES, PREPOSITIONS
from qa_app.language.nouns import Kind, is_known, kind_of

_DO = ("do", "does", "did", "don't", "doesn't", "didn't")
_BE = ("is", "are", "was", "were", "isn't", "aren't", "wasn't", "weren't")

# Words that may lead into a follow-up question.
LEAD = r"(?:(?:and|but|so|or|then|ok|okay|well|also|yes|no|hm+|oh|great|thanks?|thank you|right)\b[\s,.!:-]*)*"
WH = (
    rf"(?:(?:{'|'.join(PREPOSITIONS)})\s+)?"
    r"(?:how\s+(?:many|much|long|old|far|often|big|large|tall|high|deep|wide|fast|soon|early|late|few|well|come)|how|whose|whom|who|what|"
    r"which|when|where|why)(?:['’]s)?"
)
_ASKED = re.compile(rf"\s*(?P<lead>{LEAD})(?P<wh>{WH})\b(?P<tail>.*)", re.IGNORECASE | re.DOTALL)
_YES_OR_NO = re.compile(
    rf"\s*(?P<lead>{LEAD})(?P<aux>{'|'.join(AUXILIARIES)})\b(?P<tail>.*)", re.IGNORECASE | re.DOTALL
)
_CONTEXT = re.compile(r"\s*\((?P<context>[^()]*)\)\s*$")
_AUX_AHEAD = re.compile(
    rf"\s*(?P<noun>(?:[\w’'“”\"-]+\s+){{0,7}}?)(?P<aux>{'|'.join(AUXILIARIES)})\b(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_ADVERBIAL = re.compile(r"(?:\w+\s+)?(?:when|where|why|how(?!\s+(?:many|much|few)\b).*)(?:['’]s)?", re.IGNORECASE)
# "the chairman of Turkmennebit", "Luther's wife": a noun phrase and nothing after it.
_IDENTITY = re.compile(
    r"(?:the|an?|his|her|its|their|[\w’'. -]+['’]s)\s+(?:[\w’'-]+\s+){0,4}?(?P<noun>[\w-]+)(?:\s+(?:of|in|for|at|to)\s+.*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Asked:
    """The parts of a question: "In what | year | did | Tesla move to Colorado"; a missing part is empty."""

    wh: str
    """Empty for a yes-or-no question."""
    noun: str
    aux: str
    """Empty if the question asks for the subject: "who built the tower"."""
    rest: str
    """Without the question mark."""
    context: str
    """The words in parentheses at the end, as `rewrite` adds them."""

    @property
    def is_adverbial(self) -> bool:
        """Return whether it asks when, where, why or how, so that its other parts describe the whole event."""
        if self.noun:  # "in what year"
            return " " in self.wh and self.wh.split()[0].lower() in PREPOSITIONS
        return bool(_ADVERBIAL.fullmatch(self.wh))

    @property
    def wants_subject(self) -> bool:
        return bool(self.wh) and not self.aux

    @property
    def has_do(self) -> bool:
        return self.aux.lower() in _DO

    @property
    def has_be(self) -> bool:
        return self.aux.lower() in _BE

    @property
    def head(self) -> str:
        """The noun that the answer is an instance of: "capital" in "What is the capital of Poland?"; else empty."""
        if self.noun:
            return re.split(r"\s+(?:of|in|for|at)\s+", self.noun)[0].split()[-1].strip("“”\"'")
        names_one = (
            self.has_be and self.wh.lower().split()[-1:] and self.wh.lower().split()[-1] in ("what", "which", "who")
        )
        identity = _IDENTITY.fullmatch(self.rest) if names_one else None
        return identity["noun"] if identity and is_known(identity["noun"]) else ""


def asked(question: str) -> Asked | None:
    """Return the parts of a question; None if it is neither a "wh" question nor a yes-or-no question."""
    context = _CONTEXT.search(question)
    bare = question[: context.start()] if context else question
    words = context["context"] if context else ""
    bare = bare.strip().rstrip("?!. ")
    match = _ASKED.fullmatch(bare)
    if match is None:
        match = _YES_OR_NO.fullmatch(bare)
        return Asked("", "", match["aux"], match["tail"].strip(), words) if match else None
    wh, tail = match["wh"], match["tail"]
    ahead = _AUX_AHEAD.fullmatch(tail)
    if ahead and (not ahead["noun"].strip() or _takes_noun(wh)):
        return Asked(wh, ahead["noun"].strip(), ahead["aux"], ahead["rest"].strip(), words)
    noun = _subject_noun(tail) if _takes_noun(wh) else ""
    return Asked(wh, noun, "", tail.strip()[len(noun) :].strip(), words)


def kind_asked(parts: Asked) -> Kind:
    """Return the kind of thing that a question asks for."""
    wh = parts.wh.lower().split()
    if not wh:
        return Kind.MEASURE
    if wh[0] == "how" or wh[-1] in ("why", "how"):
        return Kind.MEASURE
    if wh[-1] == "when":
        return Kind.TIME
    if wh[-1] == "where":
        return Kind.PLACE
    if wh[-1] in ("who", "whom", "who's", "who’s"):
        return Kind.MANY if parts.aux.lower() in ("are", "were") else Kind.PERSON
    return kind_of(parts.head) if parts.head else Kind.UNKNOWN


def _takes_noun(wh: str) -> bool:
    return wh.lower().split()[-1] in ("what", "which", "whose", "many", "much", "few")


def _subject_noun(tail: str) -> str:
    """Return the noun of "which company built …". No auxiliary marks its end, so it ends with the first known noun."""
    words = re.match(r"\s*(?:[\w’'“”\"-]+\s+){0,3}", tail)
    for i, word in enumerate(found := (words[0].split() if words else [])):
        if is_known(word) and not word.lower().endswith("ed"):
            return " ".join(found[: i + 1])
    return ""
