"""Whose lists a referral is on: everybody's, but where it is about a colleague (F5) or kept from an agency (G8)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa

from mailbot.actions import people
from mailbot.actions.office import Office
from mailbot.errors import NotFound, UserError
from mailbot.sight import is_restricted, may_see
from mailbot.store import Transaction
from mailbot.understood import Understood
from parsers import Answer

#: why a person is asked who may see a referral
WHY = "restricted"
_TITLES = {"dr", "mr", "mrs", "ms", "miss", "mx", "prof", "professor", "pc", "dc", "ds"}
#: colleagues stand in these by their office: who refers, holds the case, investigates or helps
_BY_OFFICE = ("r_", "h_holder", "h_services", "h_hold_ok", "j_invest_who", "v_support", "d_declare")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")


def restrict_if_about_colleague(
    office: Office, tx: Transaction, referral: sa.RowMapping, understood: Understood | None = None
) -> None:
    """Where its form names a colleague as the person or the target, nobody sees it until the lead says who."""
    if is_restricted(referral) or not names_colleague(
        office.settings.staff.names, tx.referrals.answers(referral["id"])
    ):
        return
    tx.referrals.change(referral["id"], only_for=[])
    tx.audit.add("restricted", referral_id=referral["id"])
    whose = "only on the lead's" if office.settings.staff.lead else "on nobody's"
    words = f"{referral['reference']} may be about a colleague, so it is {whose} list until somebody says on whose."
    people.ask(office, tx, WHY, words, understood=understood, referral_id=referral["id"])


def names_colleague(names: Sequence[str], answers: Mapping[str, Answer]) -> bool:
    """Whether any of these people stands in the answers, but for those where colleagues stand by their office."""
    person = {word for key in ("p_forenames", "p_surname", "p_aliases") for word in _words(answers, key)}
    texts = [f" {' '.join(_words(answers, key))} " for key in answers if not key.startswith(_BY_OFFICE)]
    for name in names:
        parts = [word for word in _split(name) if word not in _TITLES]
        orders = {" ".join(parts), " ".join([*parts[-1:], *parts[:-1]])}
        if parts and (person.issuperset(parts) or any(f" {one} " in text for one in orders for text in texts)):
            return True
    return False


def decide(office: Office, tx: Transaction, reference: str, how: str, said: str, by: str) -> str:
    """A person says whose lists it is on, by `only-for`, `not-for` or `for-all`; says who sees it. Raises UserError."""
    referral = must_see(office, tx, reference, by, deciding=True)
    staff = office.settings.staff
    if is_restricted(referral) and staff.lead and _is_staff(office, by) and by.lower() != staff.lead.lower():
        raise UserError(f"{referral['reference']} is restricted: only the lead says who sees it. Nothing was changed.")
    named = list(_named(office, said))
    if how == "not-for" and not named:
        raise UserError(f"Say from whom it is kept, as in “{referral['reference']}: not-for Police”.")
    kept_from = sorted({*(referral["not_for"] or ()), *named})
    ways: dict[str, dict[str, list[str] | None]] = {
        "only-for": {"only_for": named, "not_for": None},
        "not-for": {"not_for": kept_from},
        "for-all": {"only_for": None, "not_for": None},
    }
    tx.referrals.change(referral["id"], **ways[how])
    tx.audit.add("sight_decided", actor=by, referral_id=referral["id"], how=how)
    for need in tx.needs.waiting():
        if need["why"] == WHY and need["referral_id"] == referral["id"]:
            tx.needs.close(need["id"], by, how)
    return _who_sees(office, tx.referrals.by_id(referral["id"]))


def must_see(office: Office, tx: Transaction, reference: str, by: str, *, deciding: bool = False) -> sa.RowMapping:
    """The referral, where this member of staff may see it; to others it is not there. Raises NotFound.

    `deciding`: who may see it while nobody does is for any of the staff to say, where no lead is set.
    """
    referral = tx.referrals.get(reference)
    unseen = deciding and referral["only_for"] == [] and not office.settings.staff.lead
    if _is_staff(office, by) and not unseen and not may_see(office.settings.staff, referral, by):
        raise NotFound(f"There is no referral {referral['reference']} on your list.")
    return referral


def _who_sees(office: Office, referral: sa.RowMapping) -> str:
    staff = office.settings.staff
    seeing = [address for address in staff.addresses if may_see(staff, referral, address)]
    others = [address for address in staff.addresses if address not in seeing]
    lists = "lists" if len(seeing) > 1 else "list"
    words = f"{referral['reference']} is on the {lists} of {', '.join(seeing) or 'nobody'}"
    return f"{words}; not of {', '.join(others)}." if others else f"{words}: that is everybody."


def _named(office: Office, said: str) -> Iterator[str]:
    """The agencies and members of staff that were named, as the settings write them."""
    staff = office.settings.staff
    agencies = [agency for address in staff.addresses if (agency := staff.agency_of(address))]
    known = {one.lower(): one for one in (*agencies, *(entry.rpartition(":")[2].strip() for entry in staff.agencies))}
    known |= {address.lower(): address.lower() for address in staff.addresses}
    if staff.lead:
        known["the lead"] = known["lead"] = staff.lead.lower()
    for one in re.split(r",|;|\band\b", said):
        if not (name := one.strip(" .").lower()):
            continue
        if name not in known:
            choices = ", ".join(dict.fromkeys(known.values()))
            raise UserError(f"“{one.strip()}” is no agency or member of staff; choose from: {choices}.")
        yield known[name]


def _is_staff(office: Office, who: str) -> bool:
    return who.lower() in {address.lower() for address in office.settings.staff.addresses}


def _words(answers: Mapping[str, Answer], key: str) -> list[str]:
    answer = answers.get(key)
    value = answer.value if answer else None
    beside = str(value.get("text") or "") if isinstance(value, dict) else ""
    return _split(f"{answer.raw} {beside}") if answer else []


def _split(text: str) -> list[str]:
    return [word.casefold().replace("’", "'") for word in _WORD.findall(text)]
