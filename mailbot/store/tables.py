"""The tables, as SQLAlchemy sees them; migrations/ makes them and a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from mailbot.store import waiting

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """An aware moment, kept in UTC: SQLite has no zones, PostgreSQL gives the session's."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a timezone cannot be kept")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def _id() -> Column[Any]:
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def _ref(name: str, table: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, ForeignKey(f"{table}.id"), nullable=nullable, index=True)


#: What arrived: one row for each message of each folder, for ever.
mail = Table(
    "mail",
    metadata,
    _id(),
    Column("mailbox", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("came_at", Utc, nullable=False),
    Column("kept_at", Utc, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, index=True),
    Column("strikes", Integer, nullable=False, default=0),
    Column("lease_owner", Text),
    Column("lease_until", Utc),
    Column("kind", Text),
    Column("why", JSON),
    Column("message_id", Text, index=True),
    Column("content", Text),  # hash of the new words and attachments, beside the Message-ID the sign of a repeat
    Column("sender", Text),
    Column("subject", Text),
    Column("handled_at", Utc),
    Column("filed_at", Utc),
    Column("error", Text),
    UniqueConstraint("mailbox", "folder", "uidvalidity", "uid"),
    Index(None, "state", "id"),
    waiting.index("ix_mail_new", "state = 'new'"),
    waiting.index("ix_mail_reading", "state = 'reading'"),
    waiting.index("ix_mail_ready", "state = 'ready'"),
    waiting.index("ix_mail_unfiled", "filed_at IS NULL AND state NOT IN ('before_us', 'gone')", "folder"),
)

#: The bytes of a mail, apart: a row that changes is written anew as a whole.
raw = Table(
    "raw",
    metadata,
    Column("mail_id", ForeignKey("mail.id"), primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

#: How far each folder has been looked at.
folder = Table(
    "folder",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("next_uid", BigInteger, nullable=False),
)

#: Mails that staff have answered by hand, by the Message-ID their answer replies to.
hand_reply = Table(
    "hand_reply",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("seen_at", Utc, nullable=False),
)

#: What the files of a mail were read as.
reading = Table(
    "reading",
    metadata,
    Column("mail_id", ForeignKey("mail.id"), primary_key=True),
    Column("readings", JSON, nullable=False),
    Column("read_at", Utc, nullable=False),
)

#: One person referred, once.
referral = Table(
    "referral",
    metadata,
    _id(),
    Column("reference", Text, nullable=False, unique=True),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("received_at", Utc, nullable=False),
    Column("meeting", Date, nullable=False, index=True),
    Column("missed_cut_off", Boolean, nullable=False, default=False),
    Column("form_version", Text),
    Column("referrer", Text),
    Column("confirmed_by", Text),  # who or what confirmed the referrer's address
    Column("sender", Text),
    Column("their_reference", Text, nullable=False, default=""),
    Column("waiting_since", Utc),
    Column("until", Date),
    Column("former", JSON(none_as_null=True)),  # addresses that were its referrer's: they are told nothing more
    Column("only_for", JSON(none_as_null=True)),  # restricted: the agencies and staff who may see it; none yet: []
    Column("not_for", JSON(none_as_null=True)),  # the agencies and staff it is kept from
    UniqueConstraint("year", "number"),
)

#: A field's value with where it was found, how sure, and who confirmed it; each version is kept.
answer = Table(
    "answer",
    metadata,
    _id(),
    _ref("referral_id", "referral", nullable=False),
    Column("version", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("value", JSON),
    Column("raw", Text, nullable=False),
    Column("confidence", Integer, nullable=False),  # in thousandths, so that both engines give back what was put in
    Column("found", JSON),
    Column("remark", Text),
    Column("candidates", JSON, nullable=False),
    Column("crop", Text),  # a picture of what must be checked, as a PNG in base64
    Column("confirmed_by", Text),
    UniqueConstraint("referral_id", "version", "key"),
)

#: Referrals about one person, the newer one first: for staff alone.
link = Table(
    "link",
    metadata,
    Column("referral_id", ForeignKey("referral.id"), primary_key=True),
    Column("other_id", ForeignKey("referral.id"), primary_key=True, index=True),
    Column("why", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("undone_by", Text),
)

mail_referral = Table(
    "mail_referral",
    metadata,
    Column("mail_id", ForeignKey("mail.id"), primary_key=True),
    Column("referral_id", ForeignKey("referral.id"), primary_key=True, index=True),
)

#: A form asked for; `referral_id` once it came back.
enquiry = Table(
    "enquiry",
    metadata,
    _id(),
    _ref("mail_id", "mail", nullable=False),
    Column("address", Text, nullable=False, index=True),
    Column("asked_at", Utc, nullable=False),
    _ref("referral_id", "referral"),
    Column("closed_at", Utc),
)

#: The outbox: what we send. The skeleton and the attachments' hashes make the same bytes again.
letter = Table(
    "letter",
    metadata,
    _id(),
    Column("cause", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("message_id", Text, nullable=False, index=True),
    _ref("mail_id", "mail"),
    _ref("referral_id", "referral"),
    Column("written_at", Utc, nullable=False),
    Column("next_try_at", Utc, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("lease_owner", Text),
    Column("lease_until", Utc),
    Column("doubt_since", Utc),
    Column("tried_in_doubt", Integer, nullable=False, default=0),
    Column("sent_at", Utc),
    Column("copy", Text),  # of a sent letter that we put into Sent ourselves: due, done
    Column("note", Text),
    Column("attachments", JSON, nullable=False),
    Column("skeleton", LargeBinary, nullable=False),
    UniqueConstraint("cause", "name", "recipient"),
    Index(None, "state", "next_try_at"),
    Index(None, "recipient", "name", "written_at"),
    Index(None, "sent_at"),
    waiting.index("ix_letter_ready", "state = 'ready'"),
    waiting.index("ix_letter_copy_due", "copy = 'due'"),
)

#: The words that prove answers to letters to staff, one for each letter and recipient.
code = Table(
    "code",
    metadata,
    Column("code", Text, primary_key=True),
    _ref("letter_id", "letter", nullable=False),
    Column("recipient", Text, nullable=False),
)

#: Attachments of letters, once each, by hash.
blob = Table("blob", metadata, Column("sha256", Text, primary_key=True), Column("data", LargeBinary, nullable=False))

#: Meetings that staff were asked about, by the day they would have been on, and what they decided.
meeting = Table(
    "meeting",
    metadata,
    Column("day", Date, primary_key=True),
    _ref("need_id", "need"),
    Column("decision", Text),  # skip, move or keep
    Column("held_on", Date),
    Column("decided_by", Text),
    Column("decided_at", Utc),
    Column("present", Text),  # who was there, with role and agency
)

#: Who is invited to the meeting about a referral, and what they answered. One row an event of their calendar; what
#: was cancelled, or has been, stays as it was.
invitation = Table(
    "invitation",
    metadata,
    _id(),
    _ref("referral_id", "referral", nullable=False),
    Column("recipient", Text, nullable=False),
    Column("uid", Text, nullable=False, unique=True),
    Column("sequence", Integer, nullable=False),
    Column("state", Text, nullable=False, index=True),  # invited or cancelled
    Column("day", Date, nullable=False, index=True),  # of the meeting
    Column("slot", Integer),  # minutes after the meeting's start; null: the whole meeting
    Column("starts_at", Utc, nullable=False),
    Column("ends_at", Utc, nullable=False),
    Column("place", Text, nullable=False),
    Column("how", Text, nullable=False),  # in_person or phone_video, as the form or a person says
    Column("invited_by", Text),  # a person; null: because the form asks for it
    Column("answer", Text, nullable=False),  # no_answer, accepted, declined or tentative
    Column("answered_at", Utc),
    Column("answered_by", Text),  # the address that answered, or the member of staff who was told
    Column("comment", Text),
    _ref("mail_id", "mail"),  # that brought the answer
)

#: What staff must look at.
need = Table(
    "need",
    metadata,
    _id(),
    Column("why", Text, nullable=False),
    Column("words", Text, nullable=False),
    _ref("mail_id", "mail"),
    _ref("letter_id", "letter"),
    _ref("referral_id", "referral"),
    Column("opened_at", Utc, nullable=False),
    Column("reminded_at", Utc),
    Column("closed_at", Utc, index=True),
    Column("closed_by", Text),
    Column("action", Text),
    Column("proposed", JSON(none_as_null=True)),  # answers by key, as they were written, for a person to take over
)

#: What the meeting recorded; the letter once a person approved its exact text.
outcome = Table(
    "outcome",
    metadata,
    _id(),
    _ref("referral_id", "referral", nullable=False),
    Column("outcome", Text, nullable=False),
    Column("recorded", JSON, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", Utc, nullable=False),
    Column("approved_by", Text),
    Column("approved_at", Utc),
    Column("taken_back_by", Text),
    Column("corrects", Integer),  # the outcome that was told and is wrong; both are kept
    Column("seen", JSON),  # by whom its letter was seen, and which text of it
    _ref("letter_id", "letter"),
)

#: Everything that happened, append-only; `detail` never holds personal data.
event = Table(
    "event",
    metadata,
    _id(),
    Column("at", Utc, nullable=False),
    Column("actor", Text, nullable=False),
    Column("what", Text, nullable=False),
    _ref("mail_id", "mail"),
    _ref("letter_id", "letter"),
    _ref("referral_id", "referral"),
    Column("detail", JSON, nullable=False),
)

#: The chain of seals over the events: `hash` is of one event and of the seal before. Append-only, like `event`.
seal = Table(
    "seal",
    metadata,
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", BigInteger, nullable=False),  # no foreign key: a removed event must be seen
    Column("hash", Text, nullable=False),
    UniqueConstraint("event_id"),
)

#: One row for each time a job was due and done: whoever inserts it does the job.
slot = Table(
    "slot",
    metadata,
    Column("job", Text, primary_key=True),
    Column("slot", Text, primary_key=True),
    Column("claimed_at", Utc, nullable=False),
)

#: Who may do what only one may: watch a mailbox.
lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until", Utc, nullable=False),
)

#: Switches such as `paused`, and moments such as the first start.
flag = Table(
    "flag",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("set_at", Utc, nullable=False),
)
