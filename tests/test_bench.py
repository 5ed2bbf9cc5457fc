"""The bench at its smallest: it runs both loops for real, and its report has every figure. How fast they were is not asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bench import report
from bench.found import Found, Line
from bench.requests import SIZE, request, sender
from mailbot.kinds import form_request
from mailbot.mail import parse
from mailbot.rehearse import Rehearsal
from mailbot.understood import Known
from tests.desk import MONDAY, US, Still, our_office
from tests.servers.dovecot import Dovecot


def test_it_runs_and_reports(dovecot: Dovecot, root: Path, tmp_path: Path) -> None:
    del dovecot  # asked for so that this is skipped where there is none; the bench starts its own
    out = tmp_path / "results.json"
    command = [sys.executable, "-m", "bench", "--smoke", "--only", "sqlite", "--mails", "10", "--out", str(out)]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr
    found = json.loads(out.read_text())
    assert found["settings"]["SENDER__LETTERS_PER_HOUR"] == "0"
    assert str(root) not in out.read_text(), "no path of this machine"
    part = found["parts"]["sqlite"]
    assert all(line["ours"] > 0 and line["beside"] != 0 for line in part["lines"])
    assert part["figures"]["bare"]["10"]["commits"] == 1, "one commit a mail, or the comparison is not what it says"
    for promised in ("at least 0.5", "at most 2.5", "at most 5.0", "at most 4"):
        assert promised in run.stdout


def test_none_of_its_requests_is_in_doubt() -> None:
    office = our_office()
    known = Known(now=MONDAY, our_addresses=frozenset({US}), words=office.words, encoder=office.encoder)
    mails = {number: parse(request(number, US)) for number in range(0, 10_000, 20)}
    assert [number for number, mail in mails.items() if not form_request.recognise(mail, known)] == []


def test_a_promise_is_of_the_ratio_or_of_the_figure_alone() -> None:
    assert Line("a backlog", 30.0, 60.0, at_least=0.5).kept
    assert not Line("a backlog", 29.0, 60.0, at_least=0.5).kept
    assert not Line("round trips", 21.0, at_most=20).kept
    assert Line("nothing is promised", 1.0, 3.0).kept


def test_a_part_measured_anew_leaves_the_others(tmp_path: Path) -> None:
    file, readme = tmp_path / "results.json", tmp_path / "README.md"
    readme.write_text(f"Speed\n\n{report.BEGIN}\nold\n{report.END}\n\nLicence\n")
    for name, ours in (("one", 10.0), ("two", 20.0), ("one", 30.0)):
        found = Found("What it is.", "the bare loop", (Line("mails a second", ours, 60.0, at_least=0.4),), {})
        parts = report.keep(file, {name: report.part(found)})
    report.into(readme, parts)
    page = readme.read_text()
    assert page.startswith("Speed\n")
    assert page.endswith("\nLicence\n")
    assert "| mails a second | 30 | 60 | 0.5 | at least 0.4 |" in page
    assert "| mails a second | 20 | 60 | 0.333 | at least 0.4: NOT KEPT |" in page
    assert "| 10 |" not in page
    assert "old" not in page


def test_its_requests_are_about_as_long_as_it_says_and_ask_for_the_form_in_words_of_their_own() -> None:
    raws = [request(number, US) for number in range(120)]
    assert all(abs(len(raw) - SIZE) < SIZE * 0.2 for raw in raws)
    rehearsal = Rehearsal(our_office(), Still())
    for number, raw in enumerate(raws):
        found = rehearsal.explain(raw)
        assert [(one["letter"], one["to"]) for one in found["letters"]] == [("form", [sender(number)])], number
    bodies = {raw.partition(b"\r\n\r\n")[2].partition(b"quoted-printable")[2][:400] for raw in raws}
    assert len(bodies) == len(raws)


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
