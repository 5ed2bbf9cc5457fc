"""Everything a team can set, section by section. The words under a setting are its line in config/mailbot.toml and
the end of the advice "write ..." when it is wrong; a test keeps the file and this one alike."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from mailbot.settings.types import (
    Address,
    Addresses,
    Agencies,
    DatabaseUrl,
    Day,
    Host,
    Mode,
    Moment,
    Names,
    OptionalAddress,
    OptionalPath,
    Port,
    Tls,
    WallTime,
    Webhook,
    Zone,
)


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)


class Service(Section):
    """Who we are, in every letter."""

    name: str = Field(default="Hampshire Multi-Agency Stalking Intervention Project", min_length=1)
    """the full name of the service"""
    short_name: str = Field(default="HMASIP", min_length=1)
    """the name people use for it"""
    phone: str = "02382 310 844"
    """the telephone number people may ring"""
    phone_hours: str = "Monday to Friday, 9am to 5pm"
    """when somebody answers it"""


class Folders(Section):
    """Names of folders, as Outlook shows them; empty means: found by what the server says of it."""

    handled: str = Field(default="Handled", min_length=1)
    """the folder for mail that is finished, made if it is missing"""
    needs_a_person: str = Field(default="Needs a person", min_length=1)
    """the folder for mail that staff must look at, made if it is missing"""
    sent: str = ""
    """the folder of sent mail; empty: the one the server marks as Sent"""
    drafts: str = ""
    """the folder of drafts; empty: the one the server marks as Drafts"""
    junk: str = ""
    """the folder of junk mail; empty: the one the server marks as Junk"""


class MailboxSettings(Section):
    """The team mailbox, watched over IMAP."""

    address: Address
    """the e-mail address of the team mailbox"""
    host: Host = Field(min_length=1)
    """the name of the IMAP server"""
    port: Port = 993
    """the port number of the IMAP server, usually 993"""
    username: str = ""
    """the name to sign in with; empty: the address"""
    password: SecretStr = SecretStr("")
    """the password to sign in with, only ever in the environment"""
    tls: Tls = "tls"
    """how the connection is protected: tls, starttls or plain"""
    plain_allowed: bool = False
    """true to let the password cross the network unprotected; this machine itself needs no permission"""
    ca_file: OptionalPath = None
    """the path of a file with your own certificate authority, in PEM; empty: the machine's own list"""
    authserv_id: str = ""
    """the name your own mail server writes first in Authentication-Results; empty: no sender counts as proven"""
    start_from: Moment
    """the moment from which mail is answered, for example start_from = 2026-11-23T09:00:00Z; older mail never is"""
    aliases: Addresses = ()
    """other addresses whose mail arrives in this mailbox"""
    own_lists: Names = ()
    """lists whose mail is written to you by people, by their address or List-Id, such as a group that passes mail on"""
    watch: Names = ()
    """the folders to read; empty: all but Sent, Drafts, Deleted and mailbot's own"""
    file_finished: bool = True
    """true to move mail into the folders below once it is finished; false: nothing is moved"""
    file_every_seconds: float = Field(default=5.0, gt=0)
    """how many seconds to gather finished mail before it is moved in one go"""
    look_every_seconds: float = Field(default=60.0, gt=0, le=60)
    """how many seconds between looks at each folder the server does not announce changes of"""
    renew_idle_seconds: float = Field(default=240.0, gt=0, le=300)
    """how many seconds until waiting for new mail (IMAP IDLE) is renewed, before a firewall forgets the connection"""
    largest_mail_mb: int = Field(default=60, ge=1)
    """how large a mail may be, in MB, before it is left to a person unread"""
    folders: Folders = Folders()

    @property
    def login(self) -> str:
        return self.username or self.address


class SenderSettings(Section):
    """The SMTP server letters leave by."""

    host: Host = ""
    """the name of the SMTP server; needed in mode send"""
    port: Port = 587
    """the port number of the SMTP server, usually 587 with starttls and 465 with tls"""
    username: str = ""
    """the name to sign in with; empty: the mailbox's own; "-": do not sign in"""
    password: SecretStr = SecretStr("")
    """the password to sign in with, only ever in the environment; not set: the mailbox's own"""
    tls: Tls = "starttls"
    """how the connection is protected: tls, starttls or plain"""
    plain_allowed: bool = False
    """true to let the password and letters cross the network unprotected; this machine itself needs no permission"""
    ca_file: OptionalPath = None
    """the path of a file with your own certificate authority, in PEM; empty: the machine's own list"""
    keeps_sent_copies: bool = False
    """true if the server puts what it sends into Sent itself, as Microsoft 365 does"""
    letters_per_minute: int = Field(default=30, ge=0)
    """how many letters may leave in any minute before the others wait, as Microsoft 365 takes; 0: not paced"""
    letters_per_hour: int = Field(default=200, ge=0)
    """how many letters may leave in an hour before sending waits; 0: no brake"""
    forms_per_address_per_day: int = Field(default=2, ge=0)
    """how many blank forms an address may get in 24 hours; 0: no limit"""
    acknowledge_rights: bool = False
    """true to acknowledge subject access, data requests, solicitors, press and freedom of information by themselves"""
    answer_timeout_seconds: float = Field(default=600.0, gt=0)
    """how many seconds to wait for the server's answer to a whole letter; RFC 5321 asks for ten minutes"""
    in_doubt_grace_seconds: float = Field(default=300.0, ge=0)
    """how many seconds a letter without an answer has to appear in Sent before it counts as not sent"""


class DatabaseSettings(Section):
    """Where everything is kept."""

    url: DatabaseUrl = Field(default="sqlite:///var/mailbot.db", repr=False)
    """the address of the database; one with a password belongs in the environment"""


class StaffSettings(Section):
    """Who gets the digest and what needs a person."""

    addresses: Addresses = ()
    """the e-mail addresses of staff, who get the digest and whose decisions count; needed in modes drafts and send"""
    information_governance: Addresses = ()
    """who is told too of subject access, data requests of police, solicitors, and details that came to us by mistake"""
    remind_after_hours: float = Field(default=24.0, gt=0)
    """how many hours something may wait for a person before staff are reminded"""
    lead: OptionalAddress = ""
    """which of these addresses decides who sees a restricted referral; empty: any of them, none seeing it till then"""
    agencies: Agencies = ()
    """which address or domain is which agency's, such as ["police.example: Police"]; any can be kept from one"""
    names: Names = ()
    """the names of colleagues, such as ["Ann Example"]; a form about one of them is restricted"""
    rows: Addresses = ()
    """the addresses of those staff who also want the review list as rows, in a spreadsheet"""

    def agency_of(self, address: str) -> str:
        """The agency of a member of staff: by the address, else by its domain or the domain it lies within."""
        pairs = (entry.partition(":") for entry in self.agencies)
        found = {whose.strip().lower(): agency.strip() for whose, _, agency in pairs}
        domain = address.lower().rpartition("@")[2]
        within = [whose for whose in found if domain == whose or domain.endswith(f".{whose}")]
        return found.get(address.lower()) or found.get(max(within, key=len, default=""), "")

    @property
    def everybody(self) -> frozenset[str]:
        """All who get letters to staff, in lower case."""
        return frozenset(one.lower() for one in (*self.addresses, *self.information_governance))


class MeetingSettings(Section):
    """The weekly meeting, in wall time of the timezone."""

    day: Day = "Wednesday"
    """the day of the meeting, Monday to Sunday"""
    time: WallTime = dt.time(10, 0)
    """the time of the meeting, such as 10:00 in quotes"""
    place: str = "Meeting room 1"
    """where it meets, as the invitation says it"""
    dial_in: str = ""
    """how to join from elsewhere, such as a telephone number or a Teams link; empty: not offered"""
    length_minutes: int = Field(default=60, ge=5, le=600)
    """how many minutes an invitation is for, where nobody has a slot of their own"""
    slot_minutes: int = Field(default=0, ge=0, le=240)
    """how many minutes of the meeting a referrer who attends is invited for, one after the other; 0: all of it"""
    cut_off_day: Day = "Tuesday"
    """the day until which a referral comes to this week's meeting"""
    cut_off_time: WallTime = dt.time(12, 0)
    """the time of the cut-off, such as 12:00 in quotes"""
    digest_day: Day = "Tuesday"
    """the day the digest goes to staff, after the cut-off and before the meeting"""
    digest_time: WallTime = dt.time(13, 0)
    """the time of the digest, such as 13:00 in quotes"""
    reminder_hours: int = Field(default=24, ge=0)
    """how many hours before the cut-off a referrer is reminded, once, of what was asked; 0: never"""
    bank_holiday_notice_days: int = Field(default=10, ge=7)
    """how many days before a meeting on a bank holiday staff are asked whether to skip, move or keep it; 7 or more"""
    timezone: Zone = "Europe/London"
    """the time zone of these times, such as Europe/London"""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class ReferralSettings(Section):
    """References and the form that is sent."""

    prefix: str = Field(default="HM", pattern=r"^[A-Z]{1,6}$")
    """one to six capital letters, the start of every reference"""
    form: str = Field(default="1", pattern=r"^[\w-][\w.-]*$")
    """the version under config/forms/ that is sent"""
    also_secure: Names = ()
    """domains that count as secure beside those of secure-domains.toml, for trying things out"""
    old_enquiry_days: int = Field(default=14, ge=1)
    """how many days until a form that was asked for and never came back counts as old"""


class ReadingLimits(Section):
    """What one child process may use to read the files of one mail."""

    seconds: float = Field(default=60.0, gt=0)
    """how many seconds it may take"""
    cpu_seconds: int = Field(default=40, ge=1)
    """how many seconds of processor time it may use"""
    memory_mb: int = Field(default=1024, ge=256)
    """how much memory it may use, in MB"""
    pages: int = Field(default=40, ge=1)
    """how many pages are read"""
    megapixels: int = Field(default=60, ge=1)
    """how many million pixels a photo or a scanned page may have"""
    file_mb: int = Field(default=50, ge=1)
    """how large a file may be, in MB"""
    unpacked_mb: int = Field(default=200, ge=1)
    """how large the files of a mail may be when unpacked, in MB"""
    files: int = Field(default=100, ge=1)
    """how many files may be packed in one"""
    depth: int = Field(default=3, ge=1)
    """how many containers may be packed in one another, such as a zip in an attached mail"""


class AlarmSettings(Section):
    """Where alarms go: by another road than the mailbox and the server they speak of."""

    addresses: Addresses = ()
    """the e-mail addresses that alarms go to, best ones that do not need the team's server; empty: all staff"""
    host: Host = ""
    """the name of a second SMTP server for alarms alone; empty: none"""
    port: Port = 587
    """the port number of that server, usually 587 with starttls and 465 with tls"""
    sender: OptionalAddress = ""
    """the address that alarms come from, as the second server allows it; needed with host"""
    username: str = ""
    """the name to sign in to it with; empty: do not sign in"""
    password: SecretStr = SecretStr("")
    """the password to sign in to it with, only ever in the environment"""
    tls: Tls = "starttls"
    """how the connection is protected: tls, starttls or plain"""
    plain_allowed: bool = False
    """true to let the password and alarms cross the network unprotected; this machine itself needs no permission"""
    ca_file: OptionalPath = None
    """the path of a file with that server's certificate authority, in PEM; empty: the machine's own list"""
    webhook: Webhook = SecretStr("")
    """the https address that alarms are posted to, as of a Teams or Slack channel, only ever in the environment"""
    after_minutes: float = Field(default=15.0, gt=0)
    """how many minutes something may fail before it is an alarm; a refused sign-in is one at once"""
    repeat_hours: float = Field(default=24.0, gt=0)
    """how many hours until an alarm that lasts is told again"""
    waiting_minutes: float = Field(default=60.0, gt=0)
    """how many minutes a mail that was kept may wait to be handled before that is an alarm"""
    canary_hours: float = Field(default=6.0, ge=0)
    """how many hours between letters to ourselves that prove the whole road, in mode send; 0: none"""
    canary_minutes: float = Field(default=30.0, gt=0)
    """how many minutes such a letter may take before its absence is an alarm"""
    silence_hours: float = Field(default=96.0, ge=0)
    """how many hours without any mail at all are an alarm; 0: none"""


class HealthSettings(Section):
    """Whether mailbot is well, for programs that ask: /healthz, and /livez."""

    host: str = Field(default="127.0.0.1", min_length=1)
    """the address to listen on; 127.0.0.1 is this machine alone"""
    port: int = Field(default=0, ge=0, le=65535)
    """the port number to listen on, such as 8025; 0: nobody can ask"""


class Settings(Section):
    """Everything a team changes without touching code."""

    mode: Mode = "observe"
    """observe (says what it would do), drafts (writes letters into Drafts for a person to send) or send"""
    folder: Path = Path("config")  # where the configuration came from; not a setting
    clock_file: OptionalPath = None
    """the path of a file holding seconds to add to the time, for trying things out; empty: the machine's time"""
    ring_every_seconds: float = Field(default=20.0, gt=0)
    """how many seconds between looks at the timetable"""
    service: Service = Service()
    mailbox: MailboxSettings
    sender: SenderSettings = SenderSettings()
    database: DatabaseSettings = DatabaseSettings()
    staff: StaffSettings = StaffSettings()
    meeting: MeetingSettings = MeetingSettings()
    referrals: ReferralSettings = ReferralSettings()
    reading: ReadingLimits = ReadingLimits()
    alarms: AlarmSettings = AlarmSettings()
    health: HealthSettings = HealthSettings()

    @property
    def form_folder(self) -> Path:
        return self.folder / "forms" / self.referrals.form

    @property
    def own_names(self) -> tuple[str, ...]:
        """What mail programs call us above a letter of ours that they quote."""
        return self.mailbox.address, *self.mailbox.aliases, self.service.name
