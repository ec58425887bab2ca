"""Reading takes time in proportion to a text's length, whatever its lines are like, and long texts are read in another process."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from embeddings.config import ChunkingConfig
from embeddings.cutting import cut
from embeddings.documents.chunks import chunk_document
from embeddings.documents.read_document import read_documents, text_document
from embeddings.documents.readers import reader_of
from embeddings.documents.readers.format_reader import Extracted

PROSE = "The dam that was built in this valley in nineteen-twenty is the longest of them all.\n\n"
# Four times the text may take this many times the processor's time: a square would take 16 times as much.
MOST = 9


def repeated(words: str, chars: int) -> str:
    return (words * (chars // len(words) + 1))[:chars]


TEXTS: dict[str, Callable[[int], str]] = {
    "Chinese without line breaks": lambda n: repeated("这是一个关于水坝的很长的句子。它有三百米高，", n),
    "Japanese without line breaks": lambda n: repeated("これはダムについての長い文です。高さは三百メートルです。", n),
    "brackets that stay open": lambda n: repeated("「これは長い文です。と言った", n),
    "numbers": lambda n: repeated("1. 2. ", n),
    "comments that stay open": lambda n: repeated("<!-- ", n),
    "a page's buttons": lambda n: repeated("Share this and that, which is a longer line of words\n", n),
    "titles": lambda n: repeated("title: something about the dam\n", n),
    "dates": lambda n: repeated("date: 2020-01-01\n", n),
    "dates alone": lambda n: repeated("May 5, 2020\n\n", n),
    "readers' comments": lambda n: PROSE + repeated("3 comments\n\n2 hours ago\n\n", n),
    "lists of other articles": lambda n: PROSE + repeated("Most read\n\nA headline\n\n", n) + PROSE,
    "notices": lambda n: PROSE + repeated("This site uses cookies\n\n", n),
    "front matter": lambda n: f"---\na: {repeated('1:', n)}1\n---\n{PROSE}",
    "front matter that stays open": lambda n: f"---\n{repeated('1:', n)}1\n{PROSE}",
    "links in front matter": lambda n: f"---\na: '{repeated('[', n)}'\n---\n{PROSE}",
    "short lines": lambda n: repeated("a; b\n", n),
    "broken words": lambda n: "".join(
        f"a line of words with a bro{i}-\nken word of some kind\n" for i in range(n // 50)
    ),
    "ticks": lambda n: repeated("`a ``b ", n),
}


def seconds_of(text: str, name: str) -> float:
    """Return the processor's time that reading and cutting a text takes, the less of two."""
    taken = []
    for _ in range(2):
        started = time.process_time()
        (extracted,) = reader_of(name).read(text.encode(), name)
        assert isinstance(extracted, Extracted)
        chunk_document(text_document(extracted, name, name, ""), ChunkingConfig())
        taken.append(time.process_time() - started)
    return min(taken)


MARKDOWN = ("front matter that stays open", "ticks", "short lines", "broken words")


@pytest.mark.parametrize(
    ("kind", "name"), [*((kind, "a.txt") for kind in TEXTS), *((kind, "a.md") for kind in MARKDOWN)]
)
def test_reading_takes_time_in_proportion_to_the_length(kind: str, name: str) -> None:
    short, long = (seconds_of(TEXTS[kind](chars), name) for chars in (10_000, 40_000))
    assert long < MOST * max(short, 0.01)


def test_deeply_nested_front_matter_is_refused_at_once() -> None:
    assert seconds_of(f"---\na: {'[' * 20_000}\n---\n{PROSE}", "a.txt") < 0.5


def test_a_long_text_is_read_and_cut_in_another_process(tmp_path: Path) -> None:
    text = repeated("这是一个关于水坝的很长的句子。它有三百米高，", 300_000)
    (tmp_path / "a.txt").write_text(text)
    started = time.process_time()  # of this process
    (document,) = read_documents(tmp_path, "a.txt", 10_000_000).documents
    chunks = cut(document, ChunkingConfig()).chunks
    assert time.process_time() - started < 1
    assert document.text == text
    assert document.language == "zh"
    assert chunks == chunk_document(document, ChunkingConfig())
