"""The published criteria beside a referral as it stands now: advice that staff see and referrers never do."""

from __future__ import annotations

import sqlalchemy as sa

from mailbot.actions.office import Office
from mailbot.criteria import Check, checks
from mailbot.store import Transaction


def checks_of(office: Office, tx: Transaction, referral: sa.RowMapping) -> tuple[Check, ...]:
    """Every check of a referral, from its newest answers and the day it came."""
    answers = tx.referrals.answers(referral["id"])
    day = referral["received_at"].astimezone(office.settings.meeting.zone).date()
    by_hand = all((one.where or {}).get("reader") == "person" for one in answers.values())
    return checks(office.published, office.form, answers, day, from_form=not by_hand)
