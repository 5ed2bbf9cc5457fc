"""What a process that was killed outright left behind is removed at the next start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import parsers


def test_folders_of_the_dead_are_removed_and_of_the_living_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead = tmp_path / f"mailbot-read-{ended.pid}-abc"
    living = tmp_path / f"mailbot-read-{os.getppid()}-abc"
    other = tmp_path / "somebody-elses"
    for folder in (dead, living, other):
        folder.mkdir()
        (folder / "form.doc").write_bytes(b"what somebody sent")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    parsers.sweep()

    assert {folder.name for folder in tmp_path.iterdir()} == {living.name, other.name}
