"""Fictional people's answers to version 1 of the form: what they wrote, and what reading must give."""

from __future__ import annotations

from datetime import date
from typing import Any

TODAY = date(2026, 11, 20)

_SIGNS = (
    "target_frightened", "stalked_before", "damage", "turns_up_often", "loiters", "threats", "others_harassed",
    "violence", "others_drawn_in", "substances", "weapons", "nothing_to_lose",
)  # fmt: skip

#: Everything answered, in the words a careful person uses.
PLAIN: dict[str, Any] = {
    "r_name": "Priya Nair",
    "r_role": "Forensic nurse",
    "r_org": "Fareham CMHT, HIOW Healthcare",
    "r_sector": "mental_health",
    "r_email": "priya.nair@nhs.example",
    "r_phone": "01632 960123 ext 45",
    "r_ref": "FC-2210",
    "r_deputy": "Tom Reed, 07700 900456, tom.reed@nhs.example",
    "p_surname": "Whitlock",
    "p_forenames": "Daniel James",
    "p_aliases": "Danny",
    "p_dob": "27 3 1985",
    "p_pronoun": "Mr, he",
    "p_nhs": "999 000 0018",
    "p_address": "4 Made Up Street\nSouthampton",
    "p_postcode": "so149zz",
    "p_area": "hampshire",
    "p_setting": {"choice": "supported_housing", "text": "Harbour House"},
    "p_contact": {"choice": "phone", "text": "07700 900789, not before noon"},
    "p_needs": "Large print",
    "c_aware": "not_safe",
    "c_agree": "not_asked",
    "c_reason": "Telling him now could put her at risk.",
    "q_services": ["consultation", "formulation"],
    "q_question": "Should we tell him that she has moved?",
    "q_urgent": {"choice": "yes", "text": "Bail ends on 4 December."},
    "q_attend": {"choice": "phone_video", "text": "Not Thursdays"},
    "s_target": "one_person",
    "s_relation": "former_partner",
    "s_behaviours": ["messages", "waiting", "tracking"],
    "s_account": "Since the spring he has sent many messages.\n\nIn October he waited at her work twice.",
    "s_started": "March 2026",
    "s_latest": "about 2 weeks ago",
    "s_fixation": "He says that nothing else matters.",
    "s_unwanted": {"choice": "told_by_service", "text": "Police, in June"},
    **{f"k_signs.{row}": ("yes", "no", "not_known")[number % 3] for number, row in enumerate(_SIGNS)},
    "k_tools": {"choice": ["s_dash", "mappa"], "text": "S-DASH 3 November 2026; MAPPA 2, level 1"},
    "k_people": {"choice": "yes", "text": "Her sister; referral made 5 November"},
    "j_invest": "yes",
    "j_invest_who": "DC Alder, Hampshire, 44260000001, bail return 4 December 2026",
    "j_status": ["under_investigation"],
    "j_orders": {"choice": ["bail", "non_molestation"], "text": "Both to 4 December 2026"},
    "h_health": "Autism; sertraline from his GP",
    "h_services": "GP: Dr Moss, Quay Surgery, 01632 960777",
    "h_holder": "Fareham CMHT: Priya Nair, 01632 960123",
    "h_hold_ok": {"choice": "yes", "text": "Agreed on 10 November"},
    "v_support": {"choice": "supported", "text": "Aurora (made up)"},
    "d_declare": {"checked": True, "name": "Priya Nair", "date": "19/11/2026"},
}

#: What PLAIN is once read; all else as written.
PLAIN_READ: dict[str, Any] = {
    **PLAIN,
    "r_phone": "+441632960123;ext=45",
    "p_dob": "1985-03-27",
    "p_nhs": "9990000018",
    "p_postcode": "SO14 9ZZ",
    "s_started": "2026-03",
    "s_latest": None,
    "k_tools": {**PLAIN["k_tools"], "choice": ["s_dash", "mappa"]},
    "j_orders": {**PLAIN["j_orders"], "choice": ["non_molestation", "bail"]},
    "d_declare": {"checked": True, "name": "Priya Nair", "date": "2026-11-19"},
}

_LONG = ("He wrote again – “please” – on the 3rd. " * 120)[:4000].strip()

#: The same, with text that programs tend to spoil.
HARD: dict[str, Any] = {
    **PLAIN,
    "r_name": "Siân O’Connor",
    "p_surname": "Ďurišová–Łukasz",
    "p_forenames": "Łukasz (“Łuki”) \\ [x] {y} /z",
    "p_aliases": "Αλέξανδρος, ŷ, €5, ✓ and 😀",
    "p_address": "Flat 2(b)\n\nÖstra vägen 4\n  (by the quay)",
    "q_question": 'Who\'s "right"?\tTab, 100% & <b>not bold</b> &amp; ½',
    "s_account": _LONG,
    "s_fixation": "日本語 and العربية",
    "p_contact": {"choice": "letter", "text": "c/o Zoë 😀"},
    "d_declare": {"checked": True, "name": "Siân O’Connor", "date": "19 November 2026"},
}

HARD_READ: dict[str, Any] = {
    **PLAIN_READ,
    **{key: HARD[key] for key in HARD if HARD[key] != PLAIN[key]},
    "d_declare": {"checked": True, "name": "Siân O’Connor", "date": "2026-11-19"},
}
