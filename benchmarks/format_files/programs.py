"""Run the programs that make files: LibreOffice, Chromium, LaTeX, pandoc."""

import base64
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

_SECONDS = 180


class Missing(Exception):
    """A program is not installed, or does not make the file."""


def office(source: Path, target: Path, how: str) -> None:
    """Convert a file by LibreOffice; `how` is `--convert-to`'s argument, such as "docx" or "pdf:impress_pdf_Export"."""
    program = find_program("soffice")
    with tempfile.TemporaryDirectory() as work:
        out = Path(work) / "out"
        _run(
            [program, f"-env:UserInstallation={_profile().as_uri()}", "--headless", "--convert-to", how, "--outdir", str(out), str(source)],
            Path(work),
        )  # fmt: skip
        _moved(out / f"{source.stem}.{how.partition(':')[0]}", target, "LibreOffice")


def latex(source: str, target: Path, program: str) -> None:
    """Typeset a document by "pdflatex" or "lualatex", twice."""
    path = find_program(program)
    with tempfile.TemporaryDirectory() as work:
        (Path(work) / "file.tex").write_text(source, encoding="utf-8")
        for _ in range(2):
            _run([path, "-interaction=nonstopmode", "file.tex"], Path(work), check=False)
        _moved(Path(work) / "file.pdf", target, program)


def pandoc(source: str, target: Path, form: str, *arguments: str) -> None:
    """Convert Markdown by pandoc."""
    try:
        import pypandoc
    except ImportError:
        raise Missing("pypandoc is not installed (pip install pypandoc_binary)") from None
    pypandoc.convert_text(source, form, "markdown", outputfile=str(target), extra_args=["--standalone", *arguments])


def printed(page: str, target: Path) -> None:
    """Print an HTML page to PDF by Chromium, with running heads and page numbers, as the print dialogue does."""
    command: dict[str, object] = {
        "displayHeaderFooter": True,
        "printBackground": True,
        "paperWidth": 8.27,
        "paperHeight": 11.7,
    }
    target.write_bytes(base64.b64decode(_chromium(page, "Page.printToPDF", command)["data"]))


def saved(page: str, target: Path) -> None:
    """Save an HTML page by Chromium as one file (MHTML)."""
    data = _chromium(page, "Page.captureSnapshot", {"format": "mhtml"})["data"]
    target.write_bytes(data.encode())


def rendered(page: str, target: Path) -> None:
    """Save an HTML page as Chromium holds it after its scripts have run."""
    found = _chromium(page, "Runtime.evaluate", {"expression": "document.documentElement.outerHTML"})
    target.write_text("<!DOCTYPE html>" + found["result"]["value"], encoding="utf-8")


def _chromium(page: str, command: str, arguments: dict[str, object]) -> dict[str, Any]:
    browser, driver = find_program("chromium"), find_program("chromedriver")
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    options = ChromeOptions()
    options.binary_location = browser
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    with tempfile.TemporaryDirectory() as work:
        file = Path(work) / "page.html"
        file.write_text(page, encoding="utf-8")
        chrome = Chrome(options, Service(driver))
        try:
            chrome.get(file.as_uri())
            result: dict[str, Any] = chrome.execute_cdp_cmd(command, arguments)
            return result
        finally:
            chrome.quit()


def find_program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise Missing(f"{name} is not installed")
    return path


@cache
def _profile() -> Path:
    """Return a folder for LibreOffice's settings, which an open LibreOffice does not share."""
    return Path(tempfile.mkdtemp(prefix="formats-"))


def _run(command: list[str], folder: Path, check: bool = True) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False)
    if check and done.returncode:
        raise Missing(f"{command[0]} failed: {done.stderr.strip()[-200:]}")


def _moved(made: Path, target: Path, program: str) -> None:
    if not made.exists():
        raise Missing(f"{program} made no {target.suffix}")
    shutil.move(made, target)
