"""What staff reply about outcomes: `HM-2026-0042: decline, Dr Patel, reason: ...`, `approve all`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import takewhile

from mailbot.actions import about, outcome_letters, outcomes, restricting
from mailbot.actions.heard import Heard, Told
from mailbot.actions.office import Office
from mailbot.errors import UserError
from mailbot.letters import Letter
from mailbot.outcomes.lines import is_label, said
from mailbot.sight import may_see
from mailbot.store import Transaction
from mailbot.understood import Decision

_APPROVE = re.compile(r"\W*(?:mailbot\s+)?approve(?:d)?\s+(all|.*\d.*?)[\s.!]*(?:please)?[\s.!]*", re.IGNORECASE)
_SHOW = re.compile(r"show(?: it| me)?\W*", re.IGNORECASE)
_TAKE_BACK = re.compile(r"take(?: it)? back\W*", re.IGNORECASE)
_SEND_TO = re.compile(r"send (?:it )?to\s+(\S+@\S+?)[\s.>,]*", re.IGNORECASE)
_SECURE = re.compile(r"send (?:it )?(?:with )?\[?secure\]?\W*", re.IGNORECASE)
_BY_PHONE = re.compile(
    r"told(?: them| her| him)? (?:by|over the) (?:tele)?phone\W*|by (?:tele)?phone\W*", re.IGNORECASE
)


def outcome(office: Office, decision: Decision, lines: Sequence[str]) -> Heard | None:
    """`REFERENCE: an outcome and its parts`, with labelled parts on the lines below; or what to do about one."""
    found = about.named(office).fullmatch(lines[0].strip())
    if not found:
        return None
    below = list(takewhile(is_label, lines[1:]))
    reference, words = found["reference"].upper(), "\n".join([found["words"].strip(), *below])
    return Heard(1 + len(below), lambda tx: _do(office, tx, decision.by, reference, words))


def approval(office: Office, decision: Decision, lines: Sequence[str]) -> Heard | None:
    """`approve all`, `approve HM-2026-0042 and HM-2026-0043`."""
    found = _APPROVE.fullmatch(lines[0].strip())
    if not found:
        return None
    named = [one.upper() for one in re.findall(_reference(office), found[1], re.IGNORECASE)]
    if found[1].lower() != "all" and not named:
        return None
    return Heard(1, lambda tx: _approve(office, tx, decision.by, named))


def may_be_outcome(line: str) -> bool:
    """Whether a line could be meant for us: an approval, or a part of an outcome."""
    return bool(_APPROVE.fullmatch(line.strip())) or is_label(line)


def _reference(office: Office) -> str:
    return rf"\b{re.escape(office.settings.referrals.prefix)}-\d{{4}}-\d{{4,6}}\b"


def _do(office: Office, tx: Transaction, by: str, reference: str, words: str) -> Told:
    restricting.must_see(office, tx, reference, by)
    if _SHOW.fullmatch(words):
        return shown(office, tx, by, reference, f"{reference}:")
    if _TAKE_BACK.fullmatch(words):
        outcomes.take_back(office, tx, reference, by)
        return Told(f"{reference}: the outcome was taken back. Nothing was sent.")
    if _BY_PHONE.fullmatch(words):
        outcome_letters.by_telephone(office, tx, reference, by)
        return Told(f"{reference}: noted as told by telephone. No letter goes.")
    if _SECURE.fullmatch(words):
        outcome_letters.send_secure(office, tx, reference, by)
        return shown(office, tx, by, reference, f"{reference}: it will go with [secure] in its subject.")
    if to := _SEND_TO.fullmatch(words):
        outcome_letters.confirm_address(tx, reference, to[1], by)
        return shown(office, tx, by, reference, f"{reference}: the referrer's address is {to[1].lower()}.")
    return record(office, tx, by, reference, words)


def record(office: Office, tx: Transaction, by: str, reference: str, words: str) -> Told:
    """Record an outcome from words, and show the letter it makes; raises UserError."""
    found = said(words, office.outcomes, tx.now.astimezone(office.settings.meeting.zone).date())
    if found.outcome is None:
        if not found.parts:
            raise UserError(f"{reference}: say what was decided, as in “{reference}: decline, Dr Patel, reason: ...”.")
        outcomes.amend(tx, reference, found.parts, by)
        return shown(office, tx, by, reference, f"{reference}: changed.")
    mode = found.mode or ""
    assert mode in ("", "also", "instead", "correct")
    outcomes.record(office, tx, reference, found.outcome.id, found.parts, by, mode)  # type: ignore[arg-type]  # asserted
    return shown(office, tx, by, reference, f"{reference}: {found.outcome.name} was recorded.")


def shown(office: Office, tx: Transaction, by: str, reference: str, words: str) -> Told:
    """The words, with the exact letters to be approved; where none may go as things stand, why."""
    try:
        waiting = outcome_letters.letters_for(office, tx, reference)
    except UserError as obstacle:
        return Told(f"{words} {str(obstacle).removeprefix(f'{reference}: ').capitalize()}")
    for row, letter in waiting:
        tx.outcomes.saw(row["id"], by, outcome_letters.mark_of(letter))
    how = f"Its letter is below. To send exactly that, reply: approve {reference}"
    return Told(f"{words} {how}", "\n".join(_as_seen(letter) for _, letter in waiting))


def _as_seen(letter: Letter) -> str:
    return f"To: {letter.to}\nSubject: {letter.subject}\n{letter.text}"


def _approve(office: Office, tx: Transaction, by: str, named: Sequence[str]) -> Told:
    """Approve what was named, or everything whose letter this person was shown; each stands by itself."""
    rows = [tx.referrals.by_id(row["referral_id"]) for row in tx.outcomes.waiting()]
    staff = office.settings.staff
    waiting = dict.fromkeys(row["reference"] for row in rows if may_see(staff, row, by))
    references = list(named or waiting)
    if not references:
        raise UserError("No outcome waits for approval.")
    if len(references) == 1:
        return Told(_approved(office, tx, by, references[0]))
    done, not_done = _each(tx, references, lambda one: _approved(office, tx, by, one))
    if not done:
        raise UserError(" ".join(not_done))
    return Told(" ".join([*done, *(f"Not done: {why}" for why in not_done)]))


def _each(tx: Transaction, references: Sequence[str], work: Callable[[str], str]) -> tuple[list[str], list[str]]:
    done, not_done = [], []
    for one in references:
        try:
            with tx.apart():
                done.append(work(one))
        except UserError as why:
            not_done.append(str(why))
    return done, not_done


def _approved(office: Office, tx: Transaction, by: str, reference: str) -> str:
    restricting.must_see(office, tx, reference, by)
    for row, letter in outcome_letters.letters_for(office, tx, reference):
        if (row["seen"] or {}).get(by) != outcome_letters.mark_of(letter):
            raise UserError(
                f"{reference}: you have not seen its letter as it is now. Reply “{reference}: show” to see it."
            )
        outcome_letters.approve(office, tx, reference, by, letter)
    return f"{reference}: approved, the letter goes."
