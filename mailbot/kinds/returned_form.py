"""Our form, come back: a referral for the next meeting and a receipt; an empty one is asked for again."""

from __future__ import annotations

from mailbot.actions import Office, beside, referrals
from mailbot.mail import Mail
from mailbot.store import Transaction
from mailbot.understood import Known, Understood, Why, no_automatic_reply


def recognise(mail: Mail, known: Known) -> tuple[Why, ...] | None:
    """One of its files is our form, and nothing forbids a receipt."""
    if not known.forms or no_automatic_reply(mail, known):
        return None
    return tuple(Why("our_form", f"{_what(form.how)} is our form, version {form.form_version}") for form in known.forms)


def _what(how: str) -> str:
    return {
        "acroform": "a PDF",
        "flat": "a printed PDF",
        "word": "a Word document",
        "scan": "a scan",
        "text": "plain text",
    }.get(how, "a file")


def act(office: Office, tx: Transaction, understood: Understood) -> None:
    """A referral for each filled-in form and one receipt for the mail (rule 5)."""
    referrals.take_forms(office, tx, understood)
    beside.tell(office, tx, understood)
