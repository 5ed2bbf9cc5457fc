"""Our own letters and copies of them, come back to us: filed, never answered."""

from __future__ import annotations

from mailbot.actions import Office, canary
from mailbot.mail import Mail
from mailbot.store import Transaction
from mailbot.understood import Known, Understood, Why


def recognise(mail: Mail, known: Known) -> tuple[Why, ...] | None:
    """Carrying our mark (a loop), or from the team's own address: unless it brings files that may be a form.

    Staff pass on filled-in forms from there, and the office's scanner sends in the team's name.
    """
    if mail.header("x-mailbot-letter") and mail.message_id and _is_ours(mail, known):
        return (Why("our_letter", "is a letter that mailbot wrote"),)
    brings = any(not one.in_the_text for one in mail.readable) and not known.forms
    if mail.sender.address in known.our_addresses and not known.filled and not brings:
        return (Why("from_us", "comes from the team's own address"),)
    return None


def _is_ours(mail: Mail, known: Known) -> bool:
    return mail.sender.domain in {address.rpartition("@")[2] for address in known.our_addresses}


def act(office: Office, tx: Transaction, understood: Understood) -> None:
    """It is kept and filed; where it is the canary, mail goes round."""
    mark = understood.mail.header("x-mailbot-letter")
    if mark.startswith(f"{canary.NAME};"):
        canary.came_back(office, tx, mark)
