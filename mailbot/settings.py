"""config/ and the environment -> one frozen Settings; every problem reported at once, with the file, the key and the fix."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr

Tls = Literal["tls", "starttls", "plain"]
Mode = Literal["observe", "drafts", "send"]
Day = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
Port = Annotated[int, Field(ge=1, le=65535)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Service(Section):
    """Who we are, in every letter."""

    name: str = "Hampshire Multi-Agency Stalking Intervention Project"
    short_name: str = "HMASIP"
    phone: str = "02382 310 844"
    phone_hours: str = "Monday to Friday, 9am to 5pm"


class Folders(Section):
    """Names of folders, as Outlook shows them; empty means: found by what the server says of it."""

    handled: str = "Handled"
    needs_a_person: str = "Needs a person"
    sent: str = ""
    drafts: str = ""
    junk: str = ""


class MailboxSettings(Section):
    """The team mailbox, watched over IMAP."""

    address: str
    host: str
    port: Port = 993
    username: str = ""  # empty: the address
    password: SecretStr = SecretStr("")
    tls: Tls = "tls"
    plain_allowed: bool = False  # plain text to a host that is not this machine
    ca_file: Path | None = None
    authserv_id: str = ""
    start_from: dt.datetime
    aliases: tuple[str, ...] = ()
    watch: tuple[str, ...] = ()  # empty: all but Sent, Drafts, Deleted and our own
    file_finished: bool = True
    file_every_seconds: float = Field(default=5.0, gt=0)
    look_every_seconds: float = Field(default=60.0, gt=0, le=60)  # every other folder, and INBOX without IDLE
    renew_idle_seconds: float = Field(default=240.0, gt=0, le=300)
    largest_mail_mb: int = Field(default=60, ge=1)
    folders: Folders = Folders()

    @property
    def login(self) -> str:
        return self.username or self.address


class SenderSettings(Section):
    """The SMTP server letters leave by."""

    host: str = ""
    port: Port = 587
    username: str = ""  # empty: the mailbox's own; "-": do not sign in
    password: SecretStr = SecretStr("")  # empty: the mailbox's own
    tls: Tls = "starttls"
    plain_allowed: bool = False
    ca_file: Path | None = None
    keeps_sent_copies: bool = False  # the server puts what it sends into Sent itself, as Microsoft 365 does
    letters_per_hour: int = Field(default=200, ge=0)  # 0: no brake
    forms_per_address_per_day: int = Field(default=2, ge=0)  # 0: no limit
    answer_timeout_seconds: float = Field(default=600.0, gt=0)  # RFC 5321 4.5.3.2.6: ten minutes after the final dot
    in_doubt_grace_seconds: float = Field(default=300.0, ge=0)


class DatabaseSettings(Section):
    """Where everything is kept."""

    url: str = "sqlite:///var/mailbot.db"


class StaffSettings(Section):
    """Who gets the digest and what needs a person."""

    addresses: tuple[str, ...] = ()
    remind_after_hours: float = Field(default=24.0, gt=0)


class MeetingSettings(Section):
    """The weekly meeting, in wall time of the timezone."""

    day: Day = "Wednesday"
    time: dt.time = dt.time(10, 0)
    place: str = "Meeting room 1"
    dial_in: str = ""
    cut_off_day: Day = "Tuesday"
    cut_off_time: dt.time = dt.time(12, 0)
    digest_day: Day = "Tuesday"
    digest_time: dt.time = dt.time(13, 0)
    timezone: str = "Europe/London"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class ReferralSettings(Section):
    """References and the form that is sent."""

    prefix: str = Field(default="HM", pattern=r"^[A-Z]{1,6}$")
    form: str = "1"  # the version under config/forms/ that is sent
    old_enquiry_days: int = Field(default=14, ge=1)


class ReadingLimits(Section):
    """What one child process may use to read the files of one mail."""

    seconds: float = Field(default=60.0, gt=0)
    cpu_seconds: int = Field(default=40, ge=1)
    memory_mb: int = Field(default=1024, ge=256)
    pages: int = Field(default=40, ge=1)
    file_mb: int = Field(default=50, ge=1)
    unpacked_mb: int = Field(default=200, ge=1)


class Settings(Section):
    """Everything a team changes without touching code."""

    mode: Mode = "observe"
    folder: Path = Path("config")  # where the configuration came from
    clock_file: Path | None = None  # seconds to add to the time; for tests
    ring_every_seconds: float = Field(default=20.0, gt=0)  # how often the timetable is looked at
    service: Service = Service()
    mailbox: MailboxSettings
    sender: SenderSettings = SenderSettings()
    database: DatabaseSettings = DatabaseSettings()
    staff: StaffSettings = StaffSettings()
    meeting: MeetingSettings = MeetingSettings()
    referrals: ReferralSettings = ReferralSettings()
    reading: ReadingLimits = ReadingLimits()

    @property
    def form_folder(self) -> Path:
        return self.folder / "forms" / self.referrals.form


