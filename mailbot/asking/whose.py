"""Who writes, where it is no referrer: somebody at risk, the person referred, press, solicitors, another's patient."""

from __future__ import annotations

from mailbot.asking.said import said
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


def from_no_referrer(mail: Mail, known: Known) -> Why | None:
    """The rule by which it is no referrer who writes; somebody at risk comes first.

    A professional who writes about their client is not meant, whatever the client goes through.
    """
    if known.filled:
        return _rule(mail, known, "refers_self", _ABOUT_THEMSELVES)
    professional = is_professional(mail, known) or bool(joined(known))
    if not professional and (victim := _victim(mail, known)):
        return victim
    for rule in _ABOUT_OTHERS:
        if found := _rule(mail, known, rule, _ABOUT_OTHERS):
            return found
    for rule in () if professional else ("refers_self", "person_referred"):
        if found := _rule(mail, known, rule, _ABOUT_THEMSELVES):
            return found
    return _other_service(mail, known)


def may_be_from_no_referrer(mail: Mail, known: Known) -> Why | None:
    """The same in doubt too, so that no form goes by itself."""
    found = from_no_referrer(mail, known) or _victim(mail, known)
    doubtful = (
        ("refers_self", "person_referred")
        if is_professional(mail, known)
        else ("refers_self", "person_referred", "perhaps", "close")
    )
    if found is None and (words := said(mail, known, "sensitive", *doubtful)):
        return Why("sensitive_words", f"may be from somebody at risk, or about somebody's rights: “{words}”")
    return found


def is_professional(mail: Mail, known: Known) -> bool:
    """Whether it says that a professional writes, about somebody in their care."""
    return bool(said(mail, known, "sensitive", "professional"))


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
