"""What is counted when a desk has been killed often enough: nothing may be lost, nothing may have gone twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa

from bench.crash.load import Load
from mailbot.store import LetterState, MailState, tables

_OPEN = {MailState.NEW, MailState.READING, MailState.READY}
#: what a mail of each kind must have been answered with
_ANSWERS = {"form_request": "form", "returned_form": "receipt"}


@dataclass
class Account:
    """The figures of one desk, or of many together; `faults` says what was wrong, without a word of any mail."""

    mails: int = 0
    letters: int = 0
    held_in_doubt: int = 0
    set_aside: int = 0
    lost: int = 0
    twice: int = 0
    states: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        return {**asdict(self), "states": dict(self.states.most_common())}

    def add(self, other: Account) -> None:
        for name in ("mails", "letters", "held_in_doubt", "set_aside", "lost", "twice"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.states.update(other.states)
        self.faults += other.faults

    def differ(self, there: int, what: str) -> None:
        """As many must be there as mails were put into the mailbox."""
        for _ in range(self.mails - there):
            self.lose(what)
        for _ in range(there - self.mails):
            self.repeat(what)

    def lose(self, what: str) -> None:
        self.lost += 1
        self.faults.append(f"lost: {what}")

    def repeat(self, what: str) -> None:
        self.twice += 1
        self.faults.append(f"twice: {what}")


def of(load: Load) -> Account:
    """The account of a desk at rest, from its mailbox, the SMTP server and the tables themselves."""
    account = Account(mails=sum(load.given.values()))
    engine = sa.create_engine(load.desk.environment["MAILBOT_DATABASE__URL"])
    try:
        with engine.connect() as connection:
            mails, letters, needs = (
                connection.execute(sa.select(table)).mappings().all()
                for table in (tables.mail, tables.letter, tables.need)
            )
    finally:
        engine.dispose()
    _mailbox(load, account)
    _mails(mails, letters, account)
    _letters(load, letters, {row["letter_id"] for row in needs}, account)
    return account


def _mailbox(load: Load, account: Account) -> None:
    """Every message is in one folder."""
    there = sum(number for name, number in load.desk.folders().items() if name not in {"Sent", "Drafts"})
    account.differ(there, "a message of the mailbox")


def _mails(mails: Sequence[sa.RowMapping], letters: Sequence[sa.RowMapping], account: Account) -> None:
    """Every mail has one row, in one state that is an end, and the letter that its kind asks for."""
    account.differ(len(mails), "the row of a mail")
    account.states.update(row["state"] for row in mails)
    account.set_aside += account.states[MailState.SET_ASIDE]
    answers = Counter((row["mail_id"], row["name"]) for row in letters)
    for row in mails:
        if row["state"] in _OPEN:
            account.lose(f"mail {row['id']} was left in state {row['state']}")
        wanted = _ANSWERS.get(row["kind"]) if row["state"] == MailState.HANDLED else None
        if wanted and not answers[row["id"], wanted]:
            account.lose(f"the letter {wanted} to mail {row['id']}")
        elif wanted and answers[row["id"], wanted] > 1:
            account.repeat(f"the letter {wanted} to mail {row['id']}")


def _letters(load: Load, letters: Sequence[sa.RowMapping], asked: set[int], account: Account) -> None:
    """What the SMTP server took is what the outbox says was sent; what may have gone waits for a person."""
    taken = Counter(letter.message_id for letter in load.desk.letters())
    account.letters += taken.total()
    known = {row["message_id"] for row in letters}
    for message_id in taken.keys() - known:
        account.lose(f"the row of a letter that went {taken[message_id]} times")
    for row in letters:
        what, times = f"letter {row['id']} ({row['name']}, {row['state']})", taken[row["message_id"]]
        if times > 1:
            account.repeat(what)
        if row["state"] == LetterState.HELD:
            account.held_in_doubt += 1
            if row["id"] not in asked:
                account.lose(f"{what} is held and nobody is asked")
        elif row["state"] != LetterState.SENT or not times:
            account.lose(what)
