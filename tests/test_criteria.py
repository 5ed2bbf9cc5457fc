"""The published criteria beside answers: every verdict of every check, and what each rests on. People are fictional."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.criteria import Check, Verdict, checks, load
from mailbot.errors import UserError
from parsers import Answer
from tests.desk import CONFIG
from tests.parsers.kit import FORM
from tests.parsers.people import PLAIN_READ

PUBLISHED = load(CONFIG)
CAME = date(2026, 11, 23)
#: somebody about whom nothing is flagged
CALM: dict[str, Any] = {
    **PLAIN_READ,
    "p_postcode": "SO14 0AA",
    "q_urgent": {"choice": "no", "text": ""},
    "s_latest": "2026-11-10",
    "k_people": {"choice": "no", "text": ""},
    "j_invest": "no",
    "j_status": ["no_further_action"],
    "j_orders": {"choice": ["none"], "text": ""},
    "c_aware": "yes",
    "c_agree": "yes",
}


def looked_at(from_form: bool = True, **changes: Any) -> tuple[Check, ...]:
    """The checks of CALM with changes; an Answer stands as it is, None is no answer."""
    given_ = {key: value for key, value in {**CALM, **changes}.items() if value is not None}
    answers = {
        key: value if isinstance(value, Answer) else Answer(value, str(value), 0.99) for key, value in given_.items()
    }
    return checks(PUBLISHED, FORM, answers, CAME, from_form=from_form)


def check(criterion: str, **changes: Any) -> Check:
    return next(one for one in looked_at(**changes) if one.criterion == criterion)


def unclear(raw: str, value: Any = None) -> Answer:
    return Answer(value, raw, 0.3, remark="not clear")


def test_somebody_about_whom_there_is_nothing_to_flag() -> None:
    found = looked_at()

    assert [one.criterion for one in found] == ["C1", "C2", "C3", "C4", "C5", "C6", "C7"]
    assert {one.verdict for one in found} == {Verdict.MET}, [one for one in found if one.flagged]
    assert all(one.words for one in found)


def test_each_rests_on_the_questions_and_answers_in_the_forms_words() -> None:
    assert check("C1").words == ("Date of birth: 27 March 1985",)
    assert check("C2").words[1] == (
        "Is that in Hampshire or on the Isle of Wight? Hampshire, including Southampton and Portsmouth"
    )


@pytest.mark.parametrize(
    ("born", "verdict", "says"),
    [
        ("2007-11-23", Verdict.MET, "19 on referral"),
        ("2007-11-24", Verdict.CANNOT_TELL, "18 on referral: page says over 18, team to decide"),
        ("2008-11-23", Verdict.CANNOT_TELL, "18 on referral"),
        ("2008-11-24", Verdict.NOT_MET, "17 on referral: turns 18 on 24 November 2026"),
        ("2012-02-29", Verdict.NOT_MET, "turns 18 on 1 March 2030"),
        ("1901-01-01", Verdict.CANNOT_TELL, "not clear"),
        (unclear("about 40"), Verdict.CANNOT_TELL, "not clear"),
        (unclear("03/04/85"), Verdict.CANNOT_TELL, "not clear"),
        (None, Verdict.CANNOT_TELL, "no date of birth"),
    ],
)
def test_age(born: Any, verdict: Verdict, says: str) -> None:
    found = check("C1", p_dob=born)
    assert (found.verdict, says in found.says) == (verdict, True), found


@pytest.mark.parametrize(("youngest", "verdict"), [("18", Verdict.MET), ("19", Verdict.NOT_MET)])
def test_a_team_may_settle_what_over_18_means(youngest: str, verdict: Verdict) -> None:
    published = PUBLISHED.model_copy(update={"youngest": youngest})
    answers = {"p_dob": Answer("2008-11-23", "23 11 2008", 0.99)}
    assert checks(published, FORM, answers, CAME)[0].verdict == verdict


@pytest.mark.parametrize(
    ("changes", "verdict", "says"),
    [
        ({}, Verdict.MET, "postcode SO14 0AA"),
        ({"p_postcode": "PO30 1AE", "p_area": "isle_of_wight"}, Verdict.MET, "postcode PO30 1AE"),
        ({"p_area": "not_sure"}, Verdict.MET, "postcode SO14 0AA"),
        ({"p_postcode": "M1 1AE", "p_area": "elsewhere"}, Verdict.NOT_MET, "are they moving, or would advice help?"),
        ({"p_postcode": "M1 1AE"}, Verdict.CONFLICT, "is not in Hampshire or the Isle of Wight, the tick says"),
        ({"p_area": "elsewhere"}, Verdict.CONFLICT, "is in Hampshire or the Isle of Wight, the tick says otherwise"),
        ({"p_postcode": unclear("RG20", "RG20")}, Verdict.CANNOT_TELL, "border postcode RG20"),
        ({"p_postcode": unclear("SO14 0", "SO14 0")}, Verdict.MET, "by sector SO14 0"),
        ({"p_postcode": unclear("SO14 OAA", None)}, Verdict.CANNOT_TELL, "not clear"),
        ({"p_postcode": unclear("SO14 0AA", "SO14 0AA")}, Verdict.CANNOT_TELL, "not clear"),
        ({"p_postcode": None}, Verdict.CANNOT_TELL, "no postcode"),
        ({"p_postcode": "ZZ99 3VZ"}, Verdict.CANNOT_TELL, "please confirm"),
        ({"p_area": "no_fixed_address"}, Verdict.CANNOT_TELL, "no fixed address: please confirm the home area"),
        ({"p_address": "4 Made Up Street, moving to Leeds"}, Verdict.CANNOT_TELL, "may be moving"),
        *(
            (
                {"p_setting": {"choice": away, "text": ""}, "p_area": "elsewhere"},
                Verdict.CANNOT_TELL,
                "confirm the home",
            )
            for away in ("prison", "hospital", "approved_premises", "no_fixed_address")
        ),
    ],
)
def test_area(changes: dict[str, Any], verdict: Verdict, says: str) -> None:
    found = check("C2", **changes)
    assert (found.verdict, says in found.says) == (verdict, True), found


@pytest.mark.parametrize(
    ("changes", "verdict", "says"),
    [
        ({"s_fixation": None}, Verdict.CANNOT_TELL, "nothing written under fixation"),
        ({"s_behaviours": ["messages"], "k_signs.turns_up_often": "no"}, Verdict.CANNOT_TELL, "only 1 kind"),
        ({"s_behaviours": ["waiting"], "k_signs.turns_up_often": "yes"}, Verdict.MET, ""),
        ({"s_latest": "2025-10-01", "s_started": "2025-01"}, Verdict.CANNOT_TELL, "more than 12 months ago"),
        ({"s_latest": "2026-02-01"}, Verdict.CONFLICT, "started after the most recent incident"),
        ({"s_started": "2026-11", "s_latest": "2026-11-10"}, Verdict.MET, ""),
        ({"s_started": "2026-10", "s_latest": "2026-11-02"}, Verdict.MET, ""),
        ({"s_unwanted": {"choice": "no", "text": ""}}, Verdict.CANNOT_TELL, "know it is unwanted"),
        ({"s_latest": Answer(None, "about 2 weeks ago", 0.95)}, Verdict.MET, ""),
    ],
)
def test_behaviour_is_shown_and_never_judged(changes: dict[str, Any], verdict: Verdict, says: str) -> None:
    found = check("C3", **changes)
    assert (found.verdict, says in found.says) == (verdict, True), found


@pytest.mark.parametrize(
    ("changes", "verdict", "says"),
    [
        (
            {"j_invest": "yes", "j_status": ["under_investigation"], "q_services": ["consultation", "intervention"]},
            Verdict.NOT_MET,
            "under investigation: advice and consultation only (asked for psychological intervention)",
        ),
        ({"j_invest": "yes", "j_status": None, "q_services": ["consultation"]}, Verdict.NOT_MET, "consultation only"),
        ({"j_invest": "yes", "j_status": None, "j_invest_who": None}, Verdict.NOT_MET, "no officer or next date"),
        ({"j_status": ["under_investigation"]}, Verdict.CONFLICT, "please check"),
        ({"j_invest": "yes", "j_status": ["acquitted"]}, Verdict.CONFLICT, "nothing is open"),
        ({"j_orders": {"choice": ["bail"], "text": ""}}, Verdict.CONFLICT, "on bail"),
        (
            {"j_status": ["awaiting_trial"], "j_orders": {"choice": ["bail"], "text": ""}},
            Verdict.CANNOT_TELL,
            "charged",
        ),
        ({"j_invest": "not_known", "j_status": None}, Verdict.CANNOT_TELL, "police partner to check"),
        ({"j_invest": None, "j_status": None}, Verdict.CANNOT_TELL, "not said"),
        ({"j_status": ["on_licence"]}, Verdict.MET, "not under investigation"),
    ],
)
def test_investigation(changes: dict[str, Any], verdict: Verdict, says: str) -> None:
    found = check("C4", **changes)
    assert (found.verdict, says in found.says) == (verdict, True), found


def test_no_conviction_is_no_flag() -> None:
    assert not check("C4", j_status=["nothing_reported"]).flagged


@pytest.mark.parametrize(
    ("changes", "verdict", "says"),
    [
        ({"h_holder": None}, Verdict.NOT_MET, "no service named"),
        ({"h_holder": "You"}, Verdict.NOT_MET, "no service named"),
        ({"h_hold_ok": {"choice": "no", "text": ""}}, Verdict.NOT_MET, "will not keep"),
        ({"h_hold_ok": {"choice": "to_be_agreed", "text": ""}}, Verdict.CANNOT_TELL, "to be agreed"),
        ({"h_holder": "His GP"}, Verdict.CANNOT_TELL, "only gp named"),
        ({"h_holder": "Eastleigh Recovery, Kim Ode, 01632 960124"}, Verdict.CANNOT_TELL, "confirm with the holder"),
    ],
)
def test_holder(changes: dict[str, Any], verdict: Verdict, says: str) -> None:
    found = check("C5", **changes)
    assert (found.verdict, says in found.says) == (verdict, True), found


def test_the_form_itself() -> None:
    assert "declaration" in check("C6", d_declare=None).says
    assert "entered by hand" in check("C6", from_form=False).says


@pytest.mark.parametrize(
    ("aware", "agree", "reason", "verdict", "says"),
    [
        ("not_safe", "not_asked", "Risk to her.", Verdict.NOT_MET, "not told: reason given"),
        ("not_yet", "not_asked", None, Verdict.NOT_MET, "not told: no reason given"),
        ("yes", "no", "Risk to her.", Verdict.NOT_MET, "told, does not agree: reason given"),
        ("yes", "may_lack_capacity", "x", Verdict.CANNOT_TELL, "may lack capacity"),
        ("not_yet", "yes", None, Verdict.CONFLICT, "has not been told"),
        (None, "yes", None, Verdict.CANNOT_TELL, "not said"),
    ],
)
def test_agreement(aware: Any, agree: Any, reason: Any, verdict: Verdict, says: str) -> None:
    found = check("C7", c_aware=aware, c_agree=agree, c_reason=reason)
    assert (found.verdict, says in found.says) == (verdict, True), found


def test_what_needs_agreement_is_named() -> None:
    found = check("C7", c_aware="not_yet", c_agree="not_asked", q_services=["consultation", "intervention"])
    assert "asked for psychological intervention" in found.says


def test_what_else_the_meeting_should_see() -> None:
    found = looked_at(
        q_urgent={"choice": "yes", "text": "Bail ends on Friday"},
        k_people={"choice": "yes", "text": "Her sister"},
        j_orders={"choice": ["stalking_protection"], "text": ""},
        p_nhs=unclear("999 000 0019", "9990000019"),
    )
    also = [one.says for one in found if one.criterion == "also"]
    assert len(also) == 4
    assert not [
        one for one in looked_at(k_people={"choice": "yes", "text": "referral made"}) if one.criterion == "also"
    ]


@given(
    st.dictionaries(st.sampled_from(sorted(CALM)), st.one_of(st.none(), st.text(), st.integers(), st.lists(st.text())))
)
def test_no_answers_break_a_check_and_every_criterion_has_one(changes: dict[str, Any]) -> None:
    found = looked_at(**changes)
    assert {one.criterion for one in found} >= {"C1", "C2", "C3", "C4", "C5", "C6", "C7"}


def test_nothing_is_met_where_nothing_was_answered() -> None:
    found = checks(PUBLISHED, FORM, {}, CAME)
    assert [one.verdict for one in found if not one.flagged] == []


def test_a_wrong_file_names_every_problem(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is missing"):
        load(tmp_path)
    (tmp_path / "area").symlink_to(CONFIG / "area")
    text = (CONFIG / "criteria.toml").read_text("utf-8").replace('youngest = "ask"', 'youngest = "12"')
    (tmp_path / "criteria.toml").write_text(text.replace("oldest = 100", "oldest = 3"), "utf-8")
    with pytest.raises(UserError) as error:
        load(tmp_path)
    assert len(error.value.problems) == 2
