"""The files of deploy/: what they start exists, and takes the options that they give."""

import configparser
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from qa_app.serving.command import parse_arguments
from tests.preloaded import ROOT

CONTAINER = (ROOT / "deploy" / "Containerfile").read_text().replace("\\\n", " ")
COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
PROXY = (ROOT / "deploy" / "haproxy.cfg").read_text()
UNIT = ROOT / "deploy" / "articles.service"


def _service() -> configparser.SectionProxy:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(UNIT)
    return unit["Service"]


def _given(options: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["articles-chat", *options])
    assert parse_arguments().log == "json"


def test_the_service_starts_the_server_with_options_that_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    program, *options = shlex.split(_service()["ExecStart"])
    assert Path(program).name == "articles-chat"
    _given(options, monkeypatch)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_accepts_the_service(tmp_path: Path) -> None:
    program, *_ = shlex.split(_service()["ExecStart"])
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace(program, "/bin/true"))
    checked = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert UNIT.name not in checked.stderr and checked.returncode == 0


def test_the_container_starts_the_server_with_options_that_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    (entry,), (options,) = (re.findall(rf"^{word} (\[.*\])$", CONTAINER, re.M) for word in ("ENTRYPOINT", "CMD"))
    assert json.loads(entry) == ["articles-chat"]
    _given(json.loads(options), monkeypatch)
    known = "FROM|ARG|WORKDIR|COPY|RUN|USER|VOLUME|EXPOSE|STOPSIGNAL|HEALTHCHECK|ENTRYPOINT|CMD"
    assert all(re.match(rf"(?:{known}) |#|$", line) for line in CONTAINER.splitlines())


@pytest.mark.parametrize("name", ["one", "two"])
def test_compose_starts_the_servers_with_options_that_they_have_where_the_proxy_looks(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _given(COMPOSE[name]["command"], monkeypatch)
    (host,) = COMPOSE[name]["networks"]["default"]["aliases"]
    assert f"server {name} {host}:7860" in PROXY


def test_the_container_copies_what_its_wheel_is_made_of(tmp_path: Path) -> None:
    build, *_ = CONTAINER.split("\nFROM ")[1:]
    for sources, target in re.findall(r"^COPY (?!--from)(.+) (\S+)$", build, re.M):
        for source in sources.split():
            where = tmp_path / target if target != "./" else tmp_path / source
            copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
            copy(ROOT / source, where)
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path / "wheels")]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, timeout=120)
    assert list((tmp_path / "wheels").glob("*.whl"))
