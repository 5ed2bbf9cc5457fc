"""What a person answers to what needs one: the same whether typed at the command line or replied by mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

import sqlalchemy as sa

from mailbot import wording
from mailbot.actions import (
    accepting,
    arrangements,
    contact,
    deferrals,
    enquiries,
    life,
    meetings,
    on_paper,
    restricting,
    same_person,
)
from mailbot.actions.office import Office
from mailbot.actions.people import ACTIONS
from mailbot.errors import UserError
from mailbot.store import LetterState, MailState, Transaction
from mailbot.understood import A_PERSON_SAID_SO, Why

#: what a person may say that a mail is; the rest only a machine's mail can be
KINDS_TO_SAY = (
    "sensitive", "withdrawal", "returned_form", "unreadable", "more_information", "status_question", "form_request",
    "automatic", "bulk", "note", "unclear",
)  # fmt: skip
_TROUBLED = (LetterState.FAILED, LetterState.DELIVERED_NOT, LetterState.HELD, LetterState.IN_DOUBT)

_REFERENCE = re.compile(r"[A-Z]+-\d{4}-\d{4,6}\b", re.IGNORECASE)

#: office, transaction, the item, what was said with the action, and by whom -> what was done, in words
Answer = Callable[[Office, Transaction, sa.RowMapping, str, str], str]


def answer(office: Office, tx: Transaction, item: int, action: str, said: str, by: str) -> str:
    """Do what a person answers to an item, and close it; says what was done. Raises UserError."""
    need = tx.needs.get(item)
    if action not in _ANSWERS:
        raise UserError(f"“{action}” is not an answer; choose one of: {', '.join(ACTIONS)}.")
    if need["why"] == on_paper.WHY and action.startswith("confirm-"):
        return f"Item {item}: {_check_paper(office, tx, need, action, said.strip(), by)}"
    if action != "retry":  # which closes everything that waits because of the mail
        close(tx, item, by, f"{action} {said}".strip())
    return f"Item {item}: {_ANSWERS[action](office, tx, need, said.strip(), by)}"


def close(tx: Transaction, item: int, by: str, action: str) -> None:
    """A person has answered: the queue forgets it, and its mail is handled once nothing else about it waits."""
    need = tx.needs.get(item)
    if not tx.needs.close(item, by, action):
        raise UserError(f"Item {item} was already answered by {need['closed_by']} with “{need['action']}”.")
    name = action.split(maxsplit=1)[0]  # what is named with it may be somebody's address
    tx.audit.add("answered", actor=by, mail_id=need["mail_id"], referral_id=need["referral_id"], action=name)
    if need["mail_id"] and not tx.needs.waiting(need["mail_id"]):
        tx.mails.set_state(need["mail_id"], MailState.HANDLED, [MailState.NEEDS_PERSON, MailState.SET_ASIDE])


def _send_form(office: Office, tx: Transaction, need: sa.RowMapping, said: str, by: str) -> str:
    to = enquiries.send_form_for(office, tx, _mail_of(need), by, said)
    return f"the form goes to {to}."


def _join(_office: Office, tx: Transaction, need: sa.RowMapping, said: str, by: str) -> str:
    referral = tx.referrals.get(said)
    tx.mails.join(_mail_of(need), referral["id"])
    tx.audit.add("joined", actor=by, mail_id=need["mail_id"], referral_id=referral["id"])
    return f"the mail was put with {referral['reference']}."


def _new_referral(_office: Office, tx: Transaction, need: sa.RowMapping, _said: str, by: str) -> str:
    if not any(reading.get("form_version") for reading in tx.mails.readings(_mail_of(need)) or ()):
        raise UserError(
            f"Item {need['id']}: the mail brings no form that mailbot could read; `mailbot add` enters one."
        )
    _say(tx, need, "returned_form", by)
    return "a new referral is made of the form it brings."


def _again(office: Office, tx: Transaction, need: sa.RowMapping, said: str, by: str) -> str:
    kind = said.lower().replace("-", "_").replace(" ", "_")
    if kind not in KINDS_TO_SAY:
        raise UserError(f"“{said}” is not a kind of mail; choose one of: {', '.join(KINDS_TO_SAY)}.")
    if kind == "form_request":
        return _send_form(office, tx, need, "", by)
    _say(tx, need, kind, by)
    return f"the mail is handled again, as {kind}."


def _say(tx: Transaction, need: sa.RowMapping, kind: str, by: str) -> None:
    """A person says what a mail is; it goes back into work, and is handled as that."""
    mail_id = _mail_of(need)
    tx.mails.note(mail_id, kind=kind, why=[Why(A_PERSON_SAID_SO, "is what a person said").to_json()])
    if not tx.mails.set_state(mail_id, MailState.READY, [MailState.HANDLED, MailState.NEEDS_PERSON]):
        raise UserError(f"Mail {mail_id} is being worked on; try again in a moment.")
    tx.audit.add("said_to_be", actor=by, mail_id=mail_id, kind=kind)


def _confirm_referrer(_office: Office, tx: Transaction, need: sa.RowMapping, said: str, by: str) -> str:
    referral, named = _about(tx, need, said)
    confirmed = contact.change(tx, referral, named or referral["referrer"] or "", by)
    return f"the referrer of {referral['reference']} is {confirmed}."


def _withdraw(office: Office, tx: Transaction, need: sa.RowMapping, said: str, by: str) -> str:
    return life.withdraw(office, tx, _about(tx, need, said)[0], by)


def _reopen(office: Office, tx: Transaction, need: sa.RowMapping, said: str, by: str) -> str:
    return life.reopen(office, tx, _about(tx, need, said)[0], by)


def _accept_answers(office: Office, tx: Transaction, need: sa.RowMapping, said: str, by: str) -> str:
    return accepting.accept(office, tx, need, tx.referrals.by_id(_referral_of(need)), said, by)


def _pair(
    work: Callable[[Transaction, sa.RowMapping, sa.RowMapping, str], str],
    _office: Office, tx: Transaction, need: sa.RowMapping, said: str, by: str,
) -> str:  # fmt: skip
    if not _REFERENCE.search(said):
        raise UserError("Name the other referral, as in `merge HM-2026-0042`.")
    return work(tx, tx.referrals.by_id(_referral_of(need)), tx.referrals.get(_REFERENCE.findall(said)[-1]), by)


def _check_paper(office: Office, tx: Transaction, need: sa.RowMapping, action: str, said: str, by: str) -> str:
    """Some of a form on paper has been checked; the item waits until all of it has been."""
    if need["closed_at"] is not None:
        close(tx, need["id"], by, action)  # says who answered it
    done = _ANSWERS[action](office, tx, need, said, by)
    left = on_paper.left(office, tx, tx.referrals.by_id(_referral_of(need)))
    if left:
        return f"{done} Still to check: {'; '.join(left)}."
    close(tx, need["id"], by, action)
    return f"{done} Nothing is left to check."


def _confirm_rest(_office: Office, tx: Transaction, need: sa.RowMapping, _said: str, by: str) -> str:
    referral = tx.referrals.by_id(_referral_of(need))
    count = on_paper.confirm_rest(tx, referral, by)
    tx.audit.add("answers_confirmed", actor=by, referral_id=referral["id"], count=count)
    return f"{wording.count(count, 'answer')} of {referral['reference']} confirmed as read."


def _confirm_answer(office: Office, tx: Transaction, need: sa.RowMapping, said: str, by: str) -> str:
    referral = tx.referrals.by_id(_referral_of(need))
    keys = on_paper.confirm(office, tx, referral, said, by)
    for key in keys:
        tx.audit.add("answer_confirmed", actor=by, referral_id=referral["id"], key=key)
    return f"the {'answer' if len(keys) == 1 else 'answers'} {', '.join(keys)} of {referral['reference']} confirmed."


def _send_again(_office: Office, tx: Transaction, need: sa.RowMapping, _said: str, by: str) -> str:
    send_again(tx, need)
    tx.audit.add("sent_again", actor=by, letter_id=need["letter_id"])
    return "the letter goes once more."


def send_again(tx: Transaction, need: sa.RowMapping) -> None:
    """A person decides that a letter in trouble goes once more, with the same bytes."""
    if need["letter_id"] is None:
        raise UserError(f"Item {need['id']} is not about a letter.")
    note = "a person sends it again"
    if not tx.letters.settle(need["letter_id"], LetterState.READY, _TROUBLED, next_try_at=tx.now, note=note):
        raise UserError("The letter is not in trouble any more; nothing was sent again.")


def _retry(_office: Office, tx: Transaction, need: sa.RowMapping, _said: str, by: str) -> str:
    retry(tx, _mail_of(need), by)
    return "the mail is handled again."


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


def _closed(_office: Office, _tx: Transaction, _need: sa.RowMapping, _said: str, _by: str) -> str:
    return "closed."


def _until(office: Office, tx: Transaction, need: sa.RowMapping, said: str, by: str) -> str:
    referral, words = _about(tx, need, said)
    return deferrals.set_day(office, tx, referral, words, by)


def _meeting(decision: str, office: Office, tx: Transaction, need: sa.RowMapping, said: str, by: str) -> str:
    return meetings.decide(office, tx, need, decision, said, by)


def _sight(how: str, office: Office, tx: Transaction, need: sa.RowMapping, said: str, by: str) -> str:
    return restricting.decide(office, tx, tx.referrals.by_id(_referral_of(need))["reference"], how, said, by)


_ANSWERS: Mapping[str, Answer] = {
    "send-form": _send_form,
    "join": _join,
    "new-referral": _new_referral,
    "confirm-referrer": _confirm_referrer,
    "confirm-answer": _confirm_answer,
    "confirm-rest": _confirm_rest,
    "send-again": _send_again,
    "again": _again,
    "retry": _retry,
    "accept-answers": _accept_answers,
    "withdraw": _withdraw,
    "reopen": _reopen,
    "merge": partial(_pair, same_person.merge),
    "link": partial(_pair, same_person.link),
    "unlink": partial(_pair, same_person.unlink),
    "until": _until,
    "attends": arrangements.attends,
    "invite": arrangements.invite,
    "slot": arrangements.slot,
    "discuss": arrangements.discuss,
    "skip": partial(_meeting, "skip"),
    "move": partial(_meeting, "move"),
    "keep": partial(_meeting, "keep"),
    "only-for": partial(_sight, "only-for"),
    "not-for": partial(_sight, "not-for"),
    "for-all": partial(_sight, "for-all"),
    "not-ours": _closed,
    "done": _closed,
}


def _about(tx: Transaction, need: sa.RowMapping, said: str) -> tuple[sa.RowMapping, str]:
    """The referral that is named first, else the item's, and the words that follow its reference."""
    if named := _REFERENCE.match(said):
        return tx.referrals.get(named[0]), said[named.end() :].strip(" :,")
    return tx.referrals.by_id(_referral_of(need)), said


def _mail_of(need: sa.RowMapping) -> int:
    if need["mail_id"] is None:
        raise UserError(f"Item {need['id']} is not about a mail.")
    return int(need["mail_id"])


def _referral_of(need: sa.RowMapping) -> int:
    if need["referral_id"] is None:
        raise UserError(f"Item {need['id']} is not about one referral: name it, as in `withdraw HM-2026-0042`.")
    return int(need["referral_id"])
