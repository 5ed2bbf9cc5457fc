"""Whose a referral is: changed only by a person's word, and whoever it was before is told nothing more (C4)."""

from __future__ import annotations

import sqlalchemy as sa

from mailbot.errors import UserError
from mailbot.letters import is_address
from mailbot.store import LetterState, Transaction

#: what a person has approved for that very address goes all the same
_APPROVED = "outcome-"


def change(tx: Transaction, referral: sa.RowMapping, address: str, by: str) -> str:
    """Another address, or the same, is confirmed as the referrer's; says which. Raises UserError."""
    new = address.strip().lower()
    if not is_address(new):
        raise UserError(
            "Name the referrer's address, as in `confirm-referrer name@organisation.example`; the form gives none."
        )
    before = {referral["referrer"]} if referral["referrer"] and referral["confirmed_by"] else set()
    former = sorted({*(referral["former"] or ()), *before} - {new})
    tx.referrals.change(referral["id"], referrer=new, confirmed_by=by, former=former or None)
    tx.audit.add("referrer_confirmed", actor=by, referral_id=referral["id"])
    for letter in tx.letters.of_referral(referral["id"]):
        if letter["recipient"] in former and not letter["name"].startswith(_APPROVED):
            note = "the referrer has changed"
            tx.letters.settle(letter["id"], LetterState.CANCELLED, [LetterState.READY], note=note)
    return new


def is_former(tx: Transaction, referral_id: int | None, address: str) -> bool:
    """Whether the address was the referrer's, and a person has since said that it is not."""
    return referral_id is not None and address in (tx.referrals.by_id(referral_id)["former"] or ())
