"""What a person says of a referral by its reference, without an item of the queue: `HM-2026-0042: not-for Police`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from mailbot.actions import arrangements, deferrals, life, restricting, spoken
from mailbot.actions.heard import Heard, Told
from mailbot.actions.office import Office
from mailbot.errors import UserError
from mailbot.store import Transaction
from mailbot.understood import Decision

#: office, transaction, the reference, what was said with the action, and by whom -> what was done, in words
About = Callable[[Office, Transaction, str, str, str], str]


def _sight(how: str, office: Office, tx: Transaction, reference: str, said: str, by: str) -> str:
    return restricting.decide(office, tx, reference, how, said, by)


def _discuss(office: Office, tx: Transaction, reference: str, said: str, by: str) -> str:
    return arrangements.put_to(office, tx, restricting.must_see(office, tx, reference, by), said, by)


def _until(office: Office, tx: Transaction, reference: str, said: str, by: str) -> str:
    return deferrals.set_day(office, tx, restricting.must_see(office, tx, reference, by), said, by)


def _reopen(office: Office, tx: Transaction, reference: str, _said: str, by: str) -> str:
    return life.reopen(office, tx, restricting.must_see(office, tx, reference, by), by)


ABOUT: Mapping[str, About] = {
    **{how: partial(_sight, how) for how in ("only-for", "not-for", "for-all")},
    "discuss": _discuss,
    "until": _until,
    "reopen": _reopen,
}


#: the outcome, with who leads and why, and no new day for what was put off
_DEFERS = re.compile(r"(?:put\b|defer).*[,;].*\D", re.IGNORECASE | re.DOTALL)


def answer(office: Office, tx: Transaction, reference: str, action: str, said: str, by: str) -> str:
    """Do what a person says of a referral; says what was done. Raises UserError."""
    if action not in ABOUT:
        raise UserError(f"“{action}” cannot be said of a referral; choose one of: {', '.join(ABOUT)}.")
    return ABOUT[action](office, tx, reference.upper(), said, by)


def heard(office: Office, decision: Decision, lines: Sequence[str]) -> Heard | None:
    """`REFERENCE: not for Police`, in the same words as at the command line."""
    found = named(office).fullmatch(lines[0].strip())
    said = spoken.order(found["words"]) if found else None
    if found is None or said is None or said.item is not None or said.action not in ABOUT:
        return None
    if said.action == "until" and _is_outcome(office, found["words"], said.said):
        return None
    reference = found["reference"]
    return Heard(1, lambda tx: Told(answer(office, tx, reference, said.action, said.said, decision.by)))


def _is_outcome(office: Office, words: str, said: str) -> bool:
    """Whether it puts off anew: "defer until 9 December, Dr Patel, ...", "until 9 December, Dr Patel, deferred"."""
    names = {name for one in office.outcomes for name in one.names}
    return bool(_DEFERS.match(words)) or any(part.strip().lower() in names for part in re.split("[,;]", said))


def named(office: Office) -> re.Pattern[str]:
    """A line that begins with a reference of ours, and the words after it."""
    reference = rf"\b{re.escape(office.settings.referrals.prefix)}-\d{{4}}-\d{{4,6}}\b"
    return re.compile(rf"\W*(?P<reference>{reference})\s*[:,;.–-]*\s*(?P<words>.*)", re.IGNORECASE | re.DOTALL)
