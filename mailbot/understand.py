"""Mail + readings + what we know -> Understood: which kind of mail it is, and why. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from mailbot.actions import Office
from mailbot.asking import speaks_of_danger
from mailbot.kinds import KINDS
from mailbot.mail import Mail, Report
from mailbot.meeting import digests_due, meeting_on
from mailbot.settings import MailboxSettings
from mailbot.signs import passed_on_by_rule
from mailbot.store import Transaction
from mailbot.store.codes import ALPHABET
from mailbot.understood import (
    A_PERSON_SAID_SO,
    SETTLED,
    Authenticity,
    IssuedCode,
    Known,
    KnownReferral,
    OurLetter,
    Understood,
    Why,
)
from parsers import Reading

_CODE = re.compile(rf"\b[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}\b", re.IGNORECASE)
_CODES = 50  # a thread that goes back and forth quotes many
_DMARC = re.compile(r"\s*dmarc\s*(?:/\s*\d+\s*)?=\s*(\w+)(?:.*\bheader\.from=([\w.-]+))?", re.IGNORECASE)


def understand(
    office: Office,
    tx: Transaction,
    mail_id: int,
    mail: Mail,
    readings: Sequence[Reading],
    role: str,
    came_at: datetime,
) -> Understood:
    """The first kind with a why; `unclear` always has one."""
    known = look_up(office, tx, mail_id, mail, readings, role)
    for name, kind in KINDS.items():
        why = kind.recognise(mail, known)
        if why is not None:
            return Understood(mail_id, mail, known, name, (*why, *_danger(name, mail, known, why)), came_at)
    raise AssertionError("the last kind recognises everything")


def _danger(kind: str, mail: Mail, known: Known, why: Sequence[Why]) -> tuple[Why, ...]:
    """Words of danger in a person's mail are a reason of their own, whatever kind it is."""
    found = speaks_of_danger(mail, known) if kind not in SETTLED else None
    return (found,) if found and found.rule not in [one.rule for one in why] else ()


def as_kind(
    office: Office,
    tx: Transaction,
    mail_id: int,
    mail: Mail,
    readings: Sequence[Reading],
    role: str,
    came_at: datetime,
    kind: str,
) -> Understood:
    """The mail as the kind that a person says it is."""
    known = look_up(office, tx, mail_id, mail, readings, role)
    return Understood(mail_id, mail, known, kind, (Why(A_PERSON_SAID_SO, "is what a person said"),), came_at)


def look_up(office: Office, tx: Transaction, mail_id: int, mail: Mail, readings: Sequence[Reading], role: str) -> Known:
    """Everything recognising needs to know, asked of the store at once."""
    settings = office.settings.mailbox
    letters = _our_letters(office, tx, mail)
    before = tx.mails.before(mail_id, mail.sha256, mail.message_id, mail.content, mail.sender.address)
    staff = office.settings.staff.everybody
    return Known(
        now=tx.now,
        our_addresses=frozenset(
            one.lower() for one in (settings.address, *settings.aliases, office.form.return_to) if one
        ),
        role=role,
        authenticity=authenticity(mail, settings),
        same_as=before.earlier,
        our_letters=tuple(letters),
        referrals=_referrals(office, tx, mail, letters, of_sender=before.from_referrer),
        readings=tuple(readings),
        answered_by_hand=before.answered_by_hand,
        wrote_lately=passed_on_by_rule(mail) and tx.letters.any_to(mail.sender.address, tx.now - timedelta(hours=24)),
        own_lists=frozenset(settings.own_lists),
        staff=staff,
        codes=_codes(office, tx, mail) if staff & {mail.sender.address, *(one.recipient for one in letters)} else (),
        words=office.words,
        encoder=office.encoder,
    )


def _our_letters(office: Office, tx: Transaction, mail: Mail) -> Sequence[OurLetter]:
    """The letters that it answers; of a report those it speaks of, also where a server rewrote their Message-IDs."""
    rows = tx.letters.with_message_ids(mail.report.message_ids if mail.report else mail.thread)
    if mail.report and not rows:
        rows = (
            [row for mark in mail.report.marks for row in tx.letters.with_mark(mark, mail.report.recipients)]
            or _of_referral(office, tx, mail.report)
            or list(tx.letters.with_message_ids(mail.thread))
        )
    return [_letter(row) for row in rows]


def _of_referral(office: Office, tx: Transaction, report: Report) -> list[sa.RowMapping]:
    """The newest letter on the referral that the returned subject names, to whom it did not reach."""
    named = tx.referrals.with_references(references_in(report.subject, office.settings.referrals.prefix))
    letters = [row for one in named for row in tx.letters.of_referral(one["id"])]
    return [row for row in letters if row["recipient"] in report.recipients][-1:]


def _letter(row: sa.RowMapping) -> OurLetter:
    return OurLetter(row["id"], row["name"], row["recipient"], row["state"], row["referral_id"], row["cause"])


def _codes(office: Office, tx: Transaction, mail: Mail) -> tuple[IssuedCode, ...]:
    """The codes of ours anywhere in the mail: most stand in the quoted letter that it answers."""
    found = {one.upper() for one in _CODE.findall(mail.text)[:_CODES]}
    return tuple(
        IssuedCode(row["recipient"], _letter(row), _is_over(office, tx, row)) for row in tx.codes.issued(found)
    )


def _is_over(office: Office, tx: Transaction, letter: sa.RowMapping) -> bool:
    """Whether the code came with a digest whose meeting is no longer open: the next digest has been due since."""
    if letter["name"] != "digest":
        return False
    rules = office.settings.meeting
    meeting = meeting_on(date.fromisoformat(letter["cause"].removeprefix("meeting:")), rules)
    return bool(digests_due(meeting.digest_at, tx.now, rules, tx.meetings.changes()))


def _referrals(
    office: Office, tx: Transaction, mail: Mail, letters: Sequence[OurLetter], *, of_sender: bool
) -> tuple[KnownReferral, ...]:
    """The referrals this mail may be about, each with the signs that say so (rule 8)."""
    named = references_in(f"{mail.about}\n{mail.words}", office.settings.referrals.prefix)
    signs: dict[int, set[str]] = {}
    rows = {row["id"]: row for row in tx.referrals.with_references(named)}
    for referral_id in rows:
        signs.setdefault(referral_id, set()).add("reference")
    for letter in letters:
        if letter.referral_id is not None and mail.report is None:
            rows.setdefault(letter.referral_id, tx.referrals.by_id(letter.referral_id))
            signs.setdefault(letter.referral_id, set()).add("thread")
    if not rows and of_sender and mail.report is None:
        rows = {row["id"]: row for row in tx.referrals.of_referrer(mail.sender.address)}
        signs = {referral_id: set() for referral_id in rows}
    for referral_id, row in rows.items():
        if row["confirmed_by"] and row["referrer"] == mail.sender.address:
            signs[referral_id].add("referrer")
    return tuple(KnownReferral(one, rows[one]["reference"], frozenset(found)) for one, found in sorted(signs.items()))


def references_in(text: str, prefix: str) -> Collection[str]:
    """The references, such as HM-2026-0042, that stand in a text."""
    return {found.upper() for found in re.findall(rf"\b{re.escape(prefix)}-\d{{4}}-\d{{4,6}}\b", text, re.IGNORECASE)}


def authenticity(mail: Mail, settings: MailboxSettings) -> Authenticity:
    """The DMARC verdict of the topmost Authentication-Results that our own server wrote (RFC 8601 5, RFC 9989)."""
    if not settings.authserv_id:
        return Authenticity.UNKNOWN
    for value in mail.headers.get("authentication-results", ()):
        author, _, results = value.partition(";")
        if author.split(" ")[0].strip().lower() != settings.authserv_id.lower():
            continue
        return _dmarc(results, mail.sender.domain)
    return Authenticity.UNKNOWN


def _dmarc(results: str, domain: str) -> Authenticity:
    """The verdict itself: what stands in a comment, a quotation or another method's words may be the sender's own."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", results[:8000])
    for _ in range(3):  # comments may hold comments
        bare = re.sub(r"\([^()]*\)", "", bare)
    verdicts = [found for one in bare.split(";") if (found := _DMARC.match(one))]
    if any(verdict[1].lower() == "fail" for verdict in verdicts):
        return Authenticity.FAIL
    passed = [verdict for verdict in verdicts if verdict[1].lower() == "pass"]
    if passed and all((verdict[2] or domain).lower() == domain for verdict in passed):
        return Authenticity.PASS
    return Authenticity.UNKNOWN
