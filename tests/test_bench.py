"""The bench at its smallest: it runs both loops for real, and its report has every figure. How fast they were is not asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.servers.dovecot import Dovecot

FIGURES = {
    "backlog_mails_per_second",
    "backlog_spread",
    "latency_median_ms",
    "latency_p95_ms",
    "commits_per_mail",
    "imap_round_trips_per_mail",
    "peak_memory_mb",
    "cpu_ms_per_mail",
}


def test_it_runs_and_reports(dovecot: Dovecot, root: Path, tmp_path: Path) -> None:
    del dovecot  # asked for so that this is skipped where there is none; the bench starts its own
    out = tmp_path / "results.json"
    command = [sys.executable, "-m", "bench", "--smoke", "--mails", "10", "--latency", "1", "--out", str(out)]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    found = json.loads(out.read_text())
    assert set(found["figures"]) == {"bare", "mailbot"}
    for figures in found["figures"].values():
        assert set(figures) == FIGURES
        assert all(value > 0 for name, value in figures.items() if name != "backlog_spread")
    assert set(found["ratios"]) == set(found["promised"]) == set(found["kept"]) == {"backlog", "latency"}
    assert found["figures"]["bare"]["commits_per_mail"] == 1, "one commit a mail, or the comparison is not what it says"
    assert found["settings"]["SENDER__LETTERS_PER_HOUR"] == "0"
    assert "at least 0.3" in run.stdout
    assert "at most 5.0" in run.stdout
    assert str(root) not in out.read_text(), "no path of this machine"


def test_the_one_of_mails_runs_and_lists_its_promises(root: Path) -> None:
    command = [sys.executable, "-m", "bench.mail", "--smoke"]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr
    assert "files that come out of our own containers" in run.stdout
    assert "compat32" in run.stdout or "nothing of it was measured" in run.stdout


def test_the_one_of_lists_runs(root: Path) -> None:
    command = [sys.executable, "-m", "bench.lists", "--smoke"]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr
    assert "20 referrals: seconds" in run.stdout
    assert "peak memory of the longest list, MB" in run.stdout
