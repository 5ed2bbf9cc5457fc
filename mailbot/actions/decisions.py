"""What staff decide by mail: each line of their new words is given to the speakers, and done wholly or not at all.

One rule: a line stands by itself. What was understood and may be done is done; what was not is asked back with the line
quoted, and changed nothing. All of it is one transaction, and the letter `decision-check` says which was which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from mailbot.actions import about, outcome_orders, people, present, returned_list, spoken, staff
from mailbot.actions.enquiries import thread_of
from mailbot.actions.heard import Heard, Speaker, Told
from mailbot.actions.office import Office
from mailbot.asking import greets, reads_automatic, says_something, thanks
from mailbot.errors import UserError
from mailbot.letters import Action, Checked, DecisionCheckFacts
from mailbot.store import Transaction
from mailbot.understood import Decision, Understood

_NOT_UNDERSTOOD = "This was not understood."
_NOT_READ = (
    "No outcome can be read from it. Send back the Word review list itself, with its boxes filled in, or write a line "
    "for each referral in your email, as in “REFERENCE: decline, Dr Patel, reason: ...”."
)
#: what a letter quotes of words that were not understood
_QUOTED, _LINE = 10, 200
#: two programs that answer each other come to an end here
_CHECKS_AN_HOUR = 12


def _people(office: Office, decision: Decision, lines: Sequence[str]) -> Heard | None:
    """`12 send-form`, `do 12 join HM-2026-0042`, or without the number in answer to the letter about one item."""
    order = spoken.order(lines[0])
    return Heard(1, lambda tx: _obeyed(office, tx, decision, order)) if order else None


def _obeyed(office: Office, tx: Transaction, decision: Decision, order: spoken.Order) -> Told:
    """What was done; with the letter to be approved where the answer makes one."""
    words = spoken.obey(office, tx, decision, order)
    named = re.search(r"[A-Z]+-\d{4}-\d{4,6}", words) if order.action == "withdraw" else None
    return outcome_orders.shown(office, tx, decision.by, named[0], words) if named else Told(words)


#: who is given each line, in this order
SPEAKERS: Mapping[str, Speaker] = {
    "needs-a-person": _people,
    "referral": about.heard,
    "present": present.heard,
    "approval": outcome_orders.approval,
    "outcome": outcome_orders.outcome,
}


def take(office: Office, tx: Transaction, understood: Understood) -> None:
    """Do what a proven decision says, line by line, and tell its sender what was done and what was not."""
    decision = understood.decision
    done: list[Checked] = []
    not_done: list[Checked] = []
    from_list = list(returned_list.rows(office, tx, decision, understood))
    with_file = bool(from_list) or returned_list.not_read(understood)
    by_words = [
        one for one in _hear(office, decision, understood) if one[1] or not with_file or _is_meant(office, one[0])
    ]
    for quoted, heard in (*by_words, *from_list):
        try:
            if heard is None:
                raise UserError(_NOT_UNDERSTOOD)  # noqa: TRY301 - told like any other reason
            with tx.apart():
                told = heard.do(tx)
            done.append(Checked(quoted, told.words, told.shown))
        except UserError as error:
            not_done.append(Checked(quoted, str(error)))
    if returned_list.not_read(understood):
        not_done.append(Checked("the attached file", _NOT_READ))
    tx.audit.add(
        "decided_by_mail", actor=decision.by, mail_id=understood.mail_id, done=len(done), not_done=len(not_done)
    )
    check(office, tx, understood, done, not_done)


def refuse(office: Office, tx: Transaction, understood: Understood, why: str) -> None:
    """Nothing of it is done; staff see that somebody wrote as if they were one of them."""
    words = f"A mail that decides something was refused, and nothing in it was done: {why}. Was it one of you?"
    people.ask(office, tx, "decision_refused", words, understood=understood)


def _hear(office: Office, decision: Decision, understood: Understood) -> Iterator[tuple[str, Heard | None]]:
    """The lines as they were said, each with what a speaker made of it."""
    lines = _lines(office, understood)
    at = 0
    while at < len(lines):
        heard = _heard(office, decision, lines[at:])
        took = heard.lines if heard else 1
        yield "\n".join(line[:_LINE] for line in lines[at : at + took]), heard
        at += took


def _is_meant(office: Office, line: str) -> bool:
    """Whether words beside a list are meant for us: most only say that it is attached."""
    if present.heard(office, Decision("", ()), [line]):
        return True
    return spoken.may_be_order(line, office.settings.referrals.prefix) or outcome_orders.may_be_outcome(line)


def _heard(office: Office, decision: Decision, lines: Sequence[str]) -> Heard | None:
    return next((heard for speaker in SPEAKERS.values() if (heard := speaker(office, decision, lines))), None)


def _lines(office: Office, understood: Understood) -> list[str]:
    """What was said: without a greeting, thanks, and the name below."""
    known = understood.known
    blocks = [block.split("\n") for block in understood.mail.words.split("\n\n") if block.strip()]
    lines = [[line.strip() for line in block if line.strip()] for block in blocks]
    while len(lines) > 1 and all(_is_signature(line, office, understood) for line in lines[-1]):
        lines.pop()
    said = [line for block in lines for line in block if not thanks(line, known)]
    return said[1:] if said and greets(said[0], known) else said


def _is_signature(line: str, office: Office, understood: Understood) -> bool:
    """A name, a post, a telephone number: no sentence, and nothing that could be meant for us."""
    return not _is_meant(office, line) and not says_something(line, understood.known)


def check(
    office: Office, tx: Transaction, understood: Understood, done: Sequence[Checked], not_done: Sequence[Checked]
) -> None:
    """Answer who decided. A program that answers us, and decides nothing, is answered no more."""
    decision = understood.decision
    written = tx.letters.written_to(decision.by, "decision-check", tx.now - timedelta(hours=1))
    if not done and (reads_automatic(understood.mail, understood.known) or written >= _CHECKS_AN_HOUR):
        tx.audit.add("not_answered", mail_id=understood.mail_id, letter="decision-check", because="limit_reached")
        return
    facts = DecisionCheckFacts(
        done=tuple(done),
        not_done=tuple(not_done[:_QUOTED]) or (() if done else (Checked("", _NOT_UNDERSTOOD),)),
        help=_help(office, tx, decision) if not_done or not done else (),
    )
    cause = f"mail:{understood.mail_id}"
    thread = thread_of(understood.mail)
    staff.write(
        office, tx, "decision-check", decision.by, facts, cause=cause, mail_id=understood.mail_id, thread=thread
    )


def _help(office: Office, tx: Transaction, decision: Decision) -> tuple[Action, ...]:
    """What fits the item that the letter was about; nothing where it was about none."""
    return tuple(people.actions_for(office, tx.needs.get(decision.item))) if decision.item else ()
