"""Compare the text read from a file with what another program reads in it: pandoc, or poppler's `pdftotext` for a PDF.

    python -m benchmarks.format_files.second_reader FOLDER        a folder made by `python -m benchmarks.formats --keep FOLDER`

Prints a Markdown table: of all words that the other program finds, the share that ours has as often, and the other way round,
with those that are most often missing. Case and punctuation don't count, nor the order of the words.
"""

import argparse
import re
import subprocess
from collections import Counter, defaultdict
from pathlib import Path

from benchmarks.format_files.programs import Missing, find_program
from embeddings.documents.read_document import read_documents
from embeddings.documents.readers import reader_of

_PANDOC = {".docx": "docx", ".odt": "odt", ".rtf": "rtf", ".epub": "epub", ".html": "html", ".htm": "html", ".xhtml": "html", ".pptx": "pptx", ".xlsx": "xlsx", ".md": "markdown"}  # fmt: skip
_MAX_BYTES = 500_000_000
_EXAMPLES = 6
Words = Counter[str]


def words(text: str) -> Words:
    """Count the words of a text, in lower case."""
    return Counter(re.findall(r"[^\W_]+", text.lower()))


def other_text(file: Path) -> str:
    """Return the text that another program finds in a file.

    Raises:
        Missing: there is none for its format, or it is not installed.
    """
    if file.suffix == ".pdf":
        command = [find_program("pdftotext"), str(file), "-"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if file.suffix not in _PANDOC:
        raise Missing(f"no other program for {file.suffix}")
    import pypandoc

    text: str = pypandoc.convert_file(str(file), "plain", _PANDOC[file.suffix], extra_args=["--wrap=none"])
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="files to read")
    folder = parser.parse_args().folder
    ours: dict[str, Words] = defaultdict(Counter)
    theirs: dict[str, Words] = defaultdict(Counter)
    lost: dict[str, Words] = defaultdict(Counter)
    added: dict[str, Words] = defaultdict(Counter)
    files: Words = Counter()
    for file in sorted(path for path in folder.iterdir() if path.is_file()):
        try:
            theirs_here = words(other_text(file))
        except Missing:
            continue
        name = reader_of(file.name).name
        ours_here = words("\n".join(each.text for each in read_documents(folder, file.name, _MAX_BYTES).documents))
        files[name] += 1
        ours[name] += ours_here
        theirs[name] += theirs_here
        lost[name] += theirs_here - ours_here
        added[name] += ours_here - theirs_here
    print(
        "| format | files | words of the other program that ours has | ours that it has | most missing | most added |"
    )
    print("|---|---|---|---|---|---|")
    for name, count in files.items():
        has, is_had = (1 - lost[name].total() / theirs[name].total(), 1 - added[name].total() / ours[name].total())
        examples = (", ".join(word for word, _ in found[name].most_common(_EXAMPLES)) for found in (lost, added))
        print(f"| {name} | {count} | {100 * has:.1f} % | {100 * is_had:.1f} % | {' | '.join(examples)} |")


if __name__ == "__main__":
    main()
