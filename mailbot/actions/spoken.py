"""Answers in a person's own words: `12 send-form`, `do 12 join HM-2026-0042`, `not ours`."""

from __future__ import annotations

import re
from typing import NamedTuple

from mailbot.actions import answers, restricting
from mailbot.actions.office import Office
from mailbot.actions.people import ACTIONS
from mailbot.errors import UserError
from mailbot.store import Transaction
from mailbot.understood import Decision

_ITEM = r"(?:[-*•·]\s*)?(?:please\s+)?(?:mailbot\s+)?(?:do\s+)?(?:item\s+)?(?:#?(?P<item>\d{1,9})\s*[.:),-]?\s+)?"
#: an action as people write it, and what may stand before what it names
_SAID = {
    "send-form": r"send(?:[ -]+(?:them|him|her))?(?:[ -]+(?:the|a))?(?:[ -]+referral)?[ -]+form(?:\s+to)?",
    "join": r"join(?:\s+(?:it\s+)?(?:to|with))?",
    "new-referral": r"new[ -]+referral",
    "confirm-referrer": r"confirm(?:[ -]+the)?[ -]+referrer(?:\s*:|\s+(?:is|as))?",
    "confirm-answer": r"confirm(?:[ -]+(?:the|an))?[ -]+answers?(?:\s*:)?",
    "confirm-rest": r"confirm(?:[ -]+(?:the|all))?(?:[ -]+the)?[ -]+(?:rest|others)",
    "send-again": r"send(?:[ -]+it)?[ -]+again",
    "accept-answers": r"accept(?:[ -]+(?:the|these|all))*(?:[ -]+answers?)?(?:\s*:)?",
    "withdraw": r"withdraw(?:n)?(?:[ -]+(?:it|the[ -]+referral))?",
    "reopen": r"re-?open(?:[ -]+(?:it|the[ -]+referral))?",
    "merge": r"merge(?:[ -]+it)?(?:[ -]+(?:with|into))?",
    "link": r"link(?:[ -]+it)?(?:[ -]+(?:with|to))?",
    "unlink": r"unlink(?:[ -]+it)?(?:[ -]+from)?",
    "until": r"(?:put(?:[ -]+it)?[ -]+off[ -]+|defer(?:red)?[ -]+)?until",
    "attends": r"attends?",
    "invite": r"invite(?:[ -]+(?:them|him|her))?",
    "slot": r"slot(?:[ -]+(?:at|is))?",
    "discuss": r"discuss(?:[ -]+it)?(?:[ -]+on)?",
    "skip": r"skip(?:[ -]+(?:it|the[ -]+meeting))?",
    "move": r"move(?:[ -]+(?:it|the[ -]+meeting))?(?:\s+to)?",
    "keep": r"keep(?:[ -]+(?:it|the[ -]+meeting))?",
    "again": r"again(?:\s+as)?",
    "retry": r"retry",
    "not-ours": r"not(?:[ -]+(?:ours|for[ -]+us))",
    "only-for": r"only[ -]+for(?:\s*:)?",
    "not-for": r"not[ -]+for(?:\s*:)?",
    "for-all": r"for[ -]+(?:all|everybody|everyone)",
    "done": r"done",
}
assert _SAID.keys() == ACTIONS.keys()
_NAMES = (
    "send-form", "join", "move", "until", "confirm-referrer", "confirm-answer", "again", "only-for", "not-for",
    "accept-answers", "withdraw", "reopen", "merge", "link", "unlink", "attends", "invite", "slot", "discuss",
)  # fmt: skip
_ORDERS = {name: re.compile(rf"{_ITEM}{said}(?P<with>(?:\s.*)?)", re.IGNORECASE) for name, said in _SAID.items()}
_POLITE = re.compile(r"[\s,.;!]*(?:please|pls|thanks|thank you|many thanks|cheers)?[\s,.;!]*$", re.IGNORECASE)


class Order(NamedTuple):
    """An answer as it was said: the item where its number was given, and what the action names."""

    item: int | None
    action: str
    said: str


def order(line: str) -> Order | None:
    """What a line tells us to do; None where any of it is not understood."""
    bare = _POLITE.sub("", line.strip())
    for action, pattern in _ORDERS.items():
        if found := pattern.fullmatch(bare):
            named = " ".join(found["with"].split())
            if not named or action in _NAMES:
                return Order(int(found["item"]) if found["item"] else None, action, named)
    return None


def may_be_order(line: str, prefix: str) -> bool:
    """Whether a line could be meant for us, though it is not understood: a number or `do` first, or a reference."""
    return order(line) is not None or bool(re.match(rf"\W*(?:\d|do\b|mailbot\b)|.*\b{prefix}-\d", line, re.IGNORECASE))


def obey(office: Office, tx: Transaction, decision: Decision, said: Order) -> str:
    """Do it; says what was done. Raises UserError where it cannot be."""
    item = said.item or decision.item
    if item is None:
        raise UserError(f"Say which item you mean, as in “12 {said.action}”. Each has a number in the digest.")
    need = tx.needs.get(item)
    if need["referral_id"]:
        reference = tx.referrals.by_id(need["referral_id"])["reference"]
        restricting.must_see(office, tx, reference, decision.by, deciding=need["why"] == restricting.WHY)
    return answers.answer(office, tx, item, said.action, said.said, decision.by)
