"""The form in another format than those we keep, such as large print: a person makes it, and the sender is told so."""

from __future__ import annotations

from mailbot.actions import people, replies
from mailbot.actions.office import Office
from mailbot.asking import wants_other_format
from mailbot.letters import HoldingFacts
from mailbot.store import Transaction
from mailbot.understood import Understood

_SENT = "We have sent you our form as it is. A person will send it in the format you asked for, or find another way."


def promise(office: Office, tx: Transaction, understood: Understood) -> None:
    """Nothing where no other format is asked for (A7)."""
    why = wants_other_format(understood.mail, understood.known)
    if why is None or understood.by_person:
        return
    replies.answer(office, tx, understood, "holding", HoldingFacts(_SENT))
    words = f"The form has been sent as it is. The mail {why.words}. Please send that, or telephone."
    people.ask(office, tx, "other_format", words, understood=understood)
