"""run, check, status, pause, resume and demo."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer

from mailbot import reconcile, wording
from mailbot import settings as settings_module
from mailbot.actions import Office, ledger
from mailbot.app import App, clock_of, open_store
from mailbot.commands.desk import Desk, config_folder, console, load_settings, open_desk, print_json, who
from mailbot.errors import DeliveryError, MailboxError, UserError
from mailbot.mailboxes.imap import Imap
from mailbot.meeting import next_meeting
from mailbot.referral import OPEN
from mailbot.secure import SecureList
from mailbot.senders.smtp import Smtp
from mailbot.settings import Settings
from mailbot.store import LetterState, Transaction
from parsers.write import is_stale

_STOPPED_WITHIN = 10.0  # seconds from SIGTERM to the end of the process
#: how long a thread may compute while others wait; Python's own 5 ms would go by at each answer of a server
_SWITCH_SECONDS = 0.0005


def add_to(app: typer.Typer) -> None:
    for command in (run, check, status, pause, resume, demo):
        app.command()(command)


def run() -> None:
    """Watch the mailbox and do the work, until it is stopped (Ctrl-C or SIGTERM).

    Status 0 where it was asked to stop, 1 where it cannot start or is stuck and wants to be started again.
    """
    _log_to_stderr()
    sys.setswitchinterval(_SWITCH_SECONDS)
    app = App(load_settings())
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    app.start()
    while not stopping.wait(1.0) and not app.watch.is_stuck:
        pass
    status = 0 if stopping.is_set() else 1
    if status:
        structlog.get_logger().error("stuck", fix="start mailbot again; nothing is lost")
    # whatever hangs in a server's answer must not keep the process: its leases end with it
    end = threading.Timer(_STOPPED_WITHIN, os._exit, (status,))
    end.daemon = True
    end.start()
    finished = app.stop()
    if status or not finished:
        os._exit(status)


def demo(
    exit_: Annotated[
        bool, typer.Option("--exit", help="End when the story has been told; status 0 only if every step happened.")
    ] = False,
) -> None:
    """Tell the whole story on this machine: no account, nothing to install, nothing leaves it."""
    try:
        from mailbot.demo.story import tell  # noqa: PLC0415 - needs the extra `demo`, which a server does not have
    except ImportError as error:
        raise UserError(
            f"The demo needs its mail servers ({error.name} is missing): pip install 'mailbot[demo]'"
        ) from None
    sys.exit(tell(config_folder(), stay=not exit_))


def check() -> None:
    """Settings, mailbox, sender, database, letters and form: each OK, or what to do."""
    settings = load_settings()
    console.print(f"OK    settings: mode {settings.mode}", markup=False)
    checks = (
        ("letters and form", _check_office),
        ("secure list", _check_secure_list),
        ("database", _check_database),
        ("mailbox", _check_mailbox),
        ("sender", _check_sender),
    )
    faults = 0
    for name, one in checks:
        try:
            console.print(f"OK    {name}: {one(settings)}", markup=False)
        except UserError as error:
            faults += 1
            for problem in error.problems:
                console.print(f"FAULT {name}: {problem}", markup=False)
    for advice in settings_module.unset(settings):
        console.print(f"note  {advice}", markup=False)
    if faults:
        raise typer.Exit(1)


def _check_office(settings: Settings) -> str:
    office = Office.open(settings)
    problems = office.letters.check()
    if is_stale(settings.form_folder):
        problems.append(
            f"{settings.form_folder}: the blank is older than form.toml; `mailbot form --build` makes it anew"
        )
    problems += [
        f"{folder}: form.toml or a blank was changed after this version was sent out, and forms that come back are read"
        " by it; put back what was kept"
        for folder in _older_forms(settings)
        if is_stale(folder)
    ]
    if office.form.return_to.lower() != settings.mailbox.address.lower():
        problems.append(
            f"{settings.form_folder / 'form.toml'}: return_to: the form is to be returned to {office.form.return_to},"
            f" and the mailbox is {settings.mailbox.address}; make them the same, then run `mailbot form --build`"
        )
    if problems:
        raise UserError(*problems)
    return f"form version {office.form.version}, {len(office.form.fields)} questions"


def _check_secure_list(settings: Settings) -> str:
    secure = SecureList.load(settings.folder)
    return f"{len(secure.domains)} domains, as of {wording.plain_date(secure.dated)}"


def _older_forms(settings: Settings) -> list[Path]:
    folders = (path.parent for path in (settings.folder / "forms").glob("*/form.toml"))
    return sorted(folder for folder in folders if folder != settings.form_folder)


def _check_database(settings: Settings) -> str:
    try:
        open_store(settings, clock_of(settings)).close()
    except Exception as error:  # drivers raise what they like
        raise UserError(
            f"cannot be used ({type(error).__name__}): check database.url and that the server runs"
        ) from None
    return "ready"


def _check_mailbox(settings: Settings) -> str:
    try:
        mailbox = Imap.connect(settings.mailbox)
        folders = mailbox.folders()
        mailbox.close()
    except MailboxError as error:
        raise UserError(f"{error}; check mailbox.host, port, tls, username and the password") from None
    missing = set(settings.mailbox.watch) - {folder.name for folder in folders}
    if missing:
        raise UserError(f"mailbox.watch names folders that are not there: {wording.listed(sorted(missing))}")
    return f"signed in, {wording.count(len(folders), 'folder')}"


def _check_sender(settings: Settings) -> str:
    if settings.mode != "send":
        return f"not used in mode {settings.mode}"
    sender = Smtp(settings.sender, settings.mailbox)
    try:
        sender.greet()
    except DeliveryError as error:
        raise UserError(f"{error}; check sender.host, port, tls, username and the password") from None
    finally:
        sender.close()
    return "connected and signed in"


def status(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Counts by state, whether the ledger adds up, the oldest that waits, the last mail, the next meeting, the mode.

    The mailbox is asked what it holds; status 1 where it holds mail that the ledger does not have.
    """
    with open_desk() as desk, desk.store.look(desk.now) as tx:
        found = {**_status(desk, tx), "mailbox": _compare(desk, tx)}
    if as_json:
        print_json(found)
    else:
        _print_status(found)
    if found["mailbox"]["missing"]:
        raise typer.Exit(1)


def _print_status(found: dict[str, Any]) -> None:
    console.print(f"mode {found['mode']}{', paused' if found['paused'] else ''}", markup=False)
    for part in ("mails", "letters", "referrals"):
        counts = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in found[part].items()) or "none yet"
        console.print(f"{part}: {counts}", markup=False)
    console.print(f"ledger: {found['ledger']['words']}", markup=False)
    console.print(f"mailbox: {found['mailbox']['words']}", markup=False)
    console.print(f"needs a person: {found['needs_a_person']}", markup=False)
    console.print(f"oldest unfinished mail: {found['oldest_waiting'] or 'none'}", markup=False)
    console.print(f"last mail seen: {found['last_mail'] or 'none yet'}", markup=False)
    console.print(f"next meeting: {found['next_meeting']}", markup=False)


def _status(desk: Desk, tx: Transaction) -> dict[str, Any]:
    account = ledger.of(tx)
    zone = desk.settings.meeting.zone
    moments = {"last_mail": tx.mails.last_came_at(), "oldest_waiting": tx.mails.oldest_unfinished()}
    return {
        "mode": desk.settings.mode,
        "paused": tx.switches.get("paused") == "yes",
        "mails": tx.mails.count_by_state(),
        "letters": tx.letters.count_by_state(),
        "referrals": tx.referrals.count_by_state(),
        "open_referrals": len(tx.referrals.in_states(OPEN)),
        "ledger": {
            "mails": account.mails,
            "accounted_for": account.accounted_for,
            "reconciled": account.adds_up,
            "words": account.words,
        },
        "needs_a_person": len(tx.needs.waiting()),
        "in_doubt": tx.letters.count_by_state().get(LetterState.IN_DOUBT, 0),
        **{name: wording.when(moment, zone) if moment else None for name, moment in moments.items()},
        "next_meeting": wording.when(
            next_meeting(desk.now, desk.settings.meeting, tx.meetings.changes()).starts_at, zone
        ),
    }


def _compare(desk: Desk, tx: Transaction) -> dict[str, Any]:
    """What the mailbox holds and the ledger does not have, by folder and number there; changes nothing."""
    box = desk.settings.mailbox
    try:
        mailbox = Imap.connect(box)
        try:
            found = reconcile.compare(mailbox, tx, box, reconcile.watched(mailbox.folders(), box))
        finally:
            mailbox.close()
    except MailboxError as error:
        return {"compared": False, "missing": 0, "words": f"could not be asked ({error})"}
    named = [f"{one.folder.name} {', '.join(map(str, one.uids))}" for one in found.differences]
    words = (
        f"{wording.count(found.missing, 'mail')} not in the ledger: {'; '.join(named)}" if named else "nothing missing"
    )
    return {"compared": True, "held": found.held, "missing": found.missing, "words": words}


def pause() -> None:
    """Stop sending at once; mail is still received, read and understood."""
    _switch(paused=True)
    console.print("Paused: letters wait in the outbox until `mailbot resume`.")


def resume() -> None:
    """Send again."""
    _switch(paused=False)
    console.print("Sending again.")


def _switch(*, paused: bool) -> None:
    with open_desk() as desk, desk.store.transaction(desk.now + timedelta()) as tx:
        tx.switches.put("paused", "yes" if paused else "")
        tx.audit.add("paused" if paused else "resumed", actor=who())


def _log_to_stderr() -> None:
    """One line an event, with names and numbers and no personal data; JSON where nobody watches."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _fault_without_words,
            structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _fault_without_words(_logger: Any, _method: str, event: Any) -> Any:
    """Where a fault was raised, without its message: a message may quote a mail (rule 10)."""
    if event.pop("exc_info", False):
        _, error, trace = sys.exc_info()
        steps = []
        while trace is not None:
            steps.append(f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["at"] = " > ".join(steps[-6:])
        event.setdefault("error", type(error).__name__)
    return event
