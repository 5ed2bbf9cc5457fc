"""Who may see a referral: all staff, but no agency it is kept from; a restricted one only whom the lead named."""

from __future__ import annotations

from typing import Any, Protocol

from mailbot.settings import StaffSettings


class Row(Protocol):
    """A referral's row, by the names of its columns."""

    def __getitem__(self, name: str, /) -> Any: ...


def may_see(staff: StaffSettings, referral: Row, address: str) -> bool:
    """Whether a member of staff may have this referral before them (F5, G8)."""
    mine = {address.lower(), staff.agency_of(address).lower()}
    if mine.intersection(one.lower() for one in referral["not_for"] or ()):
        return False
    if not is_restricted(referral) or (staff.lead and address.lower() == staff.lead.lower()):
        return True
    return bool(mine.intersection(one.lower() for one in referral["only_for"]))


def is_restricted(referral: Row) -> bool:
    """Whether only those whom the lead named may see it; nobody while that list is empty."""
    return referral["only_for"] is not None
