"""Prefixes that a model wants before questions and passages ("query: ", "passage: "), known by family or given."""

import re
from typing import NamedTuple

from embeddings.encoders.encoder import EncoderIdentity


class Prefixes(NamedTuple):
    """Put before each question and each passage; "" for none."""

    query: str
    passage: str


# From the model cards on https://huggingface.co, for the models whose own configuration lacks them. The pattern is matched
# with the last part of the model's name or folder.
_FAMILIES = (
    (r"(multilingual-)?e5-(small|base|large)(-v2)?", Prefixes("query: ", "passage: ")),
    (r"bge-(small|base|large)-en(-v1\.5)?", Prefixes("Represent this sentence for searching relevant passages: ", "")),
    (r"nomic-embed-text-v1(\.5)?", Prefixes("search_query: ", "search_document: ")),
    (r"mxbai-embed-(large|xsmall)-v1", Prefixes("Represent this sentence for searching relevant passages: ", "")),
)


def known_prefixes(name: str) -> Prefixes | None:
    """Return the prefixes of a published model, by the last part of its name; None if it is not known to want any."""
    last = name.rstrip("/").rpartition("/")[2]
    return next((prefixes for pattern, prefixes in _FAMILIES if re.fullmatch(pattern, last, re.IGNORECASE)), None)


def given_prefixes(identity: EncoderIdentity) -> Prefixes | None:
    """Return the prefixes that an encoder was given; None if it uses the model's own."""
    if identity.query_prefix is None and identity.passage_prefix is None:
        return None
    return Prefixes(identity.query_prefix or "", identity.passage_prefix or "")
