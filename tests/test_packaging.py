"""The wheel: what `pip install .` installs, and that it works outside a checkout."""

import configparser
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.preloaded import ROOT

QUESTION = "what rainwater system does Arkadag use?"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built offline and unpacked as pip does."""
    place = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(place)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=120)
    (wheel,) = place.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(place / "site")
    return place / "site"


def test_it_contains_only_the_packages(installed: Path) -> None:
    assert {path.name for path in installed.iterdir() if path.suffix != ".dist-info"} == {"embeddings", "qa_app"}


def test_it_contains_every_file_of_the_packages(installed: Path) -> None:
    assert set(_files(ROOT)) <= set(_files(installed))


def test_the_weights_and_the_seeds_are_those_of_the_checkout(installed: Path) -> None:
    for source, copy in (
        ("models/reader", "qa_app/reading/weights/reader"),
        ("models/reader_multilingual", "qa_app/reading/weights/reader_multilingual"),
        ("models/acts", "qa_app/routing/weights"),
        ("seeds", "embeddings/seeds"),
    ):
        for file in (ROOT / source).iterdir():
            assert (installed / copy / file.name).read_bytes() == file.read_bytes()


def test_its_dependencies_are_requirements_txt(installed: Path) -> None:
    (metadata,) = installed.glob("*.dist-info/METADATA")
    stated = Parser().parsestr(metadata.read_text(encoding="utf-8")).get_all("Requires-Dist") or []
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    assert _pins(stated) == _pins(wanted)


def test_its_commands_answer_in_any_folder(installed: Path, tmp_path: Path) -> None:
    done = _run(installed, tmp_path, ["articles-index", "sync"], ["articles", "ask", QUESTION])
    assert "2 added" in done.stdout and "rainwater collection system" in done.stdout
    assert {file.name for file in (tmp_path / "seeds").iterdir()} == {file.name for file in (ROOT / "seeds").iterdir()}
    assert "Copied the example articles" in done.stderr


def test_its_page_is_served_by_a_command(installed: Path, tmp_path: Path) -> None:
    assert "folder" in _run(installed, tmp_path, ["articles-chat", "--help"]).stdout


def _pins(lines: Iterable[str]) -> dict[str, SpecifierSet]:
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(one.name): one.specifier for one in requirements}


def _files(root: Path) -> Iterator[str]:
    for package in ("embeddings", "qa_app"):
        for file in (root / package).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                yield file.relative_to(root).as_posix()


def _run(installed: Path, folder: Path, *commands: list[str]) -> subprocess.CompletedProcess[str]:
    """Run commands of the wheel in a folder, one after another, with this environment's dependencies."""
    (points,) = installed.glob("*.dist-info/entry_points.txt")
    scripts = configparser.ConfigParser()
    scripts.read(points)
    lines = ["import sys"]
    for name, *arguments in commands:
        module, function = scripts["console_scripts"][name].split(":")
        lines += [f"import {module}", f"sys.argv = {[name, *arguments]!r}", f"assert {module}.{function}() == 0"]
    path = os.pathsep.join(part for part in (str(installed), os.environ.get("PYTHONPATH")) if part)
    return subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )
