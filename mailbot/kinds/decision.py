"""Staff answer one of our letters to them: what they decide is done where it is proven to be theirs, and told back."""

from __future__ import annotations

from mailbot.actions import Office, decisions, entered, spoken
from mailbot.actions.staff import ANSWERED
from mailbot.asking import only_thanks
from mailbot.mail import Mail
from mailbot.store import Transaction
from mailbot.understood import Authenticity, Known, Understood, Why

_NOT_PROVEN, _ENTERS = "not_proven", "enters_by_hand"


def recognise(mail: Mail, known: Known) -> tuple[Why, ...] | None:
    """From a staff address, or in staff's words, in answer to a letter to staff; thanks alone decide nothing."""
    letters = [one for one in known.our_letters if one.name in ANSWERED] + [one.letter for one in known.codes]
    if known.filled_lists and mail.sender.address in known.staff:
        return (Why("review_list", "brings the review list, filled in"), _proof(mail, known))
    if mail.sender.address in known.staff and entered.is_meant(mail, known):
        return (Why(_ENTERS, "enters a referral that came by telephone or on paper"), _proof(mail, known))
    if not letters or known.filled or only_thanks(mail, known):
        return None
    if mail.sender.address not in known.staff and not _orders(mail):
        return None
    answers = Why("answers_staff_letter", f"answers our letter {letters[0].name}")
    return (answers, _proof(mail, known))


def _orders(mail: Mail) -> bool:
    """Whether a stranger speaks to us as staff do."""
    return any(spoken.order(line) for line in mail.words.split("\n"))


def _proof(mail: Mail, known: Known) -> Why:
    """Our server's word, or a code that went to this very address (rule 9)."""
    if mail.sender.address not in known.staff:
        return Why(_NOT_PROVEN, "is not from an address of staff")
    if known.authenticity == Authenticity.FAIL:
        return Why(_NOT_PROVEN, "is not from whom it claims, as our own server says")
    if known.authenticity == Authenticity.PASS:
        return Why("proven_by_server", "is from the address it claims, as our own server says")
    return _by_code(mail, known)


def _by_code(mail: Mail, known: Known) -> Why:
    """A code counts from the address it went to, and with a digest while its meeting is open."""
    mine = [one for one in known.codes if one.recipient == mail.sender.address]
    if any(not one.over for one in mine):
        return Why("proven_by_code", "carries the code that went to its sender")
    unsaid = "our own server does not say who sent it"
    if mine:
        return Why(_NOT_PROVEN, f"carries the code of a meeting that is over, and {unsaid}")
    if known.codes:
        return Why(_NOT_PROVEN, "carries a code that went to somebody else")
    return Why(_NOT_PROVEN, f"carries no code of ours, and {unsaid}")


def act(office: Office, tx: Transaction, understood: Understood) -> None:
    """Line by line; what is not proven changes nothing, and staff are told."""
    refused = [why.words for why in understood.why if why.rule == _NOT_PROVEN]
    if refused:
        decisions.refuse(office, tx, understood, f"it {refused[0]}")
    elif any(why.rule == _ENTERS for why in understood.why):
        entered.take(office, tx, understood)
    else:
        decisions.take(office, tx, understood)
