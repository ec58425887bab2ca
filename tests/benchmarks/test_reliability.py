"""A small sample of the campaigns of reliability; the whole is run by commands, with the results in docs/results."""

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from benchmarks.reliability import disk, kills
from benchmarks.reliability.asking import percentile


def _can_mount() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0 and subprocess.run(["unshare", "-m", "true"]).returncode == 0


# Kills of a sync and of a re-embedding: tests/embeddings/test_crash.py.
@pytest.mark.parametrize("kind", ["rollback", "upload", "backup", "conversation"])
def test_a_kill_loses_nothing(kind: str, tmp_path: Path) -> None:
    assert kills.campaign(kind, 2, tmp_path, seed=7) == (2, [])


@pytest.mark.skipif(not _can_mount(), reason="only root can mount a small disk")
@pytest.mark.parametrize("work", [disk.index_on, disk.conversations_on, disk.uploads_on])
def test_a_full_disk_is_told_and_loses_nothing(work: disk.Work, tmp_path: Path) -> None:
    assert work(tmp_path, 300 if work is not disk.uploads_on else 60, Random(7)) == (True, [])


def test_a_percentile_is_a_value_that_so_many_do_not_exceed() -> None:
    assert [percentile([3, 1, 2, 4], share) for share in (0.0, 0.5, 0.95, 1.0)] == [1, 3, 4, 4]
