"""`mailbot demo --exit` as somebody runs it for the first time: what it tells has happened, and its files say so."""

from __future__ import annotations

import email
import email.policy
import io
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import docx
import pytest

from tests.desk import CONFIG

PRIYA, TOM, CHAIR = "priya.shah@probation.example", "tom.marsh@cmht.example", "chair@hampshire.example"


class Told:
    """One telling: what it said, the folder it left, and the database in it."""

    def __init__(self, said: str, folder: Path) -> None:
        self.said, self.folder = said, folder

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "mailbot.db")) as database:
            return database.execute(query, values).fetchall()

    def letters(self, name: str) -> list[EmailMessage]:
        """The letters of that name, in the order in which they left."""
        paths = sorted(self.folder.glob(f"letter-*-{name}.eml"))
        found = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in paths]
        assert all(isinstance(one, EmailMessage) for one in found)
        return [one for one in found if isinstance(one, EmailMessage)]

    def letter(self, name: str, to: str) -> str:
        """The words of the only letter of that name to somebody."""
        (found,) = (one for one in self.letters(name) if one["To"] == to)
        return words(found)

    def in_order(self, *parts: str) -> bool:
        places = [self.said.find(part) for part in parts]
        assert -1 not in places, [part for part, place in zip(parts, places, strict=True) if place < 0]
        return places == sorted(places)


def words(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body
    return str(body.get_content())


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    where = tmp_path_factory.mktemp("demo")
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MAILBOT_")}
    ran = subprocess.run(
        [sys.executable, "-m", "mailbot", "--config", str(CONFIG), "demo", "--exit"],
        env={**plain, "TMPDIR": str(where), "NO_COLOR": "1"}, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert not ran.stderr
    (folder,) = where.glob("mailbot-demo-*")
    return Told(ran.stdout, folder)


def test_it_is_told_from_the_request_to_the_outcome(told: Told) -> None:
    assert told.in_order(
        "Two people ask for the form",
        "The forms come back",
        "Tom answers in an email",
        "Priya would like to join by phone",
        "Digest day",
        "The meeting",
        "The letters are approved",
        "11 mails, 11 accounted for",
        str(told.folder),
    )
    assert "Did not happen" not in told.said


def test_gaps_are_asked_answered_and_taken_over_by_staff(told: Told) -> None:
    receipt = told.letter("receipt", TOM)
    assert "These questions have no answer on the form:" in receipt
    assert "- Who holds the case now?" in receipt
    assert "Every question we need has an answer." in told.letter("receipt", PRIYA)
    asked = told.letter("needs-a-person", CHAIR)
    assert "Proposed: Fareham CMHT, care coordinator Tom Marsh, 01632 960321" in asked
    assert told.rows("SELECT closed_by, action FROM need WHERE why = 'proposed_answers'") == [(CHAIR, "accept-answers")]
    taken = told.rows("SELECT confirmed_by FROM answer WHERE key = 'h_holder' AND raw LIKE 'Fareham CMHT%'")
    assert taken == [(CHAIR,)]


def test_the_invitation_is_accepted_and_the_review_list_says_so(told: Told) -> None:
    assert told.rows("SELECT answer FROM invitation") == [("accepted",)]
    (path,) = (one for one in told.folder.glob("review-list-*.docx") if "filled" not in one.name)
    document = docx.Document(io.BytesIO(path.read_bytes()))
    cells = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert f"Comes, by phone or video: {PRIYA}" in cells
    assert "Fareham CMHT, care coordinator Tom Marsh" in cells


def test_the_list_sent_back_records_and_only_approval_tells(told: Told) -> None:
    recorded = [one for one in told.letters("decision-check") if "was recorded" in words(one)]
    assert len(recorded) == 1
    assert "We have accepted this referral for assessment of the stalking behaviour" in words(recorded[0])
    assert told.rows("SELECT DISTINCT recorded_by FROM outcome") == [(CHAIR,)]
    names = [path.name for path in sorted(told.folder.glob("letter-*.eml"))]
    of = [re.sub(r"letter-\d+-|\.eml", "", name) for name in names]
    assert of.index("outcome-accept") > of.index("decision-check")
    assert of.count("outcome-accept") == of.count("outcome-consultation") == 1


def test_each_referrer_is_told_the_outcome_of_their_own_referral(told: Told) -> None:
    assert "We have accepted this referral" in told.letter("outcome-accept", PRIYA)
    assert "Ms Okafor" in told.letter("outcome-consultation", TOM)
    assert {row[0] for row in told.rows("SELECT state FROM referral")} == {"told"}
    assert {row[0] for row in told.rows("SELECT state FROM letter")} == {"sent"}
    for path in told.folder.glob("letter-*.eml"):
        head = path.read_text("utf-8", "replace").partition("\n\n")[0]
        assert "Sample" not in head
        assert "Placeholder" not in head
