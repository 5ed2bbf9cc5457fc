"""What follows once a referrer has been told: where the referral stands then."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from mailbot.actions import deferrals
from mailbot.actions.office import Office
from mailbot.referral import State
from mailbot.store import Transaction


def after_telling(office: Office, tx: Transaction, referral_id: int) -> bool:
    """Where a referral stands once its outcomes were told: on the list, put off or done; False while one waits."""
    told = tx.outcomes.told(referral_id)
    if told is None or any(not _arrived(tx, row) for row in tx.outcomes.of_referral(referral_id)):
        return False
    day = told["recorded"].get("reviewed_on")
    same = [row for row in tx.outcomes.of_referral(referral_id) if row["recorded"].get("reviewed_on") == day]
    corrected = {row["corrects"] for row in same}
    live = [row for row in same if row["approved_at"] and row["id"] not in corrected]
    to = _state_after(office, live)
    until = deferrals.day_of(office, [row for row in live if row["outcome"] == "defer"])
    values = {
        "waiting_since": tx.now if to == State.WAITING else None,
        "until": until if to == State.DEFERRED else None,
    }
    if not tx.referrals.move(referral_id, State.DECIDED, to, **values):
        return False
    deferrals.settle(office, tx, referral_id)
    return True


def _arrived(tx: Transaction, outcome: sa.RowMapping) -> bool:
    """Whether nothing of this outcome is still to be told."""
    if outcome["taken_back_by"]:
        return True
    if not outcome["approved_at"]:
        return False
    return outcome["letter_id"] is None or tx.letters.get(outcome["letter_id"])["sent_at"] is not None


def _state_after(office: Office, live: Sequence[sa.RowMapping]) -> State:
    effects = {office.outcomes[row["outcome"]].effect if row["outcome"] in office.outcomes else "told" for row in live}
    if "waiting" in effects or "deferred" in effects:
        return State.WAITING if "waiting" in effects else State.DEFERRED
    return State.WITHDRAWN if {row["outcome"] for row in live} == {"withdrawn"} else State.TOLD
