"""What needs a person: putting it into the queue with its why, telling staff, and what they can answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import sqlalchemy as sa

from mailbot.actions import corrections, proposals, staff
from mailbot.actions.office import Office
from mailbot.letters import Action, Arrived, Differing, NeedsAPersonFacts, Proposed
from mailbot.sight import may_see
from mailbot.store import Transaction
from mailbot.understood import OurLetter, Understood

#: what a person can answer, in the order it is offered
ACTIONS = {
    "send-form": "Send the form to the person who wrote (or name an address)",
    "join": "Put it with the referral that you name",
    "new-referral": "Make a new referral of the form it brings",
    "confirm-referrer": "The address on the form is the referrer's (or name another)",
    "confirm-answer": "Answers on the form are what you say, as in p_dob=27 3 1985 p_surname=Example",
    "confirm-rest": "All other answers that wait are as they were read",
    "send-again": "Send the letter once more",
    "accept-answers": "The proposed answers are right (all, or those whose names you give, as in h_holder p_nhs)",
    "withdraw": "The referral is withdrawn; you see its letter before it goes",
    "reopen": "It is for the next meeting again",
    "merge": "It is one referral with the one that you name: the newer answers are added to the older one",
    "link": "It is the same person as in the one that you name; they stay two referrals",
    "unlink": "It is somebody else than in the one that you name",
    "until": "It comes back on the day that you name",
    "attends": "Somebody comes, and how: by phone, in person, yes, maybe or no",
    "invite": "Invite the person who wrote to the meeting too (or name an address)",
    "slot": "Who is invited comes at the time that you name, in the same meeting",
    "discuss": "The referral goes to the meeting on the day that you name",
    "skip": "There is no meeting that week; its referrals go to the next one",
    "move": "The meeting is on the day that you name",
    "keep": "The meeting is on that day all the same",
    "again": "Handle it again as a kind that you name, such as form_request",
    "retry": "Handle it again as it is",
    "only-for": "Only the agencies or staff that you name see it; named nobody, only the lead",
    "not-for": "It is kept from the agencies or staff that you name",
    "for-all": "All staff see it",
    "not-ours": "It is not for us",
    "done": "Somebody has dealt with it",
}

_FITTING = {
    "unclear": ("send-form", "join", "new-referral", "not-ours", "done"),
    "danger": ("send-form", "join", "new-referral", "not-ours", "done"),
    "wants_to_talk": ("done",),
    "tells_a_story": ("done",),
    "other_format": ("done",),
    "referrer_differs": ("confirm-referrer", "done"),
    "corrected_form": ("confirm-answer", "done"),
    "copies": ("confirm-answer", "done"),
    "handwritten": ("confirm-answer", "confirm-rest", "done"),
    "form_problem": ("merge", "send-form", "done"),
    "set_aside": ("retry", "not-ours", "done"),
    "not_delivered": ("send-again", "done"),
    "letter_failed": ("send-again", "done"),
    "letter_in_doubt": ("send-again", "done"),
    "bounce_unknown": ("join", "done"),
    "away": ("done",),
    "sensitive": ("send-form", "join", "new-referral", "not-ours", "done"),
    "governance": ("send-form", "join", "new-referral", "not-ours", "done"),
    "victim": ("send-form", "not-ours", "done"),
    "withdrawal": ("withdraw", "join", "done"),
    "same_person": ("merge", "unlink", "done"),
    "alike_person": ("link", "merge", "done"),
    "proposed_answers": ("accept-answers", "confirm-answer", "done"),
    "handover": ("confirm-referrer", "join", "done"),
    "after_outcome": ("reopen", "send-form", "join", "done"),
    "dispute": ("reopen", "join", "done"),
    "cannot_open": ("send-form", "join", "new-referral", "not-ours", "done"),
    "more_information": ("join", "new-referral", "send-form", "done"),
    "status_question": ("join", "done"),
    "calendar": ("join", "done"),
    "attendance": ("attends", "invite", "slot", "discuss", "done"),
    "came_with_form": ("done",),
    "copied_to_others": ("done",),
    "decision_refused": ("not-ours", "done"),
    "not_secure": ("confirm-referrer", "done"),
    "referrer_not_confirmed": ("confirm-referrer", "done"),
    "put_off_without_date": ("until",),
    "bank_holiday": ("skip", "move", "keep"),
    "restricted": ("only-for", "for-all"),
    "digest_came_back": ("send-again", "done"),
    "ledger": ("done",),
}

#: what may be named with an action, as an example
_NAMED = {
    "join": " {}-2026-0042", "merge": " {}-2026-0042", "link": " {}-2026-0042", "unlink": " {}-2026-0042",
    "again": " form_request", "move": " 24 December 2026",
    "until": " 14 January 2027", "attends": " by phone", "slot": " 10:30", "discuss": " 2 December 2026",
    "only-for": " name@organisation.example", "not-for": " Police",
}  # fmt: skip

#: the same, where the item asks for something else
_NAMED_FOR = {("handover", "confirm-referrer"): " {}-2026-0042 name@organisation.example"}

#: staff are told of these by their own letter, at once (F1, F4)
URGENT = ("danger", "victim", "urgent_form")


def ask(
    office: Office,
    tx: Transaction,
    why: str,
    words: str,
    *,
    understood: Understood | None = None,
    letter: OurLetter | None = None,
    referral_id: int | None = None,
    again: bool = False,
    proposed: Mapping[str, str] | None = None,
) -> int | None:
    """Put something into the queue and tell staff by letter; None where it is in the queue already and not `again`."""
    mail_id = understood.mail_id if understood else None
    referral_id = referral_id or (letter.referral_id if letter else None)
    if why in URGENT and mail_id and _told_at_once(tx, mail_id, referral_id):
        return None
    need_id = tx.needs.open(
        why,
        words,
        mail_id=mail_id,
        letter_id=letter.id if letter else None,
        referral_id=referral_id,
        again=again,
        proposed=proposed,
    )
    if need_id is None:
        return None
    tx.audit.add(
        "needs_person",
        mail_id=mail_id,
        letter_id=letter.id if letter else None,
        referral_id=referral_id,
        why=why,
    )
    to_staff = letter is not None and _to_staff(office, letter.recipient)
    if letter is None or not to_staff or letter.name == "digest":  # other letters about letters to staff never end
        think = "; ".join(why.words for why in understood.why) if understood else ""
        _tell(office, tx, tx.needs.get(need_id), think, _arrived(understood), reminder=False)
    return need_id


def _told_at_once(tx: Transaction, mail_id: int, referral_id: int | None) -> bool:
    """Whether staff know of this mail at once already: one such letter is enough; what it is about is noted."""
    urgent = [need for need in tx.needs.waiting(mail_id) if need["why"] in URGENT]
    if urgent and referral_id:
        tx.needs.about(urgent[0]["id"], referral_id)
    return bool(urgent)


def ask_about_set_aside(office: Office, tx: Transaction, mail_id: int) -> None:
    """Tell staff, once, of a mail that broke the code or its limits."""
    row = tx.mails.get(mail_id)
    words = f"A mail could not be handled and was set aside ({fault_in(row['error'])}). The others go on."
    need_id = tx.needs.open("set_aside", words, mail_id=mail_id)
    if need_id is not None:
        tx.audit.add("needs_person", mail_id=mail_id, why="set_aside")
        _tell(office, tx, tx.needs.get(need_id), "", _arrived_row(row), reminder=False)


def fault_in(error: str | None) -> str:
    """What kind of fault set a mail aside, without the message of an exception: that may quote the mail (rule 10)."""
    if not error or not error.startswith("Traceback"):
        return error or "fault not known"
    steps = error.rpartition("Traceback")[2].split("\n")[1:]
    return next((line.partition(":")[0] for line in steps if line and not line.startswith(" ")), "fault not known")


def remind(office: Office, tx: Transaction, need: sa.RowMapping) -> None:
    """Tell staff again of something that has grown old."""
    tx.needs.reminded(need["id"])
    arrived = _arrived_row(tx.mails.get(need["mail_id"])) if need["mail_id"] else None
    _tell(office, tx, need, "", arrived, reminder=True)


def actions_for(office: Office, need: sa.RowMapping) -> list[Action]:
    """What a person can answer to this, as commands with their meaning."""
    commands = []
    for name in _FITTING.get(need["why"], ("done",)):
        named = _NAMED_FOR.get((need["why"], name), _NAMED.get(name, ""))
        reply = name + named.format(office.settings.referrals.prefix)
        commands.append(Action(f"mailbot do {need['id']} {reply}", ACTIONS[name], reply))
    return commands


def _tell(
    office: Office,
    tx: Transaction,
    need: sa.RowMapping,
    think: str,
    arrived: Arrived | None,
    *,
    reminder: bool,
) -> None:
    told, unseen = _whom(office, tx, need)
    facts = NeedsAPersonFacts(
        id=need["id"],
        why=need["words"],
        what_arrived=None if unseen else arrived,
        think="" if unseen else think,
        actions=tuple(actions_for(office, need)),
        reference=tx.referrals.by_id(need["referral_id"])["reference"] if need["referral_id"] else "",
        reminder=reminder,
        age=tx.now - need["opened_at"] if reminder else timedelta(),
        proposed=() if unseen else _proposed(office, tx, need),
        differing=() if unseen else _differing(office, tx, need),
    )
    cause = f"need:{need['id']}" + (f":reminder:{tx.now:%Y-%m-%dT%H}" if reminder else "")
    name = "urgent" if need["why"] in URGENT else "needs-a-person"
    for address in told:
        staff.write(
            office, tx, name, address, facts, cause=cause, mail_id=need["mail_id"], referral_id=need["referral_id"]
        )


def _whom(office: Office, tx: Transaction, need: sa.RowMapping) -> tuple[Sequence[str], bool]:
    """Who is told: whoever may see its referral, and not whom the letter it is about has just failed to reach (G9).

    Where nobody may see it yet all are told, so that it is not forgotten; then the second is True, and what arrived
    is not theirs to read.
    """
    of_staff = office.settings.staff
    governance = of_staff.information_governance if need["why"] == "governance" else ()
    everybody = tuple(dict.fromkeys((*of_staff.addresses, *governance)))
    failed = tx.letters.get(need["letter_id"])["recipient"] if need["letter_id"] else ""
    told = [address for address in everybody if address.lower() != failed]
    if need["referral_id"] is None:
        return told, False
    referral = tx.referrals.by_id(need["referral_id"])
    seeing = [address for address in told if may_see(office.settings.staff, referral, address)]
    return seeing or told, not seeing


def _proposed(office: Office, tx: Transaction, need: sa.RowMapping) -> tuple[Proposed, ...]:
    if not need["proposed"] or need["referral_id"] is None:
        return ()
    return proposals.shown_beside(office, tx, need["referral_id"], need["proposed"])


def _differing(office: Office, tx: Transaction, need: sa.RowMapping) -> tuple[Differing, ...]:
    if need["why"] != corrections.WHY or need["referral_id"] is None:
        return ()
    return corrections.different(office, tx, need["referral_id"])


def _arrived(understood: Understood | None) -> Arrived | None:
    if understood is None:
        return None
    return Arrived(understood.mail.sender.address or "an unknown address", understood.came_at, understood.subject)


def _arrived_row(row: sa.RowMapping) -> Arrived:
    return Arrived(row["sender"] or "an unknown address", row["came_at"], row["subject"] or "")


def _to_staff(office: Office, recipient: str) -> bool:
    return recipient in office.settings.staff.everybody
