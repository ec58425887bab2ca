"""Put back what was taken for boilerplate: a person's decision, which is kept by the words of the stretch."""

import hashlib
from collections.abc import Collection
from dataclasses import replace

from embeddings.documents.blocks import Block, Kind
from embeddings.documents.boilerplate import Boilerplate
from embeddings.documents.document import Document
from embeddings.documents.plain_text_blocks import plain_text_blocks


def stretch_key(words: str) -> str:
    """Return the SHA-256 of a stretch's words, so that it is known again wherever it stands after an edit."""
    return hashlib.sha256(" ".join(words.split()).encode()).hexdigest()


def stretch_keys(document: Document) -> list[str]:
    """Return the key of each stretch of a document's boilerplate, in order."""
    return [stretch_key(document.text[piece.start : piece.end]) for piece in document.boilerplate]


def with_put_back(document: Document, keys: Collection[str]) -> Document:
    """Return a document of whose boilerplate the stretches with these keys are read, as plain text, and no others."""
    if not keys and not any(piece.is_read for piece in document.boilerplate):
        return document
    pieces = tuple(
        replace(piece, is_read=key in keys)
        for piece, key in zip(document.boilerplate, stretch_keys(document), strict=True)
    )
    content = (block for block in document.blocks if not any(_is_inside(block, piece) for piece in pieces))
    own = (block for piece in pieces for block in _blocks(document.text, piece))
    return replace(document, boilerplate=pieces, blocks=tuple(sorted([*content, *own], key=lambda block: block.start)))


def _is_inside(block: Block, piece: Boilerplate) -> bool:
    return piece.start <= block.start and block.end <= piece.end


def _blocks(text: str, piece: Boilerplate) -> tuple[Block, ...]:
    if piece.is_read:
        return plain_text_blocks(text, piece.start, piece.end)
    return (Block(Kind.BOILERPLATE, piece.start, piece.end),)
