"""What needs a person: putting it into the queue with its why, telling staff, and taking their answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from mailbot.actions.office import Office
from mailbot.errors import UserError
from mailbot.letters import Action, Arrived, NeedsAPersonFacts
from mailbot.store import LetterState, MailState, Transaction
from mailbot.understood import OurLetter, Understood

#: what a person can answer, in the order it is offered
ACTIONS = {
    "send-form": "send the form to the person who wrote",
    "join": "put it with a referral that you name, such as {prefix}-2026-0042",
    "new-referral": "make a new referral of the form it brings",
    "confirm-referrer": "the address on the form is the referrer's (or name another)",
    "send-again": "send the letter once more",
    "again": "handle it again as a kind that you name, such as form_request",
    "retry": "handle it again as it is",
    "not-ours": "it is not for us",
    "done": "somebody has dealt with it",
}

_FITTING = {
    "unclear": ("send-form", "join", "new-referral", "not-ours", "done"),
    "danger": ("send-form", "join", "new-referral", "not-ours", "done"),
    "wants_to_talk": ("done",),
    "tells_a_story": ("done",),
    "referrer_differs": ("confirm-referrer", "done"),
    "corrected_form": ("done",),
    "form_problem": ("send-form", "new-referral", "done"),
    "set_aside": ("retry", "not-ours", "done"),
    "not_delivered": ("send-again", "done"),
    "letter_failed": ("send-again", "done"),
    "letter_in_doubt": ("send-again", "done"),
    "bounce_unknown": ("join", "done"),
    "away": ("done",),
    "sensitive": ("send-form", "join", "new-referral", "not-ours", "done"),
    "victim": ("send-form", "not-ours", "done"),
    "withdrawal": ("join", "done"),
    "cannot_open": ("send-form", "join", "new-referral", "not-ours", "done"),
    "more_information": ("join", "new-referral", "send-form", "done"),
    "status_question": ("join", "done"),
    "calendar": ("join", "done"),
    "came_with_form": ("done",),
    "copied_to_others": ("done",),
}

#: staff are told of these by their own letter, at once (F1, F4)
_URGENT = ("danger", "victim", "urgent_form")


def ask(
    office: Office,
    tx: Transaction,
    why: str,
    words: str,
    *,
    understood: Understood | None = None,
    letter: OurLetter | None = None,
    referral_id: int | None = None,
) -> int | None:
    """Put something into the queue and tell staff by letter; None where it is in the queue already."""
    mail_id = understood.mail_id if understood else None
    referral_id = referral_id or (letter.referral_id if letter else None)
    need_id = tx.needs.open(
        why, words, mail_id=mail_id, letter_id=letter.id if letter else None, referral_id=referral_id
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
    if letter is None or not _to_staff(office, letter.recipient):  # a letter about a letter to staff would never end
        think = "; ".join(why.words for why in understood.why) if understood else ""
        _tell(office, tx, tx.needs.get(need_id), think, _arrived(understood), reminder=False)
    return need_id


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
    prefix = office.settings.referrals.prefix
    commands = []
    for name in _FITTING.get(need["why"], ("done",)):
        command = f"mailbot retry {need['mail_id']}" if name == "retry" else f"mailbot do {need['id']} {name}"
        command += {"join": " REFERENCE", "again": " KIND"}.get(name, "")
        commands.append(Action(command, ACTIONS[name].format(prefix=prefix)))
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
    facts = NeedsAPersonFacts(
        id=need["id"],
        why=need["words"],
        what_arrived=arrived,
        think=think,
        actions=tuple(actions_for(office, need)),
        reference=tx.referrals.by_id(need["referral_id"])["reference"] if need["referral_id"] else "",
        reminder=reminder,
        age=tx.now - need["opened_at"] if reminder else timedelta(),
    )
    cause = f"need:{need['id']}" + (f":reminder:{tx.now:%Y-%m-%dT%H}" if reminder else "")
    name = "urgent" if need["why"] in _URGENT else "needs-a-person"
    for address in office.settings.staff.addresses:
        letter = office.letters.write(name, address, facts, cause=cause, now=tx.now)
        tx.letters.put(letter, cause, mail_id=need["mail_id"], referral_id=need["referral_id"])


def _arrived(understood: Understood | None) -> Arrived | None:
    if understood is None:
        return None
    return Arrived(understood.mail.sender.address or "an unknown address", understood.came_at, understood.mail.subject)


def _arrived_row(row: sa.RowMapping) -> Arrived:
    return Arrived(row["sender"] or "an unknown address", row["came_at"], row["subject"] or "")


def _to_staff(office: Office, recipient: str) -> bool:
    return recipient in {address.lower() for address in office.settings.staff.addresses}


# -- answers


def close(tx: Transaction, need_id: int, by: str, action: str) -> None:
    """A person has answered: the queue forgets it, and its mail is handled once nothing else about it waits."""
    need = tx.needs.get(need_id)
    if not tx.needs.close(need_id, by, action):
        raise UserError(f"Item {need_id} was already answered by {need['closed_by']} with “{need['action']}”.")
    tx.audit.add("answered", actor=by, mail_id=need["mail_id"], referral_id=need["referral_id"], action=action)
    if need["mail_id"] and not tx.needs.waiting(need["mail_id"]):
        tx.mails.set_state(need["mail_id"], MailState.HANDLED, [MailState.NEEDS_PERSON, MailState.SET_ASIDE])


def join(tx: Transaction, need: sa.RowMapping, reference: str) -> None:
    """A person puts a mail with a referral."""
    referral = tx.referrals.get(reference)
    tx.mails.join(_mail_of(need), referral["id"])


def confirm_referrer(tx: Transaction, need: sa.RowMapping, by: str, address: str = "") -> None:
    """A person says whose address the outcome goes to."""
    if need["referral_id"] is None:
        raise UserError(f"Item {need['id']} is not about a referral, so there is no referrer to confirm.")
    referral = tx.referrals.by_id(need["referral_id"])
    confirmed = (address or referral["referrer"] or "").lower()
    if "@" not in confirmed:
        raise UserError(
            "The form gives no usable address: name one, as in `confirm-referrer name@organisation.example`."
        )
    tx.referrals.change(referral["id"], referrer=confirmed, confirmed_by=by)


def send_again(tx: Transaction, need: sa.RowMapping) -> None:
    """A person decides that a letter in trouble goes once more, with the same bytes."""
    if need["letter_id"] is None:
        raise UserError(f"Item {need['id']} is not about a letter.")
    troubled: Sequence[LetterState] = (
        LetterState.FAILED,
        LetterState.DELIVERED_NOT,
        LetterState.HELD,
        LetterState.IN_DOUBT,
    )
    if not tx.letters.settle(
        need["letter_id"], LetterState.READY, troubled, next_try_at=tx.now, note="a person sends it again"
    ):
        raise UserError("The letter is not in trouble any more; nothing was sent again.")


def retry(tx: Transaction, mail_id: int, by: str) -> None:
    """Take a mail that was set aside into work again."""
    if tx.mails.raw(mail_id) is None:
        raise UserError(
            f"The content of mail {mail_id} was never kept ({tx.mails.get(mail_id)['error']}): look in the mailbox."
        )
    if not tx.mails.set_state(mail_id, MailState.NEW, [MailState.SET_ASIDE]):
        raise UserError(f"Mail {mail_id} is not set aside; it is {tx.mails.get(mail_id)['state']}.")
    for need in tx.needs.waiting(mail_id):
        tx.needs.close(need["id"], by, "retry")
    tx.audit.add("retried", actor=by, mail_id=mail_id)


def _mail_of(need: sa.RowMapping) -> int:
    if need["mail_id"] is None:
        raise UserError(f"Item {need['id']} is not about a mail.")
    return int(need["mail_id"])
