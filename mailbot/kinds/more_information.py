"""Papers or news about a referral: put with it where two signs agree, otherwise a person says which (B10, B11, C3)."""

from __future__ import annotations

from mailbot.actions import Office, afterwards
from mailbot.asking import against_asking, asks_about_progress, asks_for_form, disputes, only_thanks
from mailbot.mail import Mail
from mailbot.store import Transaction
from mailbot.understood import Known, Understood, Why, joined, no_automatic_reply


def recognise(mail: Mail, known: Known) -> tuple[Why, ...] | None:
    """Tied to a referral by a sign at least, and neither thanks, a question, a dispute nor a request for the form."""
    if known.forms or not known.referrals or no_automatic_reply(mail, known):
        return None
    if not (mail.words or mail.readable) or only_thanks(mail, known) or disputes(mail, known):
        return None
    if asks_about_progress(mail, known) or _asks_for_form(mail, known):
        return None
    found = joined(known) or known.referrals
    return tuple(
        Why("about_referral", f"is about {one.reference}, by its {' and '.join(sorted(one.signs))}") for one in found
    )


def _asks_for_form(mail: Mail, known: Known) -> bool:
    """Plainly, or in doubt where no two signs say that it is about a referral: a request never joins (rule 8)."""
    against = [why.rule for why in against_asking(mail, known)]
    return asks_for_form(mail, known) is not None and (not against or not joined(known))


def act(office: Office, tx: Transaction, understood: Understood) -> None:
    """Put with the referral, or proposed; a person is told, at once where it speaks of danger."""
    afterwards.take_information(office, tx, understood)
