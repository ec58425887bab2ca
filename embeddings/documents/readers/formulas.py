"""Write MathML formulas in a line, as office programs do when they copy them: a/b, x^2, x_1."""

from lxml import etree

from embeddings.documents.readers.zipped import local_name

_BETWEEN = {
    "mfrac": ("/",),
    "msup": ("^",),
    "msub": ("_",),
    "msubsup": ("_", "^"),
    "mover": ("",),
    "munder": ("_",),
    "munderover": ("_", "^"),
}
"""What stands between the parts of an element."""
_OTHER_FORMS = frozenset(("annotation", "annotation-xml"))
"""The same formula again, in TeX or another notation."""


def linear_formula(element: etree._Element) -> str:
    """Return the words of a MathML element; parts of several signs are put in brackets where a fraction or a root joins them."""
    name = local_name(element)
    if name in _OTHER_FORMS:
        return ""
    parts = [linear_formula(part) for part in element]
    if not parts:
        return " ".join((element.text or "").split())
    if name in ("msqrt", "mroot"):
        return "√" + _bracketed("".join(parts[:1] if name == "mroot" else parts))
    between = _BETWEEN.get(name)
    if between is None:
        return "".join(parts)
    formula = _bracketed(parts[0]) if name == "mfrac" else parts[0]
    for sign, part in zip(between, parts[1:], strict=False):
        formula += sign + _bracketed(part)
    return formula


def _bracketed(part: str) -> str:
    return part if len(part) < 2 or part.isalnum() else f"({part})"
