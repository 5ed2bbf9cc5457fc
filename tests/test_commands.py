"""The command line as people and scripts use it: what it says, what it changes, and its exit status."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from mailbot.commands import app, main
from mailbot.store import MailState, Store
from parsers.write.fill import fill_docx, fill_pdf
from tests.desk import CONFIG, MONDAY, PASSED, STAFF, US, Desk, Still, mail, office_with
from tests.guards import unguarded
from tests.parsers.hostile import BOMBS
from tests.parsers.kit import read_here
from tests.parsers.people import PLAIN

SAM = "sam.okoro@cmht.example"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
COMMANDS = [
    "demo",
    "run",
    "check",
    "form",
    "read",
    "explain",
    "list",
    "show",
    "do",
    "add",
    "outcome",
    "approve",
    "digest",
    "status",
    "audit",
    "pause",
    "resume",
    "retry",
    "export",
]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/mailbot.db"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str) -> None:
    """The shipped configuration, an account that nobody signs in to, and a clock that stands at our Monday."""
    import os

    for name in [name for name in os.environ if name.startswith("MAILBOT_")]:
        monkeypatch.delenv(name)
    clock = tmp_path / "clock"
    from datetime import UTC, datetime

    clock.write_text(str((MONDAY - datetime.now(UTC)).total_seconds()))
    for name, value in {
        "CONFIG": str(CONFIG), "DATABASE__URL": url, "CLOCK_FILE": str(clock), "MAILBOX__ADDRESS": US,
        "MAILBOX__HOST": "imap.desk.example", "MAILBOX__PASSWORD": "secret", "MAILBOX__START_FROM": "2026-01-01T00:00:00+00:00",
        "MAILBOX__AUTHSERV_ID": "mx.desk.example", "STAFF__ADDRESSES": STAFF, "REFERRALS__ALSO_SECURE": "cmht.example",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"MAILBOT_{name}", value)
    monkeypatch.setenv("COLUMNS", "200")


class Said:
    """What a command said and its exit status, as a process gives them."""

    def __init__(self, out: str, err: str, status: int) -> None:
        self.out, self.err, self.status = out, err, status

    @property
    def words(self) -> str:
        return " ".join(self.out.split())


Run = Callable[..., Said]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def one(*arguments: str | int | Path, typed: str = "") -> Said:
        import io
        import sys

        monkeypatch.setattr(sys, "argv", ["mailbot", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        capfd.readouterr()
        try:
            main()
        except SystemExit as end:
            code = end.code
        else:
            code = 0
        said = capfd.readouterr()
        assert "Traceback" not in said.err
        return Said(said.out, said.err, code if isinstance(code, int) else int(code is not None))

    return one


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    """The desk behind the command line: the same database."""
    store = Store(url)
    store.upgrade()
    yield Desk(store, office_with())
    store.close()


@cache
def word_form(email: str) -> bytes:
    calm = {"r_email": email, "q_urgent": {"choice": "no", "text": ""}}  # staff are told at once of the other kind
    return fill_docx((CONFIG / "forms/1/referral-form.docx").read_bytes(), {**PLAIN, **calm})


def returns_form(desk: Desk, email: str = SAM) -> str:
    """Sam sends a form with that address on it, and our server says that it is Sam; read here, without the sandbox."""
    data = word_form(email)
    raw = (
        b"Authentication-Results: "
        + PASSED.encode()
        + b"cmht.example\n"
        + mail("Attached.", files=[("f.docx", WORD, data)])
    )
    mail_id = desk.arrives(raw)
    with desk.store.transaction(MONDAY) as tx:
        tx.mails.set_state(mail_id, MailState.READY, [MailState.NEW])
        tx.mails.keep_readings(mail_id, [read_here(data).to_json()])
    desk.work()
    return "HM-2026-0001"


@pytest.fixture
def referral(desk: Desk) -> str:
    return returns_form(desk)


class TestHelp:
    @pytest.mark.parametrize("command", COMMANDS)
    def test_reads_well(self, command: str) -> None:
        said = CliRunner().invoke(app, [command, "--help"])
        assert said.exit_code == 0
        words = re.sub(r"[│╭╮╰╯─]", " ", said.output)
        assert not re.search(r"[a-z]_[a-z]", words.replace("p_surname", "")), "names of the code"
        for line in re.findall(r"^\s*\*?\s*(--[\w-]+|[A-Z]{2,}(?:\.{3})?)\s+(.*)$", words, re.MULTILINE):
            assert line[1].strip(), line

    def test_lists_every_command_that_scripts_rely_on(self) -> None:
        words = CliRunner().invoke(app, ["--help"]).output
        assert [command for command in COMMANDS if not re.search(rf"│ {command} ", words)] == []

    def test_without_a_command_it_shows_help(self) -> None:
        assert "Commands" in CliRunner().invoke(app, []).output


class TestWrongUse:
    @pytest.mark.parametrize(
        "arguments",
        [
            ["nonsense"],
            ["show"],
            ["do", "x", "done"],
            ["do"],
            ["--nonsense"],
            ["form"],
            ["export", "HM-2026-0001"],
            ["retry", "one"],
        ],
    )
    def test_is_status_2(self, run: Run, arguments: list[str]) -> None:
        said = run(*arguments)
        assert (said.status, said.out) == (2, "")
        assert said.err

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["show", "HM-2026-0999"], "There is no referral HM-2026-0999"),
            (["do", "99", "done"], "Nothing that needs a person has the number 99"),
            (["retry", "99"], "There is no mail number 99"),
            (["approve", "HM-2026-0999"], "There is no referral"),
            (["outcome", "HM-2026-0999", "--outcome", "accept"], "There is no referral"),
            (["export", "HM-2026-0999", "--out", "x"], "There is no referral"),
            (["explain", "missing.eml"], "missing.eml: cannot be opened: No such file or directory"),
            (["read", "missing.pdf"], "missing.pdf: cannot be opened: No such file or directory"),
            (["add"], "Nothing was entered"),
            (["add", "--set", "nonsense=x"], "is not a question"),
            (["--config", "missing", "list"], "missing"),
        ],
    )
    def test_a_fault_is_a_plain_line_and_status_1(self, run: Run, arguments: list[str], words: str) -> None:
        said = run(*arguments)
        assert (said.status, said.out) == (1, "")
        assert words in said.err


class TestQueue:
    def test_nothing_waits(self, run: Run) -> None:
        said = run("list")
        assert (said.status, said.words) == (0, "Nothing waits.")

    def test_what_needs_a_person_with_its_answers(self, run: Run, desk: Desk) -> None:
        desk.handles(mail("Who are you?", "Whitlock"))
        said = run("list")
        assert "mailbot do 1 send-form" in said.out
        assert "Whitlock" not in said.out, "subjects may hold names"
        (item,) = json.loads(run("list", "--json").out)["needs_a_person"]
        assert (item["id"], item["rule"], item["mail"]) == (1, "unclear", 1)

    def test_sending_the_form(self, run: Run, desk: Desk) -> None:
        mail_id = desk.handles(mail("Who are you?", "Question"))["id"]
        said = run("do", 1, "send-form", "--as", "Ada")
        assert (said.status, said.words) == (0, "Item 1: the form goes to sam.okoro@cmht.example.")
        assert [row["recipient"] for row in desk.letters("form")] == [SAM]
        assert desk.mail(mail_id)["state"] == MailState.HANDLED
        again = run("do", 1, "send-form")
        assert (again.status, "already answered by Ada" in again.err) == (1, True)
        assert len(desk.letters("form")) == 1

    @pytest.mark.parametrize("action", ["done", "not-ours"])
    def test_nothing_to_do(self, run: Run, desk: Desk, action: str) -> None:
        desk.handles(mail("Who are you?", "Question"))
        assert run("do", 1, action).status == 0
        assert (desk.needs(), len(desk.letters("form"))) == ([], 0)

    @pytest.mark.parametrize(
        "arguments",
        [["nonsense"], ["join", "HM-2026-0999"], ["join"], ["again", "nonsense"], ["send-again"], ["confirm-referrer"]],
    )
    def test_an_answer_that_does_not_fit_changes_nothing(self, run: Run, desk: Desk, arguments: list[str]) -> None:
        mail_id = desk.handles(mail("Who are you?", "Question"))["id"]
        said = run("do", 1, *arguments)
        assert (said.status, said.out) == (1, "")
        assert said.err.strip()
        assert (desk.needs(), desk.mail(mail_id)["state"]) == (["unclear"], "needs_person")

    def test_joining_a_mail_to_a_referral(self, run: Run, desk: Desk, referral: str) -> None:
        desk.handles(mail("More about him", "Question"))
        assert run("do", 1, "join", referral.lower()).status == 0
        assert len(json.loads(run("show", referral, "--json").out)["mails"]) == 2

    def test_handling_it_again_as_another_kind(self, run: Run, desk: Desk) -> None:
        mail_id = desk.handles(mail("Who are you?", "Question"))["id"]
        assert run("do", 1, "again", "form_request").status == 0
        assert desk.mail(mail_id)["kind"] == "form_request"
        assert len(desk.letters("form")) == 1

    def test_retrying_what_was_set_aside(self, run: Run, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        def fault(*_: object) -> None:
            raise ZeroDivisionError

        with monkeypatch.context() as broken:
            broken.setattr("mailbot.kinds.form_request.act", fault)
            mail_id = desk.handles(mail())["id"]
            desk.work()
        assert run("retry", mail_id).status == 0
        assert run("retry", mail_id).status == 1, "it is not set aside any more"
        desk.work()
        assert len(desk.letters("form")) == 1


class TestReferrals:
    def test_shown_with_everything(self, run: Run, referral: str) -> None:
        said = run("show", referral.lower())
        assert said.status == 0
        for words in ("HM-2026-0001: queued, for the meeting on 2026-11-25", "Priya Nair", "receipt", "referral_made"):
            assert words in said.out
        found = json.loads(run("show", referral, "--json").out)
        assert found["answers"]["p_surname"]["value"] == "Whitlock"

    def test_entered_by_hand(self, run: Run, tmp_path: Path) -> None:
        said = run("add", "--set", "p_surname=Example", "--set", "p_dob=27 March 1985", "--as", "Ada")
        assert (said.status, said.words) == (0, "HM-2026-0001: for the meeting on 2026-11-25.")
        blank = (CONFIG / "forms/1/referral-form.docx").read_bytes()
        (tmp_path / "f.docx").write_bytes(fill_docx(blank, PLAIN))
        assert run("add", tmp_path / "f.docx").status == 0
        found = json.loads(run("show", "HM-2026-0002", "--json").out)
        assert found["answers"]["p_dob"]["value"] == "1985-03-27"

    def test_an_outcome_from_the_meeting_to_the_outbox(self, run: Run, desk: Desk, referral: str) -> None:
        missing = run("outcome", referral, "--outcome", "consultation")
        assert (missing.status, "still needs" in missing.err) == (1, True)
        assert run("outcome", referral).status == 2
        assert "is not an outcome" in run("outcome", referral, "--outcome", "nonsense").err
        given = ("--outcome", "consultation", "--lead", "Dr A", "--by", "2026-12-04", "--reason", "It is persistent.")
        assert run("outcome", referral, *given, "--as", "Ada").status == 0
        assert "already recorded" in run("outcome", referral, *given).err

        unsure = run("approve", referral, typed="n\n")
        assert (unsure.status, "Dr A" in unsure.out, desk.letters("outcome-consultation")) == (1, True, [])
        approved = run("approve", referral, "--yes", "--as", "Grace")
        assert approved.status == 0
        (letter,) = desk.letters("outcome-consultation")
        assert (letter["recipient"], letter["state"]) == (SAM, "ready")
        assert "already been approved" in run("approve", referral, "--yes").err
        assert len(desk.letters("outcome-consultation")) == 1

    def test_an_outcome_taken_back(self, run: Run, referral: str) -> None:
        run("outcome", referral, "--outcome", "consultation", "--lead", "A", "--by", "soon", "--reason", "x")
        assert run("outcome", referral, "--take-back").status == 0
        assert "nothing to approve" in run("approve", referral, "--yes").err
        assert json.loads(run("show", referral, "--json").out)["referral"]["state"] == "queued"

    def test_no_outcome_goes_to_an_address_nobody_confirmed(self, run: Run, desk: Desk) -> None:
        returns_form(desk, "somebody.else@cmht.example")
        run("outcome", "HM-2026-0001", "--outcome", "consultation", "--lead", "A", "--by", "soon", "--reason", "x")
        assert "nobody has confirmed the referrer" in run("approve", "HM-2026-0001", "--yes").err
        assert "Name the referrer's address" in run("approve", "HM-2026-0001", "--yes", "--to", "nonsense").err
        assert run("approve", "HM-2026-0001", "--yes", "--to", SAM).status == 0
        assert [row["recipient"] for row in desk.letters("outcome-consultation")] == [SAM]


class TestExport:
    def test_everything_kept_as_files_whose_names_hold_nothing_personal(
        self, run: Run, desk: Desk, referral: str, tmp_path: Path
    ) -> None:
        run("outcome", referral, "--outcome", "consultation", "--lead", "A", "--by", "soon", "--reason", "x")
        run("approve", referral, "--yes")
        said = run("export", referral.lower(), "--out", tmp_path / "out")
        assert said.status == 0
        folder = tmp_path / "out" / referral
        files = {path.name for path in folder.iterdir()}
        assert {
            "referral.json",
            "answers.json",
            "mails.json",
            "letters.json",
            "outcomes.json",
            "invitations.json",
            "events.json",
            "mail-1.eml",
        } < files
        assert all(re.fullmatch(r"[a-z]+\.json|mail-\d+\.eml|letter-\d+-[a-z-]+\.eml", name) for name in files)
        with desk.store.look(MONDAY) as tx:
            assert (folder / "mail-1.eml").read_bytes() == tx.mails.raw(1)
        assert any(row["key"] == "p_surname" for row in json.loads((folder / "answers.json").read_bytes()))
        letters = [path.read_bytes() for path in folder.glob("letter-*.eml")]
        assert len(letters) == 2
        assert all(b"=_attachment" not in raw for raw in letters)
        assert folder.stat().st_mode & 0o077 == 0
        assert "exported" in run("show", referral).out

        again = run("export", referral, "--out", tmp_path / "out")
        assert (again.status, "is there already" in again.err) == (1, True)


class TestLooking:
    def test_the_digest_changes_nothing(self, run: Run, desk: Desk, referral: str, tmp_path: Path) -> None:
        said = run("digest", "--preview", tmp_path / "preview")
        assert said.status == 0
        assert referral in said.out
        assert {path.name for path in (tmp_path / "preview").iterdir()} == {
            "digest-1.eml",
            "review-list-2026-11-25.docx",
            "review-list-2026-11-25.xlsx",
        }
        assert desk.letters("digest") == []
        assert json.loads(run("show", referral, "--json").out)["referral"]["state"] == "queued"

    def test_explaining_needs_no_database(self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MAILBOT_DATABASE__URL", "sqlite:////nowhere/at/all.db")
        for name, raw in (("a.eml", mail()), ("b.eml", mail("Thanks", "Thanks"))):
            (tmp_path / name).write_bytes(raw)
        said = run("explain", tmp_path / "a.eml", tmp_path / "b.eml", tmp_path / "a.eml", "--json")
        assert said.status == 0
        found = json.loads(said.out)
        assert [one["kind"] for one in found] == ["form_request", "note", "form_request"]
        assert found[0]["letters"] == [{"letter": "form", "to": [SAM]}]
        assert set(found[0]) == {"file", "kind", "why", "needs_person", "urgent", "letters", "references", "forms"}
        in_order = json.loads(run("explain", tmp_path / "a.eml", tmp_path / "a.eml", "--in-order", "--json").out)
        assert [one["kind"] for one in in_order] == ["form_request", "repeat"]
        plain = run("explain", tmp_path / "a.eml")
        assert "letter form to sam.okoro@cmht.example" in plain.out

    def test_explaining_needs_no_account(self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("MAILBOX__ADDRESS", "STAFF__ADDRESSES"):
            monkeypatch.delenv(f"MAILBOT_{name}", raising=False)
        copied = mail(to="duty@council.example", Cc=US)
        for number, raw in enumerate((mail(), mail("He is going to kill her.", "Now"), copied)):
            (tmp_path / f"{number}.eml").write_bytes(raw)
        said = run("explain", *(tmp_path / f"{number}.eml" for number in range(3)), "--json")
        asked, danger, other = json.loads(said.out)
        assert f"taken as sent to {US}" in said.err
        assert asked["letters"] == [{"letter": "form", "to": [SAM]}]
        assert (danger["urgent"], [one["letter"] for one in danger["letters"]]) == (True, ["urgent"])
        assert (other["kind"], other["needs_person"]) == ("unclear", True)

    def test_status(self, run: Run, desk: Desk) -> None:
        desk.handles(mail())
        desk.arrives(mail("Who are you?", "Question"))
        found = json.loads(run("status", "--json").out)
        assert (found["mails"], found["letters"]) == ({"handled": 1, "new": 1}, {"ready": 1})
        assert found["ledger"]["mails"] == 2
        assert found["ledger"]["reconciled"] is False
        desk.work()
        assert json.loads(run("status", "--json").out)["ledger"]["reconciled"] is True
        assert "2 mails, 2 accounted for" in run("status").out

    def test_the_audit_trail_and_whether_it_is_whole(self, run: Run, referral: str, url: str) -> None:
        run("show", referral)
        shown = run("audit", referral)
        assert "referral made" in shown.out
        assert "viewed (by show)" in shown.out
        assert "mail handled" in run("audit").out
        checked = run("audit", "--check")
        assert checked.status == 0
        assert "nothing was changed or removed" in checked.out
        noted = json.loads(run("audit", "--check", "--json").out)["seal"]
        assert run("audit", "--check", "--seal", noted).status == 0
        store = Store(url)
        with store.transaction(MONDAY) as tx, unguarded(tx.connection):
            tx.connection.execute(sa.text("UPDATE event SET actor = 'nobody' WHERE id = 2"))
        store.close()
        checked = run("audit", "--check")
        assert checked.status == 1
        assert "event 2 was changed after it was sealed" in checked.out

    def test_pause_and_resume(self, run: Run) -> None:
        assert run("pause").status == 0
        assert json.loads(run("status", "--json").out)["paused"] is True
        assert "paused" in run("status").out
        assert run("resume").status == 0
        assert json.loads(run("status", "--json").out)["paused"] is False

    def test_the_blank(self, run: Run, tmp_path: Path) -> None:
        assert run("form", "--out", tmp_path / "blank").status == 0
        assert {path.suffix for path in (tmp_path / "blank").iterdir()} == {".pdf", ".docx", ".txt"}

    def test_reading_a_form(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "f.docx").write_bytes(fill_docx((CONFIG / "forms/1/referral-form.docx").read_bytes(), PLAIN))
        (found,) = json.loads(run("read", tmp_path / "f.docx", "--json").out)
        assert (found["form_version"], found["answers"]["p_surname"]["value"]) == ("1", "Whitlock")
        assert "Whitlock" in run("read", tmp_path / "f.docx").out

    def test_a_hostile_file_is_named_and_the_next_one_read(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MAILBOT_READING__CPU_SECONDS", "2")
        (tmp_path / "bomb.pdf").write_bytes(BOMBS["2 GB of zeros"]())
        (tmp_path / "good.pdf").write_bytes(fill_pdf((CONFIG / "forms/1/referral-form.pdf").read_bytes(), PLAIN))
        said = run("read", tmp_path / "bomb.pdf", tmp_path / "good.pdf", "--json")
        bomb, good = json.loads(said.out)
        assert said.status == 0
        assert (bomb["answers"], len(bomb["problems"])) == ({}, 1)
        assert good["answers"]["p_surname"]["value"] == "Whitlock"

    def test_pictures_of_a_form_are_named_by_number(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "whitlock.pdf").write_bytes(fill_pdf((CONFIG / "forms/1/referral-form.pdf").read_bytes(), PLAIN))
        said = run("read", tmp_path / "whitlock.pdf", "--pictures", tmp_path / "seen")
        assert said.status == 0
        assert {path.name for path in (tmp_path / "seen").iterdir()} == {
            f"file-1-page-{page}.png" for page in range(1, 8)
        }
        assert "green sure" in said.out

    def test_check_says_what_is_wrong(self, run: Run) -> None:
        said = run("check")
        assert said.status == 1
        assert "FAULT mailbox" in said.out
        assert re.search(r"OK    secure list: \d+ domains, as of \d+ \w+ \d{4}", said.out)

    def test_check_says_which_blank_no_longer_fits_its_form(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shutil.copytree(CONFIG, tmp_path / "config")
        shutil.copytree(CONFIG / "forms" / "1", tmp_path / "config" / "forms" / "0")
        monkeypatch.setenv("MAILBOT_CONFIG", str(tmp_path / "config"))
        for version, says in (("1", "the blank is older than form.toml"), ("0", "put back what was kept")):
            with (tmp_path / "config" / "forms" / version / "form.toml").open("a") as file:
                file.write("# changed\n")

            assert says in run("check").out


def test_the_clock_of_these_tests_stands(desk: Desk) -> None:
    assert isinstance(desk.clock, Still)
