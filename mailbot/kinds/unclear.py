"""Everything else: a person looks, and is told what mailbot thinks."""

from __future__ import annotations

from mailbot import wording
from mailbot.actions import Office, enquiries, replies
from mailbot.asking import (
    against_asking,
    asks_for_form,
    disputes,
    is_letter_of_referral,
    reads_otherwise,
    speaks_of_danger,
)
from mailbot.asking.said import said
from mailbot.mail import Mail, passed_on_from
from mailbot.store import Transaction
from mailbot.understood import Known, Understood, Why, no_automatic_reply

_LETTER, _ELSEWHERE, _DISPUTES = "letter_of_referral", "other_service", "disputes"
_DISPUTED = "nothing was answered. Our letter says how to complain; the meeting can look at the referral again."


def recognise(mail: Mail, known: Known) -> tuple[Why, ...] | None:
    """Always, with whatever kept it from being something clearer."""
    thoughts = list(no_automatic_reply(mail, known))
    if known.forms:
        thoughts.append(Why("our_form", "our form is attached"))
    elif asks := asks_for_form(mail, known):
        thoughts.append(asks)
        thoughts.extend(why for why in (reads_otherwise(mail, known),) if why)
    thoughts.extend(against_asking(mail, known))
    if not no_automatic_reply(mail, known) and not known.referrals and (letter := is_letter_of_referral(mail, known)):
        thoughts.append(letter)
    if elsewhere := said(mail, known, "sensitive", "other_service"):
        thoughts.append(Why(_ELSEWHERE, f"may be meant for another service: “{elsewhere}”"))
    if dispute := disputes(mail, known):
        thoughts.append(dispute)
    if danger := speaks_of_danger(mail, known):
        thoughts.append(danger)
    thoughts.extend(
        Why("about_referral", f"may be about {one.reference}, by its {' and '.join(sorted(one.signs))}")
        for one in known.referrals
    )
    thoughts.extend(Why("mail_problem", problem) for problem in mail.problems)
    return tuple(thoughts) or (Why("nothing_clear", "no rule recognises it"),)


def act(office: Office, tx: Transaction, understood: Understood) -> None:
    """Into the queue of what needs a person, with the reasons; urgently where it speaks of danger."""
    referral = replies.put_with_referral(tx, understood)
    words = "A mail that mailbot will not answer by itself."
    if not referral and not understood.by_person and any(why.rule == _LETTER for why in understood.why):
        enquiries.answer_letter(office, tx, understood)
        words = "A letter that refers somebody without our form. The form has been sent; the letter is no referral yet."
    elif any(why.rule == _ELSEWHERE for why in understood.why):
        words = "A mail that may be meant for another service. Nothing was passed on."
    writer = passed_on_from(understood.mail)
    if writer and writer not in understood.known.our_addresses:
        words += f" It passes on a mail of {writer}. To send the form there, answer: send-form {writer}"
    about = understood.known.referrals
    if about and any(why.rule == _DISPUTES for why in understood.why):
        words = f"It may dispute the outcome of {wording.listed([one.reference for one in about], 'or')}: {_DISPUTED}"
        replies.ask(office, tx, understood, "dispute", words, referral["id"] if referral else None)
        return
    replies.ask(office, tx, understood, "unclear", words, referral["id"] if referral else None)
