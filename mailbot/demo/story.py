"""The whole loop on this machine: the demo's people write, mailbot answers, a week passes, everybody is told."""

from __future__ import annotations

import shutil
import smtplib
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from rich.console import Console

from mailbot.actions import outcome_letters, outcomes
from mailbot.actions.referrals import gaps_of
from mailbot.app import App
from mailbot.clock import FileClock
from mailbot.demo import people
from mailbot.demo.mailserver import AUTHSERV_ID, HOST, DemoMail
from mailbot.letters import Letter
from mailbot.settings import Settings
from mailbot.store import MailState
from parsers.write.fill import fill_docx, fill_pdf

#: how long a step may take before it counts as not having happened
_PATIENCE = 30.0


class NotHappened(Exception):  # noqa: N818 - reads as what it says
    """A step of the story did not happen."""


def tell(config: Path, *, stay: bool) -> int:
    """Tell the story; 0 if every step of it happened. With `stay`, keep the desk open afterwards until Ctrl-C."""
    console = Console(highlight=False, soft_wrap=True)
    folder = Path(tempfile.mkdtemp(prefix="mailbot-demo-"))
    clock = FileClock(folder / "clock")
    story = Story(console, folder, clock)
    with DemoMail(people.TEAM, clock=clock) as server:
        story.open(config, server)
        try:
            story.tell()
            if stay:
                story.stay()
        except NotHappened as fault:
            console.print(f"\nDid not happen: {fault}", style="bold red", markup=False)
            return 1
        except KeyboardInterrupt:
            console.print("\nStopped.")
            return 0 if story.told else 1
        finally:
            story.app.stop()
    return 0


class Story:
    """One telling: each step waits until what it tells has happened."""

    app: App
    server: DemoMail

    def __init__(self, console: Console, folder: Path, clock: FileClock) -> None:
        self._console, self._folder, self._clock = console, folder, clock
        self._mails = 0
        self.told = False
        monday = datetime.now(UTC).replace(hour=9, minute=0, second=0) + timedelta(days=7 - datetime.now(UTC).weekday())
        self._week = monday
        self._move_clock(monday, quietly=True)

    def open(self, config: Path, server: DemoMail) -> None:
        """Start mailbot on a mailbox of its own, with the team's own configuration beside it."""
        self.server = server
        shutil.copytree(config, self._folder / "config")
        (self._folder / "config" / "mailbot.toml").write_text(_settings_toml(self._folder, server, self._week), "utf-8")
        self.app = App(_settings(self._folder, server, self._week))
        self.app.start()

    def tell(self) -> None:
        """The story, from the first request to the ledger."""
        self._say(
            "The desk opens", f"Monday 9am. mailbot watches {people.TEAM} on a mail server of its own on this machine."
        )
        self._requests()
        self._forms()
        self._invitation()
        self._digest()
        self._outcomes()
        self._ledger()
        self.told = True
        self._console.print(f"\nLetters, review list and forms are in {self._folder} for you to open.", markup=False)

    # -- the steps

    def _requests(self) -> None:
        self._say("Two people ask for the form", "A newsletter and an out-of-office answer arrive too.")
        self._send(
            people.PRIYA, "Referral form please", "Hello,\n\nPlease can you send me your referral form?\n\nPriya"
        )
        self._send(people.TOM, "How do I refer?", "Hi, how do we refer someone to the stalking clinic? Thanks, Tom")
        self._send("News <news@charity.example>", "Our autumn news", "Read on", List_Id="<news.charity.example>")
        self._send(
            "Dr Vale <vale@surgery.example>",
            "Automatic reply: hello",
            "I am away until Monday.",
            Auto_Submitted="auto-replied",
        )
        for address in ("priya.shah@probation.example", "tom.marsh@cmht.example"):
            letter = self._letter(address, "form")
            names = ", ".join(part.get_filename() or "" for part in letter.iter_attachments())
            self._tick(f"the form to {address}: {names}")
        self._until(
            "the newsletter and the out-of-office answer were filed",
            lambda: self._count(MailState.HANDLED) == self._mails,
        )
        if len(self.server.letters) != 2:
            raise NotHappened("somebody was answered who should not have been")
        self._tick("no answer to the newsletter, none to the out-of-office answer")

    def _forms(self) -> None:
        self._say(
            "The forms come back", "Priya's as a PDF, complete. Tom's as a Word document, with five answers missing."
        )
        forms = self._folder / "config" / "forms" / "1"
        pdf = fill_pdf((forms / "referral-form.pdf").read_bytes(), people.PRIYAS_FORM)
        docx = fill_docx((forms / "referral-form.docx").read_bytes(), people.TOMS_FORM)
        self._keep("returned-form.pdf", pdf)
        self._keep("returned-form.docx", docx)
        self._reply(people.PRIYA, "Please find attached", [("form.pdf", pdf)])
        self._reply(people.TOM, "Form attached, some of it I do not know yet.", [("form.docx", docx)])
        for address in ("priya.shah@probation.example", "tom.marsh@cmht.example"):
            letter = self._letter(address, "receipt")
            gaps = self._gaps(address)
            self._tick(f"receipt to {address}: {letter['Subject']}" + (f", {gaps} answers asked for" if gaps else ""))

    def _invitation(self) -> None:
        self._say("Priya would like to join by phone", "Her calendar gets an invitation, and answers it.")
        self.app.timetable.tick(self._clock.now())
        address = "priya.shah@probation.example"
        letter = self._letter(address, "invitation")
        self._tick(f"invitation to {address}: {letter['Subject']}")
        calendar = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
        data = calendar.get_payload(decode=True)
        assert isinstance(data, bytes)
        answer = [("invite.ics", people.accepts(data))]
        self._send(people.PRIYA, f"Accepted: {letter['Subject']}", "", files=answer)
        self._until("her answer is kept", lambda: self._attending() == {"accepted"})
        self._tick("she has accepted: the review list says so")

    def _digest(self) -> None:
        self._say("Digest day", "The clock moves to Tuesday 1pm.")
        self._move_clock(self._week + timedelta(days=1, hours=4))
        self.app.timetable.tick(self._clock.now())
        letter = self._letter(people.CHAIR, "digest")
        review_list = next(letter.iter_attachments())
        self._keep(review_list.get_filename() or "review-list.docx", review_list.get_payload(decode=True))
        self._tick(f"digest to {people.CHAIR}: {letter['Subject']}, with {review_list.get_filename()}")

    def _outcomes(self) -> None:
        self._say("The meeting", "Wednesday. Staff record the outcomes; each letter is read and approved by a person.")
        self._move_clock(self._week + timedelta(days=2, hours=3))
        first, second = self._references()
        self._decide(first, "accept", **people.ACCEPTED)
        self._decide(second, "consultation", **people.ADVISED)
        for address, name in (
            ("priya.shah@probation.example", "outcome-accept"),
            ("tom.marsh@cmht.example", "outcome-consultation"),
        ):
            letter = self._letter(address, name)
            self._tick(f"outcome to {address}: {letter['Subject']}")
        told = lambda: self._referral_states() == {"told"}  # noqa: E731 - said once, waited for
        self._until("both referrers were told", told)

    def _decide(self, reference: str, outcome: str, **recorded: object) -> None:
        office, store, now = self.app.office, self.app.store, self._clock.now()
        with store.transaction(now) as tx:
            outcomes.record(office, tx, reference, outcome, recorded, people.CHAIR)
        with store.look(now) as tx:
            seen: Letter = outcome_letters.letter_for(office, tx, reference)
        with store.transaction(now) as tx:
            outcome_letters.approve(office, tx, reference, people.CHAIR, seen)
        self._tick(f"{reference}: {office.outcomes[outcome].name.lower()}, letter approved by {people.CHAIR}")
        self.app.loops["deliver"].bell.ring()

    def _ledger(self) -> None:
        self._say("The ledger", "")
        self._until("every mail is accounted for", lambda: self._count(MailState.HANDLED) == self._mails)
        for number, letter in enumerate(self.server.letters, 1):
            name = str(message_from_bytes(letter.raw, policy=default)["X-Mailbot-Letter"]).partition(";")[0]
            self._keep(f"letter-{number:02d}-{name}.eml", letter.raw)
        self._tick(f"{self._mails} mails, {self._count(MailState.HANDLED)} accounted for")

    def stay(self) -> None:
        """Keep the desk open, for somebody to try it with a mail program of their own."""
        self._console.rule("Try it yourself", align="left")
        lines = [
            f"Receive (IMAP): {HOST}, port {self.server.imap_port}, no encryption",
            f"Send (SMTP):    {HOST}, port {self.server.smtp_port}, no encryption, no sign-in",
            f"Sign in as any address, such as you@work.example, with the password “{self.server.password}”.",
            f"Write to {people.TEAM} and ask for the form. Staff read {people.CHAIR} the same way.",
            f"In another terminal: mailbot --config {self._folder / 'config'} list",
            "It is Wednesday in the demo. Stop with Ctrl-C.",
        ]
        for line in lines:
            self._console.print(line, markup=False)
        while True:
            time.sleep(3600)

    # -- telling

    def _say(self, title: str, words: str) -> None:
        self._console.print()
        self._console.print(title, style="bold", markup=False)
        if words:
            self._console.print(words, markup=False)

    def _tick(self, words: str) -> None:
        self._console.print(f"  ✓ {words}", style="green", markup=False)

    def _until(self, what: str, happened: Callable[[], bool]) -> None:
        end = time.monotonic() + _PATIENCE
        while not happened():
            if time.monotonic() > end:
                raise NotHappened(what)
            time.sleep(0.05)

    def _keep(self, name: str, data: object) -> None:
        assert isinstance(data, bytes)
        (self._folder / name).write_bytes(data)

    # -- doing

    def _move_clock(self, moment: datetime, *, quietly: bool = False) -> None:
        if not quietly:
            self._until("all letters have left", lambda: not {"ready", "leased"} & set(self._letters_by_state()))
        (self._folder / "clock").write_text(str((moment - datetime.now(UTC)).total_seconds()))

    def _send(
        self,
        sender: str,
        subject: str,
        words: str,
        *,
        answers: str = "",
        files: list[tuple[str, bytes]] | None = None,
        **headers: str,
    ) -> None:
        self._mails += 1
        raw = people.mail(
            sender, subject, words, self._clock.now(), number=self._mails, answers=answers, files=files or (), **headers
        )
        with smtplib.SMTP(HOST, self.server.smtp_port) as smtp:
            smtp.sendmail(sender, [people.TEAM], raw)

    def _reply(self, sender: str, words: str, files: list[tuple[str, bytes]]) -> None:
        form = self._letter(sender.partition("<")[2].rstrip(">"), "form")
        self._send(sender, f"RE: {form['Subject']}", words, answers=str(form["Message-ID"]), files=files)

    def _letter(self, address: str, name: str) -> EmailMessage:
        """The letter of that name to that address, once it is there."""

        def find() -> EmailMessage | None:
            for letter in self.server.letters:
                if address in letter.recipients:
                    message = message_from_bytes(letter.raw, policy=default)
                    assert isinstance(message, EmailMessage)
                    if str(message["X-Mailbot-Letter"]).startswith(f"{name};"):
                        return message
            return None

        self._until(f"the letter “{name}” to {address}", lambda: find() is not None)
        found = find()
        assert found is not None
        return found

    def _count(self, state: MailState) -> int:
        with self.app.store.look(self._clock.now()) as tx:
            return tx.mails.count_by_state().get(state, 0)

    def _letters_by_state(self) -> dict[str, int]:
        with self.app.store.look(self._clock.now()) as tx:
            return tx.letters.count_by_state()

    def _referral_states(self) -> set[str]:
        with self.app.store.look(self._clock.now()) as tx:
            return set(tx.referrals.count_by_state())

    def _attending(self) -> set[str]:
        reference = self._references()[0]
        with self.app.store.look(self._clock.now()) as tx:
            return {row["answer"] for row in tx.invitations.of_referral(tx.referrals.get(reference)["id"])}

    def _gaps(self, address: str) -> int:
        """How many questions the receipt asks again."""
        with self.app.store.look(self._clock.now()) as tx:
            referral = next(row for row in tx.referrals.all() if row["sender"] == address)
            missing, unclear = gaps_of(self.app.office, tx, referral["id"])
        return len(missing) + len(unclear)

    def _references(self) -> tuple[str, str]:
        """Priya's and Tom's, whichever form was read first."""
        with self.app.store.look(self._clock.now()) as tx:
            rows = {row["sender"]: row["reference"] for row in tx.referrals.all()}
        return rows["priya.shah@probation.example"], rows["tom.marsh@cmht.example"]


def _settings(folder: Path, server: DemoMail, week: datetime) -> Settings:
    return Settings.model_validate(_values(folder, server, week))


def _values(folder: Path, server: DemoMail, week: datetime) -> dict[str, object]:
    return {
        "mode": "send",
        "folder": folder / "config",
        "clock_file": folder / "clock",
        "mailbox": {
            "address": people.TEAM, "host": HOST, "port": server.imap_port, "tls": "plain", "password": server.password,
            "authserv_id": AUTHSERV_ID, "start_from": week - timedelta(hours=1), "file_every_seconds": 1,
        },
        "sender": {"host": HOST, "port": server.smtp_port, "tls": "plain", "username": "-"},
        "database": {"url": f"sqlite:///{folder / 'mailbot.db'}"},
        "staff": {"addresses": [people.CHAIR]},
        "referrals": {"also_secure": ["probation.example", "cmht.example"]},
        "meeting": {"dial_in": "01632 960400, then 1234"},
        "alarms": {"canary_hours": 0, "silence_hours": 0},
    }  # fmt: skip


def _settings_toml(folder: Path, server: DemoMail, week: datetime) -> str:
    """The same settings as a file, for commands in another terminal, which need no password."""
    lines: list[str] = []
    tables: list[str] = []
    for key, value in _values(folder, server, week).items():
        if isinstance(value, dict):
            tables.append(f"\n[{key}]")
            tables.extend(f"{name} = {_toml(one)}" for name, one in value.items() if name != "password")
        elif key != "folder":
            lines.append(f"{key} = {_toml(value)}")
    return "\n".join([*lines, *tables]) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_toml(one) for one in value)}]"
    if isinstance(value, bool | int):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat()
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
