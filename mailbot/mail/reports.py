"""What a report says became of a mail: its own fields first, a server's prose after (RFC 3464, 8098, 5965, 6522)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email.message import Message

from mailbot.mail.model import Report
from mailbot.mail.parts import HEADERS, MAILS, REPORTS, Parts, content
from mailbot.patterns import any_of

Headers = Mapping[str, tuple[str, ...]]

_RECIPIENTS = ("final-recipient", "original-recipient")
_ID_FIELDS = ("message-id", "x-microsoft-original-message-id", "original-message-id")
_ID = re.compile(r"<[^<>\s]{1,900}>")
_FIELD_LINE = re.compile(r"^[> \t]{0,20}([A-Za-z][A-Za-z0-9-]{1,60}):[ \t]*([^\r\n]{0,2000})", re.MULTILINE)
_MOST = 100_000  # characters of prose


_FROM_SERVER = any_of(
    r"mail[\w-]{0,4}-?daemon",
    r"\bpost[_-]?master|postoffice@",
    r"microsoftexchange[0-9a-f]{20}",
    r"mail\W{0,2}deliver\w*\W{0,2}(?:sub)?\W?system|mail delivery|delivery (?:subsystem|system|status)",
    r"(?:mail system|mail server|system) administrator",
)
#: in the subject
_TOLD = any_of(
    r"undeliver|non-?deliver|not (?:be )?deliver|unzustellbar|non remis",
    r"deliver\w* (?:status|notif|fail|problem|delay|error|report|has failed)",
    r"returned (?:mail|to sender)|failure (?:notice|delivery)|fail(?:ed|ure) (?:to deliver|delivery|mail)",
    r"mail (?:system )?(?:error|failure|failed|delivery)|message (?:delayed|status)|warning: (?:message|could not)",
    r"could ?n[o']t (?:be )?(?:send|sent|deliver)|error sending|bounce|mailbox (?:full|unavailable)",
)
#: in the text
_SAYS_SO = any_of(
    r"(?:not|n't|unable to|failed to|never)\s+(?:be\s+|been\s+)?(?:deliver|sent\b|send\b|reach)|undeliver",
    r"permanent(?:ly)? (?:fail|error|fatal|delivery)|delivery\b[^\n]{0,60}\b(?:fail|error|problem)",
    r"problem\w* delivering|trouble deliver",
    r"(?:user|host) unknown|unknown user|no such (?:user|mailbox|address)|recipient\b[^\n]{0,40}(?:reject|unknown|not)",
    r"transcript of session|original message follows|returned mail|error has occurred while attempting to deliver",
    r"could(?: not|n't) be (?:deliver|found)|mailbox (?:is )?(?:full|unavailable|not found)|(?:has been|is) delayed",
    r"\b[45]\.\d{1,3}\.\d{1,3}\b|\b5[05]\d[ -]\W{0,3}[A-Za-z#<]",
    r"deliver(?:y|ing) (?:of )?(?:your|the|this) (?:message|mail)",
)
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_NOT_YET = any_of(
    r"\bdelayed\b|\bwarning\b|has not (?:yet )?been delivered|still (?:being )?(?:retr|try)",
    r"will (?:continue|keep) (?:to )?(?:try|retry)|do(?:es)? not need to resend",
    r"attempts? to deliver [^\n]{0,60} will continue",
)
_PASSED_ON = re.compile(r"\s*(?:fwd?|wg|tr)\s*:", re.IGNORECASE)
_UNREAD = re.compile(r"[\"<]*no-?reply@", re.IGNORECASE)
#: Hotmail's way to say that somebody took a mail for spam
_COMPLAINT = re.compile(r"complaint about message from \d", re.IGNORECASE)
#: what some servers write in place of RFC 3464's words
_ACTIONS = {
    "expired": "failed",
    "undeliverable": "failed",
    "fail": "failed",
    "failure": "failed",
    "deliverable": "",
    "delay": "delayed",
}
_NOTIFICATION = re.compile(r'^\W{0,3}"?(?:notificationType|eventType)"\s*:\s*"(\w{1,20})"')
_NOTIFIED = {"bounce": "failed", "complaint": "complaint", "delivery": "delivered"}


def report_of(message: Message, headers: Headers, subject: str, parts: Parts, text: str) -> Report | None:
    """The report that a mail is; None for a person's, also where a person passes a report on."""
    server, kind = _is_from_server(headers), message.get_content_type()
    nobody = headers.get("return-path", ("",))[0].replace(" ", "") == "<>"  # some forwarders too write that
    if parts.reports and (server or nobody or kind in ("multipart/report", *REPORTS)):
        return _by_fields(parts)
    told = _TOLD.search(subject) or (kind == "multipart/report" and parts.returned)
    unread = nobody and _UNREAD.match(headers.get("from", ("",))[0])
    says_so = told or ((server or unread) and _SAYS_SO.search(text[:4000]))
    if (server or nobody) and says_so and not _PASSED_ON.match(subject):
        return _in_prose(parts, subject, text[:_MOST])
    if parts.returned and _COMPLAINT.match(subject):
        return _completed(Report("complaint"), parts)
    if notified := _NOTIFICATION.match(text[:200]):
        return Report(_NOTIFIED.get(notified[1].lower(), ""), "", tuple(_ids_in_lines(text[:_MOST])))
    return None


def _is_from_server(headers: Headers) -> bool:
    """By its sender, or by a sign that only mail servers leave."""
    if _FROM_SERVER.search(" ".join(headers.get("from", ()))[:500]):
        return True
    return "x-failed-recipients" in headers or "x-ms-exchange-message-is-ndr" in headers


# -- by its own fields


def _by_fields(parts: Parts) -> Report:
    """The worst of what it says of any recipient: one who has nothing counts more than one who has."""
    fields = [pair for part in parts.reports for pair in _fields_of(part)]
    status = next((value.split()[0] for name, value in fields if name == "status" and value.split()), "")
    ids = [one for name, value in fields if name == "original-message-id" for one in _ID.findall(value)]
    people = [value.rpartition(";")[2].strip(" <>\t").lower() for name, value in fields if name in _RECIPIENTS]
    recipients = tuple(dict.fromkeys(one for one in people if "@" in one))
    return _completed(Report(_action(fields), status, tuple(ids), recipients=recipients), parts)


def _action(fields: list[tuple[str, str]]) -> str:
    for name, value in fields:
        if name == "feedback-type":
            return "complaint"
        if name == "disposition":
            return value.rpartition(";")[2].partition("/")[0].strip().lower()
    said = [value.strip().lower().partition(" ")[0].partition("(")[0] for name, value in fields if name == "action"]
    actions = [_ACTIONS.get(one, one) for one in said]
    return next((one for one in ("failed", "delayed") if one in actions), actions[0] if actions else "")


def _fields_of(part: Message) -> Iterator[tuple[str, str]]:
    """The fields of a report part, in whatever blocks a parser, or a server, has cut them."""
    payload = part.get_payload()
    for block in payload if isinstance(payload, list) else [part]:
        if not isinstance(block, Message):
            continue
        if block is not part:
            yield from ((name.lower(), str(value)) for name, value in block.items())
        if isinstance(block.get_payload(), str):
            yield from _fields_in(content(block).decode("utf-8", "replace"))


def _fields_in(text: str) -> Iterator[tuple[str, str]]:
    unfolded = re.sub(r"\r?\n[ \t]+", " ", text[:_MOST])
    return ((found[1].lower(), found[2].strip()) for found in _FIELD_LINE.finditer(unfolded))


# -- in a mail server's prose


def _in_prose(parts: Parts, subject: str, text: str) -> Report:
    """What a mail server says without a report part, as qmail, Domino and old Exim do."""
    fields = [pair for part in parts.reports for pair in _fields_of(part)]
    status = _STATUS.search(text)
    action = _action(fields) or ("delayed" if _NOT_YET.search(f"{subject} {text[:1500]}") else "failed")
    return _completed(Report(action, status[0] if status else "", tuple(_ids_in_lines(text))), parts, text)


def _ids_in_lines(text: str) -> Iterator[str]:
    for name, value in _fields_in(text):
        if name in _ID_FIELDS:
            yield from _ID.findall(value)


# -- the mail it speaks of


def _completed(report: Report, parts: Parts, text: str = "") -> Report:
    """With what the mail that came back, whole or as its headers, says of itself."""
    fields = [pair for part in parts.returned[:1] for pair in _returned_fields(part)] or list(_fields_in(text))
    ids = [found for name, value in fields if name in _ID_FIELDS for found in _ID.findall(value)]
    marks = [value for name, value in fields if name == "x-mailbot-letter"]
    subject = next((value for name, value in fields if name == "subject"), "")
    return Report(
        report.action,
        report.status,
        tuple(dict.fromkeys([*report.message_ids, *ids])),
        tuple(marks),
        report.recipients,
        subject[:500],
    )


def _returned_fields(part: Message) -> list[tuple[str, str]]:
    if part.get_content_type() in MAILS:
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        return [(name.lower(), str(value)) for name, value in first.items()] if isinstance(first, Message) else []
    assert part.get_content_type() in HEADERS
    payload = part.get_payload()
    if isinstance(payload, list):  # message/rfc822-headers, which a parser takes for a mail
        return [
            (name.lower(), str(value)) for one in payload if isinstance(one, Message) for name, value in one.items()
        ]
    return list(_fields_in(content(part).decode("utf-8", "replace")))
