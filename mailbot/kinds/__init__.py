"""What a mail can be, in the order the kinds are asked: the first with a why wins, and `unclear` always has one.

Each kind is a module: `recognise(mail, known)` says why this mail is of that kind, or None, and changes nothing;
`act(office, tx, understood)` does what it asks for, in one transaction.
"""

from __future__ import annotations

from typing import Protocol

from mailbot.actions import Office
from mailbot.kinds import (
    automatic,
    bulk,
    calendar_reply,
    decision,
    delivery_report,
    form_request,
    more_information,
    note,
    own,
    repeat,
    returned_form,
    sensitive,
    status_question,
    unclear,
    unreadable,
    withdrawal,
)
from mailbot.mail import Mail
from mailbot.store import Transaction
from mailbot.understood import Known, Understood, Why


class Kind(Protocol):
    """What every module of this package provides."""

    def recognise(self, mail: Mail, known: Known) -> tuple[Why, ...] | None:
        """Why this mail is of this kind; None where it is not."""

    def act(self, office: Office, tx: Transaction, understood: Understood) -> None:
        """Do what a mail of this kind asks for."""


#: name -> kind, in the order they are asked
KINDS: dict[str, Kind] = {
    "own": own,
    "repeat": repeat,
    "delivery_report": delivery_report,
    "calendar_reply": calendar_reply,
    "automatic": automatic,
    "bulk": bulk,
    "decision": decision,
    "sensitive": sensitive,
    "withdrawal": withdrawal,
    "returned_form": returned_form,
    "unreadable": unreadable,
    "more_information": more_information,
    "status_question": status_question,
    "form_request": form_request,
    "note": note,
    "unclear": unclear,
}
