"""What people say once a referral is with us: how it goes, that it is withdrawn, that they disagree, that they come."""

from __future__ import annotations

from mailbot.asking.form import against_asking, asks_for_form, speaks_of_danger
from mailbot.asking.likeness import surely_asks
from mailbot.asking.said import is_short, said
from mailbot.mail import Mail
from mailbot.understood import Known, Why

#: beyond so many new words, a question or an arrangement is not all that is said
_QUESTION, _ARRANGEMENT, _WITHDRAWAL = 70, 60, 120


def asks_about_progress(mail: Mail, known: Known) -> Why | None:
    """The words that ask how a referral goes, where that is all they do (C1, C2)."""
    words = said(mail, known, "status", "asks")
    if not words or mail.readable or not is_short(mail, _QUESTION) or speaks_of_danger(mail, known):
        return None
    if disputes(mail, known) or surely_asks(mail, known):
        return None
    if asks_for_form(mail, known) and not against_asking(mail, known):
        return None
    about = known.referrals or said(mail, known, "status", "about")
    if not about or said(mail, known, "status", "of_a_form"):
        return None
    return Why("asks_about_progress", f"asks how a referral goes: “{words}”")


def withdraws(mail: Mail, known: Known) -> Why | None:
    """The words that take a referral back, or Outlook's own: "Recall: ..." (B33)."""
    if mail.about.lower().startswith("recall:") or mail.header("x-message-class").lower().endswith("outlook.recall"):
        return Why("recalled", "is Outlook's request to take back an earlier mail")
    if words := said(mail, known, "withdrawal", "recalls"):
        return Why("recalled", f"is a request to take back an earlier mail: “{words}”")
    words = said(mail, known, "withdrawal", "withdraws")
    if words and is_short(mail, _WITHDRAWAL):
        return Why("withdraws", f"asks to withdraw a referral: “{words}”")
    return None


def disputes(mail: Mail, known: Known) -> Why | None:
    """The words that disagree or complain: a person answers, whatever else they say (C11)."""
    words = said(mail, known, "more_information", "disputes")
    return Why("disputes", f"disagrees or complains: “{words}”") if words else None


def only_arranges(mail: Mail, known: Known) -> Why | None:
    """The words about who comes to the meeting, or whom to write to from now on, where that is all (C4, D5)."""
    if words := said(mail, known, "more_information", "handover"):
        return Why("handover", f"may name another contact: “{words}”")
    words = said(mail, known, "more_information", "attends")
    if words and is_short(mail, _ARRANGEMENT) and not mail.readable:
        return Why("attends", f"may say who comes to the meeting: “{words}”")
    return None
