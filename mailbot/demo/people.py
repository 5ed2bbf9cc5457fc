"""The people of the demo, all invented, and what they write."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from icalendar import Calendar, vText

from parsers import Form

TEAM, CHAIR = "stalking.team@hampshire.example", "chair@hampshire.example"
PRIYA, TOM = "Priya Shah <priya.shah@probation.example>", "Tom Marsh <tom.marsh@cmht.example>"

_SIGNS = {
    "target_frightened": "yes", "stalked_before": "yes", "damage": "no", "turns_up_often": "yes", "loiters": "yes",
    "threats": "not_known", "others_harassed": "yes", "violence": "no", "others_drawn_in": "no", "substances": "no",
    "weapons": "no", "nothing_to_lose": "not_known",
}  # fmt: skip

#: every question answered
PRIYAS_FORM: dict[str, Any] = {
    "r_name": "Priya Shah", "r_role": "Probation officer", "r_org": "Southampton office, Example Probation",
    "r_sector": "probation", "r_email": "priya.shah@probation.example", "r_phone": "01632 960123", "r_ref": "EX/4471",
    "r_deputy": "Duty officer, 01632 960100, duty@probation.example",
    "p_surname": "Sample", "p_forenames": "Alex", "p_aliases": "Lex", "p_dob": "27/3/1985", "p_pronoun": "Mr, he",
    "p_nhs": "999 000 0018", "p_address": "14 Specimen Road\nSouthampton", "p_postcode": "SO14 9ZZ",
    "p_area": "hampshire", "p_setting": {"choice": "own_home", "text": ""},
    "p_contact": {"choice": "other_service", "text": "Through probation, 01632 960123"}, "p_needs": "None known",
    "c_aware": "yes", "c_agree": "yes",
    "q_services": ["consultation", "assessment"],
    "q_question": "How should we respond to his letters, and is he suitable for an intervention?",
    "q_urgent": {"choice": "no", "text": ""}, "q_attend": {"choice": "phone_video", "text": ""},
    "s_target": "one_person", "s_relation": "former_partner",
    "s_behaviours": ["messages", "waiting", "gifts", "children"],
    "s_account": "Since the separation in March he has written two or three letters a week and waited outside her work"
    " on six occasions.\nHe was told by police in June to stop. The letters have gone on through the children.",
    "s_started": "March 2026", "s_latest": "about 2 weeks ago",
    "s_fixation": "He speaks of little else in supervision and says that they are meant to be together.",
    "s_unwanted": {"choice": "told_by_service", "text": "Police, in person, 12 June 2026"},
    **{f"k_signs.{row}": value for row, value in _SIGNS.items()},
    "k_tools": {"choice": ["s_dash", "oasys"], "text": "S-DASH 14 October 2026"},
    "k_people": {"choice": "no", "text": ""},
    "j_invest": "no", "j_status": ["community_sentence"],
    "j_orders": {"choice": ["restraining"], "text": "Until May 2028"},
    "h_health": "Depression, treated by his GP", "h_services": "GP: Dr Vale, 01632 960200. Probation: Priya Shah.",
    "h_holder": "Priya Shah, probation officer, 01632 960123", "h_hold_ok": {"choice": "yes", "text": ""},
    "v_support": {"choice": "supported", "text": "Victim advocacy service"},
    "d_declare": {"checked": True, "name": "Priya Shah", "date": "30/11/2026"},
}  # fmt: skip

#: the questions that Tom leaves out, and what he answers once he is asked
TOMS_ANSWERS: dict[str, str] = {
    "p_postcode": "PO16 9ZZ",
    "s_fixation": "They bring it up in every appointment, and have moved their shifts to be at the same bus stop.",
    "h_holder": "Fareham CMHT, care coordinator Tom Marsh, 01632 960321",
}
#: another person's, those questions not answered
TOMS_FORM: dict[str, Any] = {
    **{key: value for key, value in PRIYAS_FORM.items() if key not in TOMS_ANSWERS},
    "r_name": "Tom Marsh", "r_role": "Nurse", "r_org": "Fareham CMHT, Example Healthcare", "r_sector": "mental_health",
    "r_email": "tom.marsh@cmht.example", "r_phone": "01632 960321", "r_ref": "", "r_deputy": "",
    "p_surname": "Placeholder", "p_forenames": "Sam", "p_aliases": "", "p_dob": "2 September 1991",
    "p_nhs": "999 000 0026", "p_address": "Flat 2, 8 Invented Street\nFareham", "p_pronoun": "they",
    "p_contact": {"choice": "other_service", "text": "Through their care coordinator, 01632 960321"},
    "q_question": "Would you advise our team on how to manage this?", "q_services": ["consultation"],
    "q_attend": {"choice": "no", "text": ""},
    "s_relation": "work", "s_account": "Repeated messages to a former colleague after being asked to stop.",
    "s_behaviours": ["messages", "waiting"], "s_unwanted": {"choice": "told_directly", "text": "By text, in July"},
    "k_tools": {"choice": [], "text": ""},
    "j_status": ["nothing_reported"], "j_orders": {"choice": ["none"], "text": ""},
    "h_health": "Anxiety", "h_services": "Fareham CMHT, weekly",
    "d_declare": {"checked": True, "name": "Tom Marsh", "date": "30/11/2026"},
}  # fmt: skip


def toms_reply(form: Form) -> str:
    """Tom's answers as people write them: under each question."""
    answers = "\n\n".join(f"{form[key].label}\n{words}" for key, words in TOMS_ANSWERS.items())
    return f"Hello,\n\nI have these now.\n\n{answers}\n\nTom"


def decided(priyas: str, toms: str, by: str) -> dict[str, str]:
    """What the chair types into the boxes of the review list."""
    return {
        "meeting.present": "Dr Patel (clinic), Ms Okafor (clinic), PC Hale (police), J Reed (probation)",
        f"{priyas}.outcome": "accept",
        f"{priyas}.services": "assessment of the stalking behaviour",
        f"{priyas}.lead": "Dr Patel",
        f"{priyas}.by": by,
        f"{priyas}.reason": "The behaviour is persistent and he has agreed to be seen.",
        f"{toms}.outcome": "consultation",
        f"{toms}.lead": "Ms Okafor",
        f"{toms}.by": by,
        f"{toms}.reason": "Your team can manage this well with advice on how to respond to the messages.",
    }


def mail(
    sender: str,
    subject: str,
    words: str,
    now: datetime,
    *,
    number: int,
    answers: str = "",
    files: Sequence[tuple[str, bytes]] = (),
    **headers: str,
) -> bytes:
    """A mail to the team as these people's programs would write it; `answers` is the Message-ID it replies to."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, TEAM, subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{number}.{int(now.timestamp())}@{sender.rpartition('@')[2].rstrip('>')}>"
    if answers:
        message["In-Reply-To"] = message["References"] = answers
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(words)
    for name, data in files:
        kind, _, subtype = (mimetypes.guess_type(name)[0] or "application/octet-stream").partition("/")
        message.add_attachment(data, maintype=kind, subtype=subtype, filename=name)
    return message.as_bytes()


def accepts(invitation: bytes) -> bytes:
    """The answer of a calendar program to what an invitation brought (RFC 5546 3.2.3)."""
    calendar = Calendar.from_ical(invitation)
    calendar["METHOD"] = vText("REPLY")
    for event in calendar.walk("VEVENT"):
        event["ATTENDEE"].params["PARTSTAT"] = "ACCEPTED"
    return bytes(calendar.to_ical())
