"""Words that cannot wait until the files beside them have been read: staff are told at once (A15, C3, F1, F4)."""

from __future__ import annotations

from mailbot.actions import people
from mailbot.actions.office import Office
from mailbot.asking import speaks_of_danger
from mailbot.store import Transaction
from mailbot.understood import SETTLED, Authenticity, Understood, joined


def tell(office: Office, tx: Transaction, understood: Understood) -> None:
    """By the words alone; once the files are read, the mail is handled as any other, and staff are not told twice."""
    if understood.kind in SETTLED:
        return
    found = joined(understood.known) if understood.known.authenticity != Authenticity.FAIL else ()
    about = found[0].id if len(found) == 1 else None
    victim = next((why for why in understood.why if why.rule == "victim"), None)
    danger = victim or speaks_of_danger(understood.mail, understood.known)
    if danger:
        words = f"A mail {danger.words}. It brings files, which are being read; please do not wait for that."
        people.ask(office, tx, danger.rule, words, understood=understood, referral_id=about)
