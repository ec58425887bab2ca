"""Make a large file of a format, to measure how it is read."""

import csv
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from benchmarks.format_files import programs
from benchmarks.format_files.subjects import Subject, subjects

_SECTIONS = 50
_ROUNDS = 6


def large_file(suffix: str, folder: Path) -> Path | None:
    """Make a file of 300 kB of text or more; None if none is made of this format.

    Raises:
        Missing: its program is not installed.
    """
    file = folder / f"large{suffix}"
    about = list(islice(subjects(), _SECTIONS))
    forms = {
        ".docx": "docx",
        ".odt": "odt",
        ".rtf": "rtf",
        ".epub": "epub3",
        ".html": "html5",
        ".md": "gfm",
        ".txt": "plain",
    }
    if suffix in forms:
        programs.pandoc("\n\n".join(_sections(about)), file, forms[suffix], "--metadata=title:Villages")
    elif suffix == ".pdf":
        page = folder / "large.html"
        programs.pandoc("\n\n".join(_sections(about)), page, "html5", "--metadata=title:Villages")
        programs.printed(page.read_text(encoding="utf-8"), file)
    elif suffix == ".pptx":
        slides = (f"# {each.heading.says}\n\n{paragraph}" for each in about for paragraph in each.prose)
        programs.pandoc("\n\n".join(slides), file, "pptx")
    elif suffix == ".xlsx":
        source = folder / "large.csv"
        _rows(about, source)
        programs.office(source, file, "xlsx")
    elif suffix == ".csv":
        _rows(about, file)
    elif suffix == ".jsonl":
        records = ({"title": each.title, "text": "\n\n".join(each.prose)} for each in about * _ROUNDS)
        file.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
    else:
        return None
    return file


def _sections(about: list[Subject]) -> Iterator[str]:
    for round_ in range(_ROUNDS // 2):
        for each in about:
            table = [f"| {a} | {b} |" for a, b in (each.header, ("---", "---"), *each.rows)]
            yield "\n\n".join(
                (f"# {each.heading.says}, part {round_}", *each.prose[:4], "\n".join(table), *each.prose[4:])
            )


def _rows(about: list[Subject], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("place", "author", "date", "figure", "value"))
        for round_ in range(4 * _ROUNDS):
            writer.writerows(
                (each.title, each.author, each.date, a, int(b) + round_) for each in about for a, b in each.rows
            )
