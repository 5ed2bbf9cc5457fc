"""Who writes, where it is no referrer: somebody at risk, the person referred, press, solicitors, another's patient."""

from __future__ import annotations

from mailbot.asking.likeness import PLAIN_WORDS, surely_asks
from mailbot.asking.said import is_short, said
from mailbot.mail import Mail
from mailbot.understood import Known, Why, joined

#: rules whose people get the agreed safe text, which confirms nothing; the others get no letter
WITH_SAFE_TEXT = frozenset({"victim", "refers_self", "person_referred"})

_ABOUT_THEMSELVES = {
    "victim": "may be from somebody who is being stalked",
    "refers_self": "may be from somebody who wants to refer themselves",
    "person_referred": "may be from the person referred",
}
_ABOUT_OTHERS = {
    "rights": "is about somebody's rights, or the law",
    "press": "may be from the press",
    "address": "asks where somebody lives, or how to reach them",
    "misdirected": "may have come to us by mistake, with somebody's details",
}
#: of these, what a client has done or wants may be told in a referrer's request
_CLIENTS_TOO = ("rights", "press", "address")


def from_no_referrer(mail: Mail, known: Known) -> Why | None:
    """The rule by which it is no referrer who writes; somebody at risk comes first.

    A professional who writes about their client is not meant, whatever the client goes through or asks for.
    """
    if known.filled:
        return _rule(mail, known, "refers_self", _ABOUT_THEMSELVES)
    professional = is_professional(mail, known) or bool(joined(known))
    if not professional and (victim := _victim(mail, known)):
        return victim
    for rule in _ABOUT_OTHERS:
        found = _rule(mail, known, rule, _ABOUT_OTHERS)
        if found and not (rule in _CLIENTS_TOO and professional and surely_asks(mail, known)):
            return found
    for rule in () if professional else ("refers_self", "person_referred"):
        if found := _rule(mail, known, rule, _ABOUT_THEMSELVES):
            return found
    return _other_service(mail, known)


def may_be_from_no_referrer(mail: Mail, known: Known) -> Why | None:
    """The same in doubt too, so that no form goes by itself; not where a professional surely asks."""
    if found := from_no_referrer(mail, known) or _victim(mail, known):
        return found
    if (perhaps := _perhaps(mail, known)) and not (is_professional(mail, known) and surely_asks(mail, known)):
        return perhaps
    return _refers_nobody(mail, known)


def _perhaps(mail: Mail, known: Known) -> Why | None:
    lists = ["refers_self", "person_referred"]
    if not is_professional(mail, known):
        lists += ["perhaps", "close"]
    words = said(mail, known, "sensitive", *lists)
    if not words:
        return None
    return Why("sensitive_words", f"may be from somebody at risk, or about somebody's rights: “{words}”")


def _refers_nobody(mail: Mail, known: Known) -> Why | None:
    """By words of somebody who studies, reports, sells or acts for another, their name among them."""
    lists = known.words["not_a_request"]
    name = lists.find("no_referrer", lists.normal(mail.sender.name))
    words = name or said(mail, known, "not_a_request", "no_referrer")
    if not words or says_plainly(mail, known) or surely_asks(mail, known):
        return None
    return Why("refers_nobody", f"may be from somebody who is not a referrer: “{words}”")


def is_professional(mail: Mail, known: Known) -> bool:
    """Whether it says that a professional writes, about somebody in their care."""
    return bool(said(mail, known, "sensitive", "professional"))


def says_plainly(mail: Mail, known: Known) -> bool:
    """Whether a professional writes, and says in few words what they want."""
    return is_short(mail, PLAIN_WORDS) and is_professional(mail, known)


def _victim(mail: Mail, known: Known) -> Why | None:
    if found := _rule(mail, known, "victim", _ABOUT_THEMSELVES):
        return found
    close, harm = said(mail, known, "sensitive", "close"), said(mail, known, "sensitive", "harm")
    if close and harm:
        return Why("victim", f"{_ABOUT_THEMSELVES['victim']}, or close to them: “{close}” and “{harm}”")
    return None


def _rule(mail: Mail, known: Known, rule: str, words: dict[str, str]) -> Why | None:
    found = said(mail, known, "sensitive", rule)
    return Why(rule, f"{words[rule]}: “{found}”") if found else None


def _other_service(mail: Mail, known: Known) -> Why | None:
    """Files that speak of other care, not of what is ours, and that nothing ties to a referral (B13, F11)."""
    if not mail.readable or known.forms or known.referrals or said(mail, known, "form_request", "subject_matter"):
        return None
    lists = known.words["sensitive"]
    names = " . ".join(one.name.replace("_", " ").replace("-", " ") for one in mail.readable)
    if words := lists.find("other_care", lists.normal(f"{mail.about} . {mail.words} . {names}")):
        return Why("misdirected", f"{_ABOUT_OTHERS['misdirected']}: “{words}”")
    return None
