"""C4 to C7: the investigation, who holds the case, the form itself, and what the person knows and agreed to."""

from __future__ import annotations

import re

from mailbot.criteria.asked import Asked
from mailbot.criteria.check import Check, Verdict
from mailbot.criteria.published import Published, says_one_of

#: what nobody is under investigation and stands at
_OVER = {"nothing_reported", "no_further_action", "acquitted"}
#: when conditions of bail are those of a court
_CHARGED = {"awaiting_trial", "awaiting_sentence"}


def investigation(published: Published, asked: Asked) -> Check:
    """C4: while the police investigate there is advice only; charged and awaiting trial is the team's to decide."""
    words = asked.quote("j_invest", "j_invest_who", "j_status", "j_orders")
    told, status = asked.choice("j_invest"), set(asked.choices("j_status"))
    bail = "bail" in asked.choices("j_orders")
    if clash := _clash(told, status, bail=bail):
        return Check("C4", Verdict.CONFLICT, f"{clash}: please check", words)
    if told == "yes" or "under_investigation" in status:
        return Check("C4", Verdict.NOT_MET, _advice_only(published, asked), words)
    if "awaiting_trial" in status:
        return Check("C4", Verdict.CANNOT_TELL, "charged, awaiting trial: team to decide", words)
    if told == "not_known":
        return Check("C4", Verdict.CANNOT_TELL, "investigation not known: police partner to check", words)
    if told == "no":
        return Check("C4", Verdict.MET, "not under investigation", words)
    return Check("C4", Verdict.CANNOT_TELL, "not said whether the police investigate", words)


def _clash(told: str, status: set[str], *, bail: bool) -> str:
    if told == "no" and "under_investigation" in status:
        return "no investigation, yet the position is under investigation"
    if told == "no" and bail and not status & _CHARGED:
        return "no investigation, yet on bail"
    if told == "yes" and status and status <= _OVER:
        return "an investigation, yet nothing is open"
    return ""


def _advice_only(published: Published, asked: Asked) -> str:
    affected = tuple(one for one in asked.choices("q_services") if one not in published.while_investigated)
    wanted = f" (asked for {asked.labels('q_services', affected)})" if affected else ""
    officer = "" if asked.written("j_invest_who") else "; no officer or next date given"
    return f"under investigation: advice and consultation only{wanted}{officer}"


def holder(published: Published, asked: Asked) -> Check:
    """C5: a named service that will keep the case; somebody else's case is confirmed with them."""
    words = asked.quote("h_holder", "h_hold_ok", "r_org")
    named, agreed = asked.written("h_holder"), asked.choice("h_hold_ok")
    plain = named.strip(" .").lower()
    if not named or plain in published.no_holder:
        return Check("C5", Verdict.NOT_MET, "no service named as holding the case", words)
    if agreed == "no":
        return Check("C5", Verdict.NOT_MET, "the service will not keep holding the case", words)
    if agreed != "yes":
        says = "holding still to be agreed" if agreed else "not said whether the service keeps holding the case"
        return Check("C5", Verdict.CANNOT_TELL, says, words)
    if alone := _alone(published, asked):
        return Check("C5", Verdict.CANNOT_TELL, f"only {alone} named as holding the case", words)
    if not _is_referrer(asked):
        return Check("C5", Verdict.CANNOT_TELL, "the holder is not the referrer: confirm with the holder", words)
    return Check("C5", Verdict.MET, "the referring service holds the case", words)


def _alone(published: Published, asked: Asked) -> str:
    """The word of a service that cannot hold a case by itself, where nothing else is named."""
    named = asked.written("h_holder")
    alone = asked.choice("r_sector") in ("primary_care", "police") or len(named.split()) < 8
    return says_one_of(published.not_alone, named) if alone else ""


def _is_referrer(asked: Asked) -> bool:
    """Whether the holder shares a word with the referrer's name or organisation."""
    theirs = _names(f"{asked.written('r_name')} {asked.written('r_org')} {asked.written('r_role')}")
    return bool(theirs & _names(asked.written("h_holder"))) or "me" in asked.written("h_holder").lower().split()


def _names(text: str) -> set[str]:
    common = {"team", "service", "services", "and", "the", "nhs", "trust", "healthcare", "foundation", "health", "of"}
    return {word for word in re.findall(r"[^\W\d_]{3,}", text.lower()) if word not in common}


def on_the_form(_published: Published, asked: Asked) -> Check:
    """C6: on our form, with its declaration."""
    words = asked.quote("d_declare")
    if not asked.from_form:
        return Check("C6", Verdict.CANNOT_TELL, "entered by hand, not on the form", words)
    declared = asked.value("d_declare")
    if not (isinstance(declared, dict) and declared.get("checked") and declared.get("name")):
        return Check("C6", Verdict.CANNOT_TELL, "on the form, its declaration is not complete", words)
    return Check("C6", Verdict.MET, "on the form, declared", words)


def agreement(published: Published, asked: Asked) -> Check:
    """C7, ours: what the person knows and agreed to; advice can be asked for without either."""
    words = asked.quote("c_aware", "c_agree", "c_reason")
    aware, agrees = asked.choice("c_aware"), asked.choice("c_agree")
    if not aware or not agrees:
        return Check("C7", Verdict.CANNOT_TELL, "not said whether they know or agree", words)
    if aware == "yes" and agrees == "yes":
        return Check("C7", Verdict.MET, "told, and agrees", words)
    if agrees == "yes":
        return Check("C7", Verdict.CONFLICT, "agrees, yet has not been told", words)
    affected = tuple(one for one in asked.choices("q_services") if one in published.needs_agreement)
    says = "may lack capacity to agree" if agrees == "may_lack_capacity" else "told, does not agree"
    says = says if aware == "yes" or agrees == "may_lack_capacity" else "not told"
    says += ": reason given" if asked.written("c_reason") else ": no reason given"
    wanted = f"; asked for {asked.labels('q_services', affected)}" if affected else ""
    verdict = Verdict.CANNOT_TELL if agrees == "may_lack_capacity" else Verdict.NOT_MET
    return Check("C7", verdict, says + wanted, words)
