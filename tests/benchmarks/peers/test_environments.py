from pathlib import Path

import pytest

from benchmarks.peers import environments
from benchmarks.peers.environments import EnvironmentFailed, make_environment
from benchmarks.peers.systems import OURS, SYSTEMS, MeasuredSystem

REQUIREMENTS = Path(environments.__file__).parent / "systems"


def test_an_environment_is_reused_until_its_requirements_change(tmp_path: Path) -> None:
    requirements, log = tmp_path / "requirements.txt", tmp_path / "pip.log"
    requirements.write_text("# no requirements, so nothing is downloaded\n")
    python = make_environment(tmp_path / "venv", requirements, log, ["--no-index"])
    assert python.exists()
    said = log.read_text()
    assert make_environment(tmp_path / "venv", requirements, log, ["--no-index"]) == python
    assert log.read_text() == said

    requirements.write_text("no-such-package-of-ours>=1,<2\n")
    for _ in range(2):  # a failed install does not count as done
        with pytest.raises(EnvironmentFailed, match=r"No matching distribution .*no-such-package-of-ours.*pip\.log"):
            make_environment(tmp_path / "venv", requirements, log, ["--no-index"])


@pytest.mark.parametrize("system", [s for s in SYSTEMS if s != OURS], ids=lambda s: s.name)
def test_every_other_system_has_its_script_and_bounded_requirements(system: MeasuredSystem) -> None:
    assert (REQUIREMENTS / f"{system.name}_system.py").exists()
    lines = (REQUIREMENTS / f"{system.name}_requirements.txt").read_text().splitlines()
    packages = [line for line in lines if line and not line.startswith("#")]
    assert "torch==2.13.0" in packages
    assert all("==" in line or (">=" in line and "<" in line) for line in packages)
