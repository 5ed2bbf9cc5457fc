"""What must hold between settings, and between settings and the machine; each rule names the one to change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from mailbot import tls
from mailbot.settings.environment import name_of
from mailbot.settings.problems import Key, Problem, field_of
from mailbot.settings.sections import MeetingSettings, Settings, StaffSettings

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEK = 7 * 24 * 60


def broken(settings: Settings) -> Iterator[Problem]:
    """Everything that does not hold."""
    yield from _mode(settings)
    yield from _connections(settings)
    yield from _folders(settings)
    yield from _week(settings.meeting)
    yield from _form(settings)
    yield from _staff(settings.staff)
    yield from _alarms(settings)


def unset(settings: Settings) -> list[str]:
    """What may stay unset, one line each: where, which setting, what follows and what to do."""
    in_file = {
        ("mailbox", "authserv_id"): "no sender counts as proven, so what needs proof waits for a person",
        ("sender", "host"): "letters cannot be sent",
        ("staff", "addresses"): "nobody gets the digest, and nobody is told what needs a person",
        ("meeting", "dial_in"): "invitations do not say how to join from elsewhere",
    }
    file = settings.folder / "mailbot.toml"
    lines = [
        Problem(key, f"is not set: {follows}; write {_wanted(key)}").line(str(file))
        for key, follows in in_file.items()
        if not getattr(getattr(settings, key[0]), key[1])
    ]
    if not settings.alarms.host and not settings.alarms.webhook.get_secret_value():
        lines.append(
            Problem(
                ("alarms", "host"),
                "is not set, nor a webhook: alarms go only by the mailbox and the server they speak of; "
                f"write {_wanted(('alarms', 'host'))}, or set {name_of(('alarms', 'webhook'))}",
            ).line(str(file))
        )
    if not settings.mailbox.password.get_secret_value():
        name = name_of(("mailbox", "password"))
        lines.append(
            f"environment {name}: mailbox.password: is not set: mailbot cannot sign in; set it, or set {name}_FILE"
        )
    return lines


def _wanted(key: Key) -> str:
    """What to write there, without what leaving it empty means."""
    return (field_of(key).description or "").partition(";")[0]


def _mode(settings: Settings) -> Iterator[Problem]:
    keys = {"drafts": [("staff", "addresses")], "send": [("sender", "host"), ("staff", "addresses")]}
    for section, name in keys.get(settings.mode, []):
        if not getattr(getattr(settings, section), name):
            yield Problem(
                (section, name), f'is not set, and mode is "{settings.mode}"; write {_wanted((section, name))}'
            )


def _connections(settings: Settings) -> Iterator[Problem]:
    named = (("mailbox", settings.mailbox), ("sender", settings.sender), ("alarms", settings.alarms))
    for section, ends in named:
        if ends.host and ends.tls == "plain" and not tls.may_be_plain(ends.host, allowed=ends.plain_allowed):
            yield Problem(
                (section, "tls"),
                "must not be plain to another machine: the password would cross the network for all to read; "
                "write tls or starttls, or plain_allowed = true if you must",
            )
        if ends.ca_file and not ends.ca_file.is_file():
            yield Problem(
                (section, "ca_file"),
                f"there is no file {ends.ca_file}; write {_wanted((section, 'ca_file'))}",
            )


def _folders(settings: Settings) -> Iterator[Problem]:
    """Finished mail must not fall among what waits for a person, nor either into a folder the server uses itself."""
    taken = {"inbox": "the inbox"}
    for name, folder in settings.mailbox.folders:
        if folder.casefold() in taken:
            yield Problem(
                ("mailbox", "folders", name), f"is the same as {taken[folder.casefold()]}; write another name"
            )
        elif folder:
            taken[folder.casefold()] = name


def _week(meeting: MeetingSettings) -> Iterator[Problem]:
    """In the week before the meeting: cut-off, then digest, then the meeting."""
    cut_off = _minutes_before(meeting, meeting.cut_off_day, meeting.cut_off_time)
    digest = _minutes_before(meeting, meeting.digest_day, meeting.digest_time)
    if not 0 < digest <= cut_off:
        when = f"{meeting.digest_day} {meeting.digest_time:%H:%M}"
        yield Problem(
            ("meeting", "digest_day"),
            f"with digest_time is {when}, which is not between the cut-off ({meeting.cut_off_day} "
            f"{meeting.cut_off_time:%H:%M}) and the meeting ({meeting.day} {meeting.time:%H:%M}); move one",
        )


def _minutes_before(meeting: MeetingSettings, day: str, time: dt.time) -> int:
    return (_minute_of_week(meeting.day, meeting.time) - _minute_of_week(day, time)) % _WEEK


def _minute_of_week(day: str, time: dt.time) -> int:
    return (_DAYS.index(day) * 24 + time.hour) * 60 + time.minute


def _form(settings: Settings) -> Iterator[Problem]:
    if not (settings.form_folder / "form.toml").is_file():
        there = sorted(path.parent.name for path in settings.folder.glob("forms/*/form.toml"))
        fix = f"write a version that is there: {', '.join(there)}" if there else "put a form's definition there"
        yield Problem(("referrals", "form"), f"there is no {settings.form_folder / 'form.toml'}; {fix}")


def _staff(staff: StaffSettings) -> Iterator[Problem]:
    """Who is given something beside the digest gets the digest."""
    theirs = {address.lower() for address in staff.addresses}
    if staff.lead and staff.lead.lower() not in theirs:
        yield Problem(("staff", "lead"), "is not one of staff.addresses; add it there, or write one of them")
    if not theirs.issuperset(address.lower() for address in staff.rows):
        yield Problem(("staff", "rows"), "names an address that is not one of staff.addresses; add it there")


def _alarms(settings: Settings) -> Iterator[Problem]:
    """Alarms by e-mail need somebody to come from, somebody to go to, and a road that is not the one they speak of."""
    alarms, sender = settings.alarms, settings.sender
    if not alarms.host:
        return
    if not alarms.sender:
        yield Problem(("alarms", "sender"), f"is not set, and alarms.host is; write {_wanted(('alarms', 'sender'))}")
    if not alarms.addresses and not settings.staff.addresses:
        yield Problem(("alarms", "addresses"), "is not set, and there are no staff; write the addresses alarms go to")
    account = sender.username or settings.mailbox.login
    if (alarms.host.lower(), alarms.port, alarms.username) == (sender.host.lower(), sender.port, account):
        yield Problem(("alarms", "host"), "is the account that letters leave by; name another server or account")
