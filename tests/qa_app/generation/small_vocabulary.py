"""Makes a GGUF file with the first part of a model's vocabulary, which transformers loads in a fraction of the time.

transformers reads a file's vocabulary three times, text by text, which takes most of the time of loading a small model. The
first tokens are the single bytes and the most frequent words, and the merges that make them are the first ones too, so text is
only cut into smaller pieces. All layers stay. The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import struct
from pathlib import Path
from typing import Any, BinaryIO

_STRING, _ARRAY = 8, 9
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_ALIGNMENT = 32
_EMBEDDING = "token_embd.weight"


def with_small_vocabulary(model: Path, tokens: int, target: Path) -> None:
    """Write `model` with its first `tokens` tokens. Its embedding must come first and be used for the output too."""
    with model.open("rb") as source, target.open("wb") as out:
        out.write(source.read(8))  # magic and version
        tensors, settings = _number(source, "Q"), _number(source, "Q")
        out.write(struct.pack("<QQ", tensors, settings))
        dropped = 0
        for _ in range(settings):
            name, kind = _text(source), _number(source, "I")
            value = _value(source, kind)
            if name == "tokenizer.ggml.tokens":
                dropped = len(value[1]) - tokens
            if name in ("tokenizer.ggml.tokens", "tokenizer.ggml.token_type", "tokenizer.ggml.merges"):
                value = (value[0], value[1][:-dropped])
            elif name == "llama.vocab_size":
                value = tokens
            out.write(_packed(_STRING, name) + struct.pack("<I", kind) + _packed(kind, value))
        listed = [_tensor(source) for _ in range(tensors)]
        (first, (width, rows), _, begin), (*_, after) = listed[:2]
        assert (first, begin, rows - tokens) == (_EMBEDDING, 0, dropped)
        kept = after // rows * tokens
        for name, shape, kind, offset in listed:
            shape, offset = ([width, tokens], 0) if name == _EMBEDDING else (shape, offset - after + kept)
            out.write(_packed(_STRING, name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset))
        source.seek(-source.tell() % _ALIGNMENT, 1)
        out.write(bytes(-out.tell() % _ALIGNMENT))
        data = source.read()
        out.write(data[:kept] + data[after:])


def _number(source: BinaryIO, form: str) -> Any:
    return struct.unpack(f"<{form}", source.read(struct.calcsize(f"<{form}")))[0]


def _text(source: BinaryIO) -> str:
    return source.read(_number(source, "Q")).decode("utf-8")


def _value(source: BinaryIO, kind: int) -> Any:
    """Read a value; an array as its elements' kind and the elements."""
    if kind == _STRING:
        return _text(source)
    if kind == _ARRAY:
        inner = _number(source, "I")
        return inner, [_value(source, inner) for _ in range(_number(source, "Q"))]
    return _number(source, _NUMBERS[kind])


def _packed(kind: int, value: Any) -> bytes:
    if kind == _STRING:
        text = bytes(value, "utf-8")
        return struct.pack("<Q", len(text)) + text
    if kind == _ARRAY:
        inner, values = value
        return struct.pack("<IQ", inner, len(values)) + b"".join(_packed(inner, one) for one in values)
    return struct.pack(f"<{_NUMBERS[kind]}", value)


def _tensor(source: BinaryIO) -> tuple[str, list[int], int, int]:
    """Read a tensor's name, shape, kind and offset."""
    name, count = _text(source), _number(source, "I")
    shape = [_number(source, "Q") for _ in range(count)]
    return name, shape, _number(source, "I"), _number(source, "Q")
