import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from embeddings.documents.blocks import Block, Kind
from embeddings.documents.isolation import IsolatedReader, Limits, read_isolated, stop_isolated
from embeddings.documents.readers.format_reader import Extracted, FormatReader, Unreadable
from embeddings.documents.readers.plain_text import PlainTextReader
from embeddings.errors import UnreadableFile


@dataclass(frozen=True)
class Misbehaving:
    """Does what the file says."""

    name: str = "misbehaving"
    version: int = 1

    def read(self, data: bytes, name: str) -> list[Extracted | Unreadable]:
        match data.decode():
            case "hang":
                while True:
                    pass
            case "hang in C":
                ctypes.PyDLL(None).sleep(60)  # without releasing the interpreter
            case "crash":
                ctypes.string_at(0)
            case "fill":
                pieces = []
                while True:
                    pieces.append(bytearray(10_000_000))
            case "reserve":
                bytearray(1 << 40)
            case "recurse":
                return self.read(data, name)
            case "print":
                os.write(1, b"x" * 100_000)
                os.write(2, b"x" * 100_000)
            case "refuse":
                raise UnreadableFile(f"{name} is encrypted.", "Save it without a password.")
            case "partly":
                return [Extracted("fine", ()), Unreadable("b.txt", "b.txt is encrypted.", "Unpack it.")]
            case "code":
                return [Extracted(Hostile(), ())]  # type: ignore[arg-type]
            case "pid":
                return [Extracted(str(os.getpid()), ())]
            case "modules":
                return [Extracted(" ".join(sys.modules), ())]
        return [Extracted("fine", (Block(Kind.PARAGRAPH, 0, 4),), page_starts=(0,))]


MADE_BY_A_REPLY = Path(tempfile.gettempdir(), "made-by-a-reply")


class Hostile:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(MADE_BY_A_REPLY),)


LIMITS = Limits(seconds=5.0, waiting=8.0, memory=400_000_000)


@pytest.fixture(scope="module")
def isolated() -> Iterator[IsolatedReader]:
    with IsolatedReader(LIMITS) as reader:
        yield reader


def pid_of(isolated: IsolatedReader) -> int:
    return int(text_of(isolated, b"pid"))


def text_of(isolated: IsolatedReader, data: bytes, reader: FormatReader | None = None) -> str:
    [article] = isolated.read(reader or Misbehaving(), data, "x")
    assert isinstance(article, Extracted)
    return article.text


def test_articles_come_as_the_reader_returns_them(isolated: IsolatedReader) -> None:
    assert isolated.read(Misbehaving(), b"", "a") == Misbehaving().read(b"", "a")
    data = ("Kästen über Wörter. " * 500_000).encode()
    assert isolated.read(PlainTextReader(), data, "b.txt") == PlainTextReader().read(data, "b.txt")


def test_a_member_that_cannot_be_read_comes_with_the_others(isolated: IsolatedReader) -> None:
    assert isolated.read(Misbehaving(), b"partly", "a.zip") == Misbehaving().read(b"partly", "a.zip")


def test_one_process_reads_many_files_without_the_models(isolated: IsolatedReader) -> None:
    assert pid_of(isolated) == pid_of(isolated) != os.getpid()
    modules = text_of(isolated, b"modules").split()
    assert "embeddings.documents.readers" in modules
    assert not {"torch", "transformers", "faiss"} & set(modules)


@pytest.mark.parametrize(
    ("does", "message"),
    [
        ("hang", "x.pdf took longer than "),  # 5 s of the processor, or 8 s where it is busy
        ("hang in C", "x.pdf took longer than 8 s to read."),
        ("crash", "x.pdf crashed the reader (SIGSEGV)."),
        ("fill", "x.pdf needed more than 400.0 MB of memory to read."),
        ("reserve", "x.pdf needed more than 400.0 MB of memory to read."),
        ("recurse", "x.pdf made its reader fail (RecursionError: maximum recursion depth exceeded"),
        ("refuse", "x.pdf is encrypted."),
    ],
)
def test_a_bad_file_costs_only_itself(isolated: IsolatedReader, does: str, message: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        isolated.read(Misbehaving(), does.encode(), "x.pdf")
    assert caught.value.what.startswith(message)
    assert caught.value.next_step
    assert text_of(isolated, b"") == "fine"


def test_a_reader_that_prints_does_not_disturb_the_reply(isolated: IsolatedReader) -> None:
    assert text_of(isolated, b"print") == "fine"


def test_a_reply_cannot_run_code(isolated: IsolatedReader) -> None:
    with pytest.raises(UnreadableFile, match="x made its reader fail"):
        isolated.read(Misbehaving(), b"code", "x")
    assert not MADE_BY_A_REPLY.exists()
    assert text_of(isolated, b"") == "fine"


def test_a_file_that_is_too_large_is_not_sent() -> None:
    with IsolatedReader(Limits(file_bytes=10)) as reader, pytest.raises(UnreadableFile, match="at most"):
        reader.read(PlainTextReader(), b"eleven byte", "x.txt")


def test_a_process_killed_between_files_is_replaced(isolated: IsolatedReader) -> None:
    os.kill(pid_of(isolated), signal.SIGKILL)
    time.sleep(0.1)
    assert text_of(isolated, b"") == "fine"


def test_threads_share_a_process(isolated: IsolatedReader) -> None:
    texts: list[str] = []

    def read(number: int) -> None:
        texts.append(text_of(isolated, str(number).encode() * 1000, PlainTextReader()))

    threads = [threading.Thread(target=read, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(texts) == sorted(str(number) * 1000 for number in range(10))


def test_the_shared_process_is_stopped() -> None:
    [article] = read_isolated(Misbehaving(), b"pid", "x", LIMITS)
    stop_isolated()
    assert isinstance(article, Extracted)
    assert not is_running(int(article.text))


@pytest.mark.parametrize("does", ["pid", "hang"])
def test_the_process_ends_with_a_program_that_is_killed(tmp_path: Path, does: str) -> None:
    program = f"""
import sys, threading, time
from embeddings.documents.isolation import IsolatedReader
from tests.embeddings.documents.test_isolation import Misbehaving
reader = IsolatedReader()
print(reader.read(Misbehaving(), b"pid", "x")[0].text, flush=True)
if {does!r} == "hang":
    reader.read(Misbehaving(), b"hang", "x")
time.sleep(60)
"""
    root = Path(__file__).resolve().parents[3]
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=root, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        time.sleep(0.2)
        parent.kill()
    for _ in range(100):
        if not is_running(pid):
            return
        time.sleep(0.05)
    pytest.fail(f"process {pid} still runs")


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A process whose new parent has not noticed its end is a zombie; there may be no init here.
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
