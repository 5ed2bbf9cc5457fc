"""What would be done with labelled mails, as if each had been addressed to us: otherwise nothing would be answered."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from bench.mail.corpus import Example
from mailbot.actions import Office
from mailbot.mail import parse
from mailbot.rehearse import Rehearsal
from mailbot.understood import Known, no_automatic_reply
from tests.desk import MONDAY, US, Still, our_office

TO_STAFF = frozenset({"needs-a-person", "urgent"})
#: nobody may be answered of these
MACHINES = ("bounce", "arf", "mdn", "vacation", "dmarc-report", "notification", "list")
REPORTS = ("bounce", "mdn", "arf")
NOT_PEOPLES = ("automatic", "bulk", "delivery_report", "calendar_reply", "own", "repeat")
REPORTED, CALLED_MACHINE = 0.98, 0.01


def decided(mails: Sequence[Example]) -> dict[str, Any]:
    """Counts by label and kind, and the names of those that break a promise."""
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    answered, could_be, not_reports, humans = [], [], [], []
    for one in mails:
        found = Rehearsal(_addressed_to_us(one.raw), Still()).explain(one.raw)
        kinds[one.label][found["kind"]] += 1
        if one.label in MACHINES and {letter["letter"] for letter in found["letters"]} - TO_STAFF:
            answered.append(one.name)
        if one.label in MACHINES and found["kind"] not in NOT_PEOPLES and _nothing_holds_it_back(one.raw):
            could_be.append(one.name)
        if one.label in REPORTS and found["kind"] != "delivery_report":
            not_reports.append(one.name)
        if one.label.startswith("human") and found["kind"] in NOT_PEOPLES:
            humans.append(f"{one.name}: {found['kind']}, {'; '.join(found['why'])}")
    reports = sum(sum(kinds[label].values()) for label in REPORTS)
    people = sum(sum(counter.values()) for label, counter in kinds.items() if label.startswith("human"))
    return {
        "labelled": len(mails),
        "kinds": {label: dict(counter.most_common()) for label, counter in sorted(kinds.items())},
        "machines_answered": answered,
        "machines_only_words_hold_back": could_be,
        "reports": reports,
        "not_called_reports": not_reports,
        "reported": round(1 - len(not_reports) / reports, 4) if reports else 1.0,
        "people": people,
        "people_called_machines": humans,
        "called_machine": round(len(humans) / people, 4) if people else 0.0,
    }


def _addressed_to_us(raw: bytes) -> Office:
    """An office whose other addresses are those that this mail went to."""
    found, office = parse(raw), our_office()
    to = tuple(one.address for one in (*found.to, *found.cc) if one.address != found.sender.address)
    mailbox = office.settings.mailbox.model_copy(update={"aliases": to})
    return dataclasses.replace(office, settings=office.settings.model_copy(update={"mailbox": mailbox}))


def _nothing_holds_it_back(raw: bytes) -> bool:
    """Whether nothing but its words would keep an answer from going."""
    found = parse(raw)
    to = {one.address for one in (*found.to, *found.cc)} or {US}
    known = Known(now=MONDAY, our_addresses=frozenset(to - {found.sender.address}), words=our_office().words)
    return not [why for why in no_automatic_reply(found, known) if why.rule != "not_addressed_to_us"]
