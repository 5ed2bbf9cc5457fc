"""C1 to C3: who the person is, where they live, and what is written of the behaviour."""

from __future__ import annotations

from datetime import date

from mailbot import wording
from mailbot.criteria.asked import Asked
from mailbot.criteria.check import Check, Verdict
from mailbot.criteria.published import Published, says_one_of
from mailbot.shown import aged

#: where somebody stays for a while, so that its postcode does not say where they live
_NOT_HOME = ("prison", "hospital", "approved_premises", "no_fixed_address")
_MOVING = ("moving", "about to move", "will move", "due to move", "moves", "to be rehoused", "relocating")
_INSIDE, _OUTSIDE = ("hampshire", "isle_of_wight"), ("elsewhere",)
_KNOWS = ("told_directly", "told_by_service", "should_know")


def age(published: Published, asked: Asked) -> Check:
    """C1: the age on the day it came; 18 itself is the team's to decide unless a setting says."""
    words = asked.quote("p_dob")
    years = aged(asked.value("p_dob"), asked.received_on)
    if years is None or years > published.oldest:
        says = "the date of birth is not clear: please ask" if words else "no date of birth"
        return Check("C1", Verdict.CANNOT_TELL, says, words)
    if years < 18:
        birthday = _birthday(date.fromisoformat(asked.value("p_dob")), 18)
        says = f"{years} on referral: turns 18 on {wording.plain_date(birthday)}"
        return Check("C1", Verdict.NOT_MET, says, words)
    if years == 18 and published.youngest != "18":
        asks = published.youngest == "ask"
        says = "18 on referral: page says over 18" + (", team to decide" if asks else "")
        return Check("C1", Verdict.CANNOT_TELL if asks else Verdict.NOT_MET, says, words)
    return Check("C1", Verdict.MET, f"{years} on referral", words)


def _birthday(born: date, years: int) -> date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:  # 29 February
        return date(born.year + years, 3, 1)


def home(published: Published, asked: Asked) -> Check:
    """C2: the postcode beside the tick; whoever stays somewhere for a while is asked where home is."""
    words = asked.quote("p_postcode", "p_area", "p_setting")
    setting, tick = asked.choice("p_setting"), asked.choice("p_area")
    away = setting if setting in _NOT_HOME else tick if tick in _NOT_HOME else ""
    if away:
        place = asked.labels("p_setting", (away,))
        return Check("C2", Verdict.CANNOT_TELL, f"{place}: please confirm the home area", words)
    if says_one_of(_MOVING, f"{asked.text('p_address')} {asked.text('p_setting')}"):
        return Check("C2", Verdict.CANNOT_TELL, "may be moving: please confirm the home area", words)
    return _by_postcode(published, asked, tick, words)


def _by_postcode(published: Published, asked: Asked, tick: str, words: tuple[str, ...]) -> Check:
    answer = asked.answers.get("p_postcode")
    if answer is None or not isinstance(answer.value, str) or (not answer.sure and " " in answer.value.strip()[:-2]):
        says = "the postcode is not clear: please confirm" if asked.written("p_postcode") else "no postcode: please ask"
        return Check("C2", Verdict.CANNOT_TELL, says, words)
    where = published.area.where(answer.value)
    if (where.side == "in" and tick in _OUTSIDE) or (where.side == "out" and tick in _INSIDE):
        lies = "in" if where.side == "in" else "not in"
        says = f"{where.words} is {lies} {published.area_name}, the tick says otherwise: please confirm"
        return Check("C2", Verdict.CONFLICT, says, words)
    if where.side == "in":
        return Check("C2", Verdict.MET, where.words, words)
    if where.side == "out":
        says = f"{where.words} is not in {published.area_name}: are they moving, or would advice help?"
        return Check("C2", Verdict.NOT_MET, says, words)
    return Check("C2", Verdict.CANNOT_TELL, f"{where.words}: please confirm the council area", words)


def behaviour(published: Published, asked: Asked) -> Check:
    """C3: never judged from wording: which features something is written about, and what is missing."""
    keys = ("s_target", "s_behaviours", "s_started", "s_latest", "s_fixation", "s_unwanted")
    words = asked.quote(*keys)
    started, latest = _month(asked.value("s_started")), _day(asked.value("s_latest"))
    if started and latest and started > latest:
        return Check("C3", Verdict.CONFLICT, "it is said to have started after the most recent incident", words)
    gaps = list(_gaps(published, asked, started, latest))
    if gaps:
        return Check("C3", Verdict.CANNOT_TELL, "; ".join(gaps), words)
    return Check("C3", Verdict.MET, "something is written about each feature", words)


def _gaps(published: Published, asked: Asked, started: date | None, latest: date | None) -> list[str]:
    behaviours = asked.choices("s_behaviours")
    often = asked.value("k_signs.turns_up_often") == "yes"
    long_ago = latest is not None and (asked.received_on - latest).days > published.recent_months * 365 // 12
    brief = bool(
        started and latest and (latest - started).days < published.persistent_days and not _same(started, latest)
    )
    rules = (
        (not behaviours, "no behaviour is ticked"),
        (len(behaviours) == 1 and not often, "only 1 kind of behaviour is ticked"),
        (not asked.written("s_account"), "nothing written under what has happened"),
        (not asked.written("s_started"), "no start is given"),
        (not asked.written("s_latest"), "no most recent incident is given"),
        (brief, f"it has lasted less than {published.persistent_days} days"),
        (long_ago, f"the most recent incident is more than {published.recent_months} months ago"),
        (not asked.written("s_fixation"), "nothing written under fixation"),
        (asked.choice("s_unwanted") not in _KNOWS, "not said that they know it is unwanted"),
        (not asked.choice("s_target"), "not said at whom it is directed"),
        (asked.unsure("s_target", "s_behaviours", "s_started", "s_latest", "s_unwanted"), "some answers are not clear"),
    )
    return [words for holds, words in rules if holds]


def _same(started: date, latest: date) -> bool:
    """A start is a month: an incident in that month says nothing of how long it lasted."""
    return (started.year, started.month) == (latest.year, latest.month)


def _month(value: object) -> date | None:
    return _day(f"{value}-01") if isinstance(value, str) else None


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
