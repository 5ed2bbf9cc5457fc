"""config/ and the environment -> one frozen Settings; every problem at once, each with its place and its fix."""

from mailbot.settings.load import NO_ADDRESS, load
from mailbot.settings.rules import unset
from mailbot.settings.sections import (
    AlarmSettings,
    DatabaseSettings,
    Folders,
    HealthSettings,
    MailboxSettings,
    MeetingSettings,
    ReadingLimits,
    ReferralSettings,
    Section,
    SenderSettings,
    Service,
    Settings,
    StaffSettings,
)
from mailbot.settings.types import Day, Mode, Port, Tls

__all__ = [
    "NO_ADDRESS",
    "AlarmSettings",
    "DatabaseSettings",
    "Day",
    "Folders",
    "HealthSettings",
    "MailboxSettings",
    "MeetingSettings",
    "Mode",
    "Port",
    "ReadingLimits",
    "ReferralSettings",
    "Section",
    "SenderSettings",
    "Service",
    "Settings",
    "StaffSettings",
    "Tls",
    "load",
    "unset",
]
