"""Referrals about one person: linked for staff where it is sure, asked about where they are alike (B30, C12)."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from mailbot import wording
from mailbot.actions import corrections, people
from mailbot.actions.office import Office
from mailbot.errors import UserError
from mailbot.persons import KEYS, Person, compare
from mailbot.referral import OPEN, State
from mailbot.sight import is_restricted
from mailbot.store import Transaction
from mailbot.understood import Understood

_MAILBOT = "mailbot"


def look_for(office: Office, tx: Transaction, referral: sa.RowMapping, understood: Understood | None = None) -> None:
    """Link a referral with others about the same person, and ask staff about those; referrers are told nothing."""
    known = tx.referrals.some_answers(KEYS)
    this = Person.of(known.pop(referral["id"], {}))
    found: dict[str, list[str]] = {"same": [], "alike": []}
    linked = {other for other, _ in tx.links.of(referral["id"])}
    for other_id, answers in known.items():
        likeness = None if other_id in linked else compare(this, Person.of(answers))
        if likeness is None:
            continue
        other = tx.referrals.by_id(other_id)
        if _is_kept_from_some(referral) or _is_kept_from_some(other):
            continue  # not all staff may know of it: only whoever sees both may link them
        if likeness.sure == "same" and not tx.links.add(referral["id"], other_id, likeness.by, _MAILBOT):
            continue
        found[likeness.sure].append(f"{other['reference']} ({likeness.by})")
    name = referral["reference"]
    for sure, others in found.items():
        if others:
            words = _words(name, sure, wording.listed(others[-5:]))
            tx.audit.add("linked" if sure == "same" else "alike", referral_id=referral["id"], count=len(others))
            people.ask(office, tx, f"{sure}_person", words, understood=understood, referral_id=referral["id"])


def _is_kept_from_some(referral: sa.RowMapping) -> bool:
    """Whether some of the staff may not even know that there is this referral (F5, G8)."""
    return is_restricted(referral) or bool(referral["not_for"])


def _words(name: str, sure: str, others: str) -> str:
    if sure == "same":
        return f"{name} is about the same person as {others}. They are linked for you; no referrer is told."
    return f"{name} may be about the same person as {others}. They are not linked unless you say so."


def link(tx: Transaction, referral: sa.RowMapping, other: sa.RowMapping, by: str) -> str:
    """A person says that two referrals are about one person."""
    _two(referral, other)
    tx.links.add(referral["id"], other["id"], "a person said so", by)
    tx.audit.add("linked", actor=by, referral_id=referral["id"], other=other["reference"])
    return f"{referral['reference']} and {other['reference']} are linked."


def unlink(tx: Transaction, referral: sa.RowMapping, other: sa.RowMapping, by: str) -> str:
    """A person says that they are not."""
    if not tx.links.undo(referral["id"], other["id"], by):
        raise UserError(f"{referral['reference']} and {other['reference']} are not linked.")
    tx.audit.add("unlinked", actor=by, referral_id=referral["id"], other=other["reference"])
    return f"{referral['reference']} and {other['reference']} are not linked any more."


def merge(tx: Transaction, referral: sa.RowMapping, other: sa.RowMapping, by: str) -> str:
    """A person says that two are one referral: the newer one's answers and mails become the older one's, and it closes.

    Raises UserError where either has an outcome: what was decided of one was not decided of the other.
    """
    _two(referral, other)
    older, newer = sorted((referral, other), key=lambda row: row["id"])
    for row in (older, newer):
        if row["state"] not in OPEN or tx.outcomes.waiting(row["id"]):
            raise UserError(f"{row['reference']} is {row['state']}: they stay two referrals, linked.")
    before = tx.referrals.answers(older["id"])
    answers = {key: one for key, one in tx.referrals.answers(newer["id"]).items() if one.raw.strip()}
    changed = {key: one for key, one in answers.items() if corrections.differs(one, before.get(key))}
    tx.referrals.add_version(older["id"], changed)
    for mail in tx.mails.of_referral(newer["id"]):
        tx.mails.join(mail["id"], older["id"])
    tx.links.add(older["id"], newer["id"], "one referral", by)
    tx.referrals.move(newer["id"], State(newer["state"]), State.CLOSED)
    tx.audit.add("merged", actor=by, referral_id=newer["id"], other=older["reference"])
    tx.audit.add("form_corrected", actor=by, referral_id=older["id"], other=newer["reference"])
    gone, kept = newer["reference"], older["reference"]
    return f"{gone} is part of {kept} now, its answers the newest; {gone} is closed."


def _two(referral: sa.RowMapping, other: sa.RowMapping) -> None:
    if referral["id"] == other["id"]:
        raise UserError(f"Name the other referral, not {referral['reference']} itself.")


def in_short(tx: Transaction, referral: sa.RowMapping) -> Iterator[str]:
    """For the digest: the references alone."""
    if others := [other["reference"] for other, _ in _known_to_all(tx, referral)]:
        yield f"same person as {wording.listed(others)}"


def lines(office: Office, tx: Transaction, referral: sa.RowMapping) -> Iterator[str]:
    """For the review list: each other contact with what came of it."""
    zone = office.settings.meeting.zone
    for other, why in _known_to_all(tx, referral):
        came = wording.short_date(other["received_at"], zone)
        told = [
            f"{office.outcomes[row['outcome']].name} on {wording.short_date(row['approved_at'], zone)}"
            for row in tx.outcomes.of_referral(other["id"])
            if row["approved_at"] and row["outcome"] in office.outcomes
        ]
        stands = f"told: {wording.listed(told)}" if told else str(other["state"]).replace("_", " ")
        yield f"Earlier contact, the same person: {other['reference']} ({why}), received {came}, {stands}."


def _known_to_all(tx: Transaction, referral: sa.RowMapping) -> Iterator[tuple[sa.RowMapping, str]]:
    """The linked referrals and why they are; not those kept from some, whose mere number would say too much."""
    for other_id, why in tx.links.of(referral["id"]):
        other = tx.referrals.by_id(other_id)
        if not _is_kept_from_some(other):
            yield other, why
