"""Outcomes: a person records what the meeting decided, and a person approves the letter's exact text (rule 7)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

import sqlalchemy as sa

from mailbot.actions import deferrals, people
from mailbot.actions.office import Office
from mailbot.errors import UserError
from mailbot.letters import Letter, OutcomeFacts, Thread
from mailbot.outcomes import Outcome
from mailbot.referral import State, may_move
from mailbot.store import Transaction

#: also: beside one that waits; instead: in place of one that waits; correct: of one that was told
Mode = Literal["", "also", "instead", "correct"]


def record(
    office: Office, tx: Transaction, reference: str, outcome_id: str, recorded: Mapping[str, Any], by: str,
    mode: Mode = "",
) -> sa.RowMapping:  # fmt: skip
    """Record what the meeting decided; raises UserError naming everything that is missing (G3)."""
    referral = tx.referrals.get(reference)
    outcome = _known(office, outcome_id)
    kept = {**recorded, "reason": str(recorded.get("reason") or "").strip() or outcome.usual_reason}
    kept["reviewed_on"] = kept.get("reviewed_on") or _reviewed_on(tx, referral)
    if missing := outcome.missing(kept):
        needs = f"the outcome “{outcome.name}” still needs {', '.join(missing)}"
        raise UserError(f"{referral['reference']}: {needs}. Nothing was recorded.")
    state = State(referral["state"])
    corrects = _corrects(tx, referral, kept, mode) if mode == "correct" else None
    if not may_move(state, State.DECIDED) or (state == State.TOLD and corrects is None):
        raise UserError(f"{referral['reference']} is {state}; {_how_to_go_on(referral['reference'], state)}")
    _make_room(office, tx, referral, by, mode)
    row = tx.outcomes.record(referral["id"], outcome_id, kept, by, corrects)
    tx.referrals.move(referral["id"], state, State.DECIDED)
    deferrals.settle(office, tx, referral["id"])
    tx.audit.add("outcome_recorded", actor=by, referral_id=referral["id"], outcome=outcome_id, row=row)
    _ask_where_to_send(office, tx, tx.referrals.by_id(referral["id"]))
    return tx.referrals.by_id(referral["id"])


def _known(office: Office, outcome_id: str) -> Outcome:
    if outcome_id not in office.outcomes:
        known = ", ".join(outcome.id for outcome in office.outcomes)
        raise UserError(f"“{outcome_id}” is not an outcome; choose one of: {known}.")
    return office.outcomes[outcome_id]


def _reviewed_on(tx: Transaction, referral: sa.RowMapping) -> str:
    """The day of its meeting; of what is decided before that, the day itself."""
    day: date = referral["meeting"]
    return (min(day, tx.now.date()) if referral["state"] == State.QUEUED else day).isoformat()


def _how_to_go_on(reference: str, state: State) -> str:
    if state == State.TOLD:
        return f"to put a wrong outcome right write “{reference}: correct ..., correction: what was wrong”."
    return "an outcome cannot be recorded for it."


def _corrects(tx: Transaction, referral: sa.RowMapping, recorded: Mapping[str, Any], mode: Mode) -> int:
    """The outcome that this one puts right (G4): both stay, and the letter says so with the reason."""
    told = tx.outcomes.told(referral["id"])
    if told is None:
        raise UserError(f"{referral['reference']}: no outcome has been told yet, so there is nothing to {mode}.")
    if not str(recorded.get("correction") or "").strip():
        raise UserError(
            f"{referral['reference']}: say what was wrong, as in “correction: the date was wrong”; the letter says it."
        )
    return int(told["id"])


def _make_room(office: Office, tx: Transaction, referral: sa.RowMapping, by: str, mode: Mode) -> None:
    """What waits for approval is seen by whoever comes second, who must choose (G5)."""
    waiting = tx.outcomes.waiting(referral["id"])
    name = referral["reference"]
    if not waiting or mode == "also":
        return
    if any(row["recorded_at"] == tx.now and row["recorded_by"] == by for row in waiting):
        raise UserError(f"{name} stands twice; the first was taken. For a second outcome write “{name}: also ...”.")
    others = [row for row in waiting if row["recorded_by"] != by]
    if others and mode not in ("instead", "correct"):
        first = office.outcomes[others[-1]["outcome"]].name
        raise UserError(
            f"{name}: {others[-1]['recorded_by']} has already recorded “{first}”, which waits for approval. "
            f"Approve it (“approve {name}”), put yours in its place (“{name}: instead ...”) or beside it "
            f"(“{name}: also ...”), or take it back (“{name}: take back”)."
        )
    for row in waiting:
        tx.outcomes.take_back(row["id"], by)
        tx.audit.add("outcome_replaced", actor=by, referral_id=referral["id"], row=row["id"])


def amend(tx: Transaction, reference: str, parts: Mapping[str, Any], by: str) -> sa.RowMapping:
    """Change parts of the outcome that waits; what was recorded before stays in the record."""
    referral = tx.referrals.get(reference)
    waiting = tx.outcomes.waiting(referral["id"])
    if len(waiting) != 1:
        why = "several outcomes wait" if waiting else "no outcome waits for approval"
        raise UserError(f"{referral['reference']}: {why}; begin with the outcome you mean, as in “decline, ...”.")
    (row,) = waiting
    tx.outcomes.take_back(row["id"], by)
    new = tx.outcomes.record(referral["id"], row["outcome"], {**row["recorded"], **parts}, by, row["corrects"])
    tx.audit.add("outcome_changed", actor=by, referral_id=referral["id"], row=new, parts=sorted(parts))
    return referral


def take_back(office: Office, tx: Transaction, reference: str, by: str) -> None:
    """Undo an outcome that has been recorded and not yet approved; the record of it stays.

    The referral stands again where what it was told before put it: asked for more, put off, or told.
    """
    referral = tx.referrals.get(reference)
    waiting = tx.outcomes.waiting(referral["id"])
    if not waiting:
        raise UserError(f"{referral['reference']} has no outcome waiting for approval.")
    for row in waiting:
        tx.outcomes.take_back(row["id"], by)
    tx.audit.add("outcome_taken_back", actor=by, referral_id=referral["id"])
    if tx.outcomes.told(referral["id"]):
        after_telling(office, tx, referral["id"])
    else:
        tx.referrals.move(referral["id"], State.DECIDED, State.QUEUED)


# -- approval


def letters_for(office: Office, tx: Transaction, reference: str) -> list[tuple[sa.RowMapping, Letter]]:
    """Each outcome that waits, with the exact letter that approving would send; raises UserError where none may go."""
    referral = tx.referrals.get(reference)
    waiting = tx.outcomes.waiting(referral["id"])
    if not waiting:
        told = tx.outcomes.told(referral["id"])
        why = "its outcome has already been approved" if told else "no outcome has been recorded for it"
        raise UserError(f"{referral['reference']}: {why}, so there is nothing to approve.")
    return [(row, _letter(office, tx, referral, row)) for row in waiting]


def letter_for(office: Office, tx: Transaction, reference: str) -> Letter:
    """The exact letter of the oldest outcome that waits; raises UserError where none may be sent."""
    return letters_for(office, tx, reference)[0][1]


def _letter(office: Office, tx: Transaction, referral: sa.RowMapping, outcome: sa.RowMapping) -> Letter:
    if obstacle := _obstacle(office, referral, outcome):
        raise UserError(f"{referral['reference']}: {obstacle}")
    earlier = tx.letters.thread_with(referral["id"], referral["referrer"])
    return office.letters.write(
        f"outcome-{outcome['outcome']}",
        referral["referrer"],
        _facts(tx, referral, outcome),
        cause=f"outcome:{outcome['id']}",
        now=outcome["recorded_at"],
        thread=Thread(earlier[-1], tuple(earlier)) if earlier else None,
    )


def _obstacle(office: Office, referral: sa.RowMapping, outcome: sa.RowMapping) -> str:
    """Why no outcome may go to the referrer as things stand; nothing where it may (B14, B15, F8, F9)."""
    name = referral["reference"]
    if not referral["confirmed_by"]:
        return (
            "nobody has confirmed the referrer's address, so no outcome can go to it. Answer its item in `mailbot list`"
            f" with confirm-referrer, use `mailbot approve {name} --to ADDRESS`, or write “{name}: send to ADDRESS”."
        )
    if not office.is_secure(referral["referrer"]) and not outcome["recorded"].get("secure"):
        tagged = f"“{name}: send secure” (with [secure] in its subject), " if office.secure.tag else ""
        return (
            "the referrer's address is not on the secure list, so nothing was sent. Choose: "
            f"“{name}: send to ADDRESS” (another address), {tagged}or “{name}: told by phone”."
        )
    return ""


def _ask_where_to_send(office: Office, tx: Transaction, referral: sa.RowMapping) -> None:
    """Put it before a person where an outcome could not go to the referrer as things stand."""
    outcome = tx.outcomes.waiting(referral["id"])[-1]
    if obstacle := _obstacle(office, referral, outcome):
        why = "not_secure" if referral["confirmed_by"] else "referrer_not_confirmed"
        people.ask(office, tx, why, f"{referral['reference']}: {obstacle}", referral_id=referral["id"])


def mark_of(letter: Letter) -> str:
    """The mark of what a person saw of a letter: to whom, its subject and its words."""
    return hashlib.sha256(f"{letter.to}\n{letter.subject}\n{letter.text}".encode()).hexdigest()[:16]


def approve(office: Office, tx: Transaction, reference: str, by: str, seen: Letter) -> int:
    """Approve the letter that was seen, and put exactly that into the outbox; raises UserError if it has changed."""
    referral = tx.referrals.get(reference)
    marks = {mark_of(letter): (row, letter) for row, letter in letters_for(office, tx, reference)}
    if mark_of(seen) not in marks:
        raise UserError(
            f"{referral['reference']} has changed since you saw its letter; look at it again. Nothing was sent."
        )
    outcome, letter = marks[mark_of(seen)]
    letter_id = tx.letters.put(letter, f"outcome:{outcome['id']}", referral_id=referral["id"])
    if letter_id is None or not tx.outcomes.approve(outcome["id"], by, letter_id):
        raise UserError(f"{referral['reference']}: somebody else has just approved this letter. It goes out once.")
    tx.audit.add("outcome_approved", actor=by, referral_id=referral["id"], letter_id=letter_id)
    return letter_id


def by_telephone(office: Office, tx: Transaction, reference: str, by: str) -> None:
    """Somebody tells the referrer by telephone: what waits counts as told, and no letter goes."""
    referral = tx.referrals.get(reference)
    waiting = tx.outcomes.waiting(referral["id"])
    if not waiting:
        raise UserError(f"{referral['reference']} has no outcome waiting.")
    for row in waiting:
        tx.outcomes.approve(row["id"], by, None)
        tx.audit.add("told_by_telephone", actor=by, referral_id=referral["id"], row=row["id"])
    after_telling(office, tx, referral["id"])


def send_secure(office: Office, tx: Transaction, reference: str, by: str) -> None:
    """A person decides that the letter goes with [secure] in its subject, where our mail service then encrypts it."""
    referral = tx.referrals.get(reference)
    if not office.secure.tag:
        raise UserError(
            "Our mail service does not encrypt for [secure] (secure-domains.toml, tag). Nothing was changed."
        )
    for row in tx.outcomes.waiting(referral["id"]):
        tx.outcomes.change(row["id"], {**row["recorded"], "secure": True})
    tx.audit.add("sent_with_secure_tag", actor=by, referral_id=referral["id"])


def confirm_address(tx: Transaction, reference: str, address: str, by: str) -> None:
    """A person says where a referral's outcome goes."""
    if "@" not in address or " " in address.strip():
        raise UserError(f"“{address}” is not an e-mail address.")
    referral = tx.referrals.get(reference)
    tx.referrals.change(referral["id"], referrer=address.strip().lower(), confirmed_by=by)
    tx.audit.add("referrer_confirmed", actor=by, referral_id=referral["id"])


# -- what follows


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
    return State.WAITING if "waiting" in effects else State.DEFERRED if "deferred" in effects else State.TOLD


def _facts(tx: Transaction, referral: sa.RowMapping, outcome: sa.RowMapping) -> OutcomeFacts:
    recorded = outcome["recorded"]
    wrong = tx.outcomes.get(outcome["corrects"]) if outcome["corrects"] else None
    return OutcomeFacts(
        reference=referral["reference"],
        reviewed_on=_day(recorded.get("reviewed_on", "")) or referral["meeting"],
        reason=recorded.get("reason", ""),
        their_reference=referral["their_reference"],
        lead=recorded.get("lead", ""),
        by=_day(recorded.get("by", "")) or recorded.get("by", ""),
        services=tuple(recorded.get("services", ())),
        questions=tuple(recorded.get("questions", ())),
        service=recorded.get("service", ""),
        until=_day(recorded.get("until", "")) or recorded.get("until", ""),
        step=recorded.get("step", ""),
        corrects=wrong["approved_at"].date() if wrong else None,
        correction=recorded.get("correction", ""),
        secure=bool(recorded.get("secure")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
