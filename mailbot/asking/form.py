"""Whether a mail asks for the form: a clear request, a doubtful one that a person must see, or neither."""

from __future__ import annotations

import re

from mailbot.asking.said import said
from mailbot.asking.whose import may_be_from_no_referrer
from mailbot.mail import Mail
from mailbot.understood import Known, Why

#: new words beyond which a request is also a story that a person should read (A4)
_STORY = 120
#: FW: after any gateway's tags
_PASSED_ON = re.compile(r"^(?:\s*\[[^\]]{1,30}\]:?|\s*ext\w*:)*\s*(?:fw|fwd|wg|tr)\s*:", re.IGNORECASE)


def asks_for_form(mail: Mail, known: Known) -> Why | None:
    """The words by which this mail plainly asks for the form, from the subject without tags and the new words."""
    lists = known.words["form_request"]
    text = lists.normal(f"{mail.about} . {mail.words}")
    thing = lists.find("form", text)
    if how := lists.find("how", text):
        return Why("asks_how_to_refer", f"asks how to refer: “{how}”")
    if thing and not mail.words:
        return Why("subject_names_form", f"empty, and its subject names the form: “{thing}”")
    if thing and (ask := lists.find("ask", text)):
        return Why("asks_for_form", f"asks for the form: “{ask}” and “{thing}”")
    return None


def against_asking(mail: Mail, known: Known) -> tuple[Why, ...]:
    """Why it may not be a request after all, so that a person looks instead of an answer going by itself."""
    lists = known.words["not_a_request"]
    text = lists.normal(f"{mail.about} . {mail.words}")
    found = []
    if words := lists.find("not_wanted", text):
        found.append(Why("speaks_of_form", f"speaks of a form without asking for one: “{words}”"))
    if sensitive := may_be_from_no_referrer(mail, known):
        found.append(sensitive)
    if machine := reads_automatic(mail, known):
        found.append(machine)
    if _PASSED_ON.match(mail.subject):
        found.append(Why("passed_on", "passes on somebody else's mail"))
    if any(not one.in_the_text for one in mail.readable) and not known.forms:
        found.append(Why("files_not_form", "brings files that are not our form"))
    return tuple(found)


def reads_automatic(mail: Mail, known: Known) -> Why | None:
    """The words of an automatic answer without the headers that would say so: nothing is answered by itself."""
    words = said(mail, known, "not_a_request", "machine")
    return Why("reads_automatic", f"reads like an automatic answer: “{words}”") if words else None


def speaks_of_danger(mail: Mail, known: Known) -> Why | None:
    """Words of danger: staff are told at once, and 999 comes first in an answer (A15, F1); the risk is not judged."""
    if words := said(mail, known, "danger", "now"):
        return Why("danger", f"speaks of danger: “{words}”")
    return None


def wants_to_talk(mail: Mail, known: Known) -> Why | None:
    """The words that ask for a conversation, or a whole story: the form goes, and a person is told (A4, A5)."""
    lists = known.words["form_request"]
    if talk := lists.find("talk", lists.normal(mail.words)):
        return Why("wants_to_talk", f"would like to talk first: “{talk}”")
    if len(mail.words.split()) > _STORY:
        return Why("tells_a_story", "tells what happened; it is not a referral until the form comes")
    return None
