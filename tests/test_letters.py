"""Every letter as its reader gets it, and as the outbox keeps it."""

from __future__ import annotations

import base64
import email
import email.policy
import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.errors import UserError
from mailbot.letters import (
    LETTERS,
    TO_STAFF,
    Attachment,
    DigestFacts,
    Facts,
    FormFacts,
    Letter,
    Letters,
    NeedsAPersonFacts,
    OutcomeFacts,
    QuestionFacts,
    ReceiptFacts,
    Received,
    Thread,
    assemble,
    encode,
)
from mailbot.letters.samples import samples
from mailbot.meeting import meeting_on
from mailbot.settings import MailboxSettings, MeetingSettings, Service, Settings

CONFIG = Path(__file__).parents[1] / "config"
NOW = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)
TO = "a.example@cmht.example"
OUTCOME = OutcomeFacts("HM-2026-0042", date(2026, 11, 25), "It is persistent.", lead="Dr A", by="1 December")


def our_settings(**changes: Any) -> Settings:
    mailbox = MailboxSettings(address="referrals@hmasip.example", host="imap.example", start_from=NOW)
    return Settings(folder=CONFIG, mailbox=mailbox).model_copy(update=changes)


SETTINGS = our_settings()
LETTERS_HERE = Letters(SETTINGS)
MEETING = meeting_on(date(2026, 11, 25), SETTINGS.meeting)
PDF = Attachment("referral-form.pdf", "application/pdf", b"%PDF-" + bytes(range(256)) * 20)
TEXT = Attachment("referral-form.txt", "text/plain", "Name: …\r\n".encode() * 3)


def write(name: str, facts: Facts, **changes: Any) -> Letter:
    given: dict[str, Any] = {"cause": "mail:7", "now": NOW, **changes}
    return LETTERS_HERE.write(name, given.pop("to", TO), facts, **given)


def parsed(letter: Letter) -> EmailMessage:
    message = email.message_from_bytes(letter.raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(letter: Letter) -> str:
    return part(letter, "plain")


def part(letter: Letter, kind: str) -> str:
    body = parsed(letter).get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def seen(html: str) -> str:
    """What a reader sees of HTML, its words only."""
    visible = re.sub(r"<title>.*?</title>|<style>.*?</style>", "", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", visible)).split())


def words_of(text: str) -> str:
    """The same of plain text: without the markers of lists."""
    return " ".join(re.sub(r"^ *(- |\d+\. )", "", text, flags=re.MULTILINE).split())


def receipt(**changes: Any) -> ReceiptFacts:
    return ReceiptFacts((replace(Received("HM-2026-0042", "", MEETING), **changes),))


# The message


@pytest.mark.parametrize(("name", "facts"), list(samples(SETTINGS.meeting)))
def test_every_letter_is_a_sound_message(name: str, facts: Facts) -> None:
    letter = write(name, facts, attachments=(PDF, TEXT), thread=Thread("<b@cmht.example>", ("<a@cmht.example>",)))
    message = parsed(letter)

    assert all(byte < 128 for byte in letter.raw)
    assert all(len(line) <= 100 for line in letter.raw.split(b"\r\n"))
    assert b"\n" not in letter.raw.replace(b"\r\n", b"")
    assert not message.defects
    assert not [defect for inner in message.walk() for defect in inner.defects]
    assert message["Subject"] == letter.subject
    assert message["To"] == TO
    assert message["Content-Language"] == "en-GB"
    assert [inner.get_content_type() for inner in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf", "text/plain",
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "facts"), list(samples(SETTINGS.meeting)))
def test_text_and_html_say_the_same(name: str, facts: Facts) -> None:
    letter = write(name, facts)

    assert seen(part(letter, "html")) == words_of(text_of(letter))


@pytest.mark.parametrize("name", sorted(LETTERS.keys() - TO_STAFF))
def test_every_letter_to_a_referrer_has_999_the_phone_line_and_who_we_are(name: str) -> None:
    for sample, facts in samples(SETTINGS.meeting):
        if sample == name:
            text = text_of(write(name, facts))

            assert "If anyone is in immediate danger, call 999." in text
            assert "02382 310 844, Monday to Friday, 9am to 5pm" in text
            assert "Hampshire Multi-Agency Stalking Intervention Project (HMASIP)" in text
            assert "What happens next" in text


@pytest.mark.parametrize(("name", "facts"), list(samples(SETTINGS.meeting)))
def test_the_words_are_those_of_the_domain(name: str, facts: Facts) -> None:
    text = text_of(write(name, facts)).lower()

    assert not re.search(r"stalker|perpetrator|victim|click here|please note|e-mail", text)
    assert not re.search(r"\b\d{1,2}:\d\d\b|\b12pm\b|\b0[1-9] [a-z]+ 20\d\d|none\b(?!\))", text)
    assert "  -" not in text
    assert "\n\n\n" not in text


def test_the_form_letter_whole() -> None:
    """The head of a letter, line by line: what mail servers and other programs read."""
    letter = write("form", FormFacts(), thread=Thread("<b@cmht.example>", ("<a@cmht.example>",)))
    head = letter.raw.partition(b"\r\n\r\n")[0].decode().replace("\r\n", "\n")

    assert head == (
        'From: "Hampshire Multi-Agency Stalking Intervention Project team"\n'
        " <referrals@hmasip.example>\n"
        "To: a.example@cmht.example\n"
        "Subject: Referral form: Hampshire Multi-Agency Stalking Intervention Project\n"
        " (HMASIP)\n"
        "Date: Mon, 23 Nov 2026 09:14:00 +0000\n"
        "Message-ID: <d97e9e238024a847c0dba84494950bcc@hmasip.example>\n"
        "In-Reply-To: <b@cmht.example>\n"
        "References: <a@cmht.example>\n"
        " <b@cmht.example>\n"
        "Auto-Submitted: auto-replied\n"
        "X-Auto-Response-Suppress: DR, RN, NRN, AutoReply, OOF\n"
        "X-Mailbot-Letter: form; 23c683604000dac6\n"
        "Content-Language: en-GB\n"
        "MIME-Version: 1.0\n"
        "Content-Type: multipart/alternative;\n"
        ' boundary="=_alternative_d97e9e238024a847c0dba84494950bcc"'
    )


def test_the_same_arguments_give_the_same_bytes_and_another_cause_another_letter() -> None:
    first, again = (Letters(SETTINGS).write("form", TO, FormFacts(), cause="m", now=NOW) for _ in range(2))
    others = [
        write("form", FormFacts(), cause="n"),
        write("form", FormFacts(), cause="m", to="b@cmht.example"),
        write("question", QuestionFacts(), cause="m"),
    ]

    assert first == again
    assert first.raw == again.raw
    assert len({letter.message_id for letter in (first, *others)}) == 4


def test_what_answers_by_itself_says_so_and_lets_bounces_come_back() -> None:
    heads = {name: parsed(write(name, facts)) for name, facts in samples(SETTINGS.meeting)}

    assert {name for name, head in heads.items() if head["Auto-Submitted"] == "auto-replied"} == {
        "form", "receipt", "question", "neutral", "holding", "cannot-open", "added", "status", "decision-check",
    }  # fmt: skip
    assert {name for name, head in heads.items() if "OOF" in head["X-Auto-Response-Suppress"]} == {
        "form",
        "receipt",
    }
    for head in heads.values():
        suppressed = head["X-Auto-Response-Suppress"].split(", ")
        assert suppressed[:4] == ["DR", "RN", "NRN", "AutoReply"]
        assert not {"NDR", "All"} & set(suppressed)


def test_a_long_thread_keeps_its_last_ids_and_drops_what_is_no_id() -> None:
    ids = tuple(f"<{number}@cmht.example>" for number in range(50))
    thread = Thread("last@cmht.example", (*ids, "<a\r\nBcc: x@y.example>", "", "<two words>", "<é@x.example>"))
    message = parsed(write("form", FormFacts(), thread=thread))

    assert message["References"].split() == [*ids[-19:], "<last@cmht.example>"]
    assert message["In-Reply-To"] == "<last@cmht.example>"
    assert "Bcc" not in message


def test_a_mail_without_a_message_id_is_answered_without_a_thread() -> None:
    message = parsed(write("form", FormFacts(), thread=Thread("")))

    assert "In-Reply-To" not in message
    assert "References" not in message


# Attachments


def test_attachments_arrive_as_they_are_and_are_kept_apart() -> None:
    letter = write("form", FormFacts(), attachments=(PDF, TEXT))
    files = list(parsed(letter).iter_attachments())

    assert [file.get_filename() for file in files] == ["referral-form.pdf", "referral-form.txt"]
    assert [file.get_payload(decode=True) for file in files] == [PDF.data, TEXT.data]
    assert PDF.encoded not in letter.skeleton
    assert {PDF.sha256.encode(), TEXT.sha256.encode()} <= set(letter.skeleton.split())
    assert assemble(letter.skeleton, {PDF.sha256: PDF.encoded, TEXT.sha256: TEXT.encoded}.__getitem__) == letter.raw


def test_a_fact_that_looks_like_a_marker_stays_a_fact() -> None:
    marker = f"=_attachment {'0' * 64}"
    letter = write("outcome-decline", replace(OUTCOME, reason=f"a\n{marker}\nb"), attachments=(PDF,))

    assert marker in text_of(letter)


@pytest.mark.parametrize("name", ["a\r\nb.pdf", 'a".pdf', "../a.pdf", "", ".pdf", "é.pdf", "a" * 200])
def test_an_attachment_has_a_plain_name(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        Attachment(name, "application/pdf", b"")


def test_an_attachment_has_a_plain_type() -> None:
    with pytest.raises(ValueError, match="media type"):
        Attachment("a.pdf", "application/pdf\r\nX: y", b"")


@given(st.binary(max_size=1000))
def test_encoding_is_base64_in_short_lines(data: bytes) -> None:
    encoded = encode(data)

    assert base64.b64decode(encoded) == data
    assert all(0 < len(line) <= 76 for line in encoded.split(b"\r\n") if data)


# Hostile facts

HOSTILE = "*a* _b_ **c** <d> [e](https://f.example) `g` # h\n# i\n- j\n1. k\n\n    l & m &amp; \\ ![n](o) | ~ <https://p.example>"


def test_a_fact_can_neither_format_nor_link() -> None:
    letter = write("outcome-decline", replace(OUTCOME, reason=HOSTILE))
    html = part(letter, "html").partition("<main>")[2]

    assert "*a* _b_ **c** <d> [e](https://f.example) `g` # h\n# i\n- j\n1. k\n" in text_of(letter)
    assert "l & m &amp; \\ ![n](o) | ~ <https://p.example>\n" in text_of(letter)
    assert set(re.findall(r"<(\w+)", html)) == {"p", "strong", "h2", "ul", "li", "br"}
    assert html.count("<strong>") == 1


@given(st.text(max_size=200))
def test_any_fact_is_shown_as_it_is(fact: str) -> None:
    words = LETTERS_HERE.words("outcome-decline", replace(OUTCOME, reason=f"begin:{fact}:end"))
    without = LETTERS_HERE.words("outcome-decline", replace(OUTCOME, reason="x"))
    shown = words.text.partition("begin:")[2].rpartition(":end\n\nWhat happens next")[0]

    assert [char for char in shown if char.isalnum()] == [char for char in fact if char.isalnum()]
    assert tags(words.html) == tags(without.html)


def tags(html: str) -> list[str]:
    return [tag for tag in re.findall(r"<\w+", html.partition("<h2>Why")[2]) if tag != "<br"]


@pytest.mark.parametrize("text", ["HM-1\r\nBcc: x@y.example", "HM-1\nx", "HM-1\r", "\x00", "HM\u202e1"])
def test_no_fact_breaks_out_of_the_subject(text: str) -> None:
    with pytest.raises(ValueError, match="line"):
        write("outcome-decline", replace(OUTCOME, reference=text))


@pytest.mark.parametrize(
    "to",
    ["", "a", "a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "A <a@b.example>", "a b@c.example",
     "é@b.example", "a@b.example ", "@b.example", "a@", f"{'a' * 250}@b.example"],
)  # fmt: skip
def test_a_letter_goes_to_one_plain_address_and_the_error_does_not_repeat_it(to: str) -> None:
    with pytest.raises(ValueError, match="not one plain e-mail address") as error:
        write("form", FormFacts(), to=to)

    assert "example" not in str(error.value)


def test_a_service_name_is_quoted_or_encoded_and_stays_on_its_line() -> None:
    for name in ('The "Best", Team', "Gwasanaeth Tŷ"):
        letters = Letters(our_settings(service=Service(name=name)))
        message = email.message_from_bytes(
            letters.write("form", TO, FormFacts(), cause="m", now=NOW).raw, policy=email.policy.default
        )
        assert message["From"].addresses[0].display_name == f"{name} team"
        assert message["From"].addresses[0].addr_spec == "referrals@hmasip.example"
        assert message["Subject"] == f"Referral form: {name} (HMASIP)"
    with pytest.raises(ValueError, match="line"):
        Letters(our_settings(service=Service(name="A\nB"))).write("question", TO, QuestionFacts(), cause="m", now=NOW)


def test_half_characters_from_a_mail_do_not_stop_a_letter() -> None:
    facts = NeedsAPersonFacts(12, "It cannot be read.", think="Subject \udce9\x00 odd")

    assert "Subject ?  odd" in text_of(write("needs-a-person", facts))


def test_a_letter_is_written_from_its_own_facts() -> None:
    with pytest.raises(TypeError, match="ReceiptFacts"):
        write("receipt", FormFacts())


# What the letters say


def test_the_form_letter_says_how_to_send_it_back() -> None:
    text = text_of(write("form", FormFacts(), attachments=(PDF, TEXT)))

    for words in ("- PDF: referral-form.pdf", "- Plain text: referral-form.txt", "35MB", "secure work address",
                  "weekly meeting, on Wednesdays at 10am", "not a referral yet", "forward this email"):  # fmt: skip
        assert words in text


def test_a_form_asked_for_from_a_personal_address_comes_back_from_a_secure_one() -> None:
    assert "seems to come from a personal address" in text_of(write("form", FormFacts(personal_address=True)))
    assert "seems to come from a personal address" not in text_of(write("form", FormFacts()))


def test_where_somebody_is_in_danger_999_comes_first() -> None:
    text = text_of(write("form", FormFacts(urgent=True)))

    assert text.startswith(
        "If anyone is in immediate danger, call 999. If it is not an emergency, call the police on 101."
    )
    assert "This mailbox is not watched all the time." in text


def test_a_receipt_gives_reference_meeting_and_how_to_attend() -> None:
    letters = Letters(our_settings(meeting=MeetingSettings(place="Room 4", dial_in="01632 960123, code 11")))
    text = text_of(letters.write("receipt", TO, receipt(), cause="m", now=NOW))

    for words in ("HM-2026-0042", "Meeting: Wednesday 25 November 2026 at 10am", "Place: Room 4",
                  "To dial in: 01632 960123, code 11", "You do not need to send anything more."):  # fmt: skip
        assert words in text
    assert "Your reference" not in text


def test_a_receipt_asks_what_is_missing_in_the_forms_own_words_by_the_cut_off() -> None:
    facts = receipt(
        their_reference="CMHT/1",
        missing=("Home postcode", "Who holds the case now?"),
        unclear=("Date of birth",),
    )
    text = text_of(write("receipt", facts, attachments=(PDF,)))

    for words in ("Your reference: CMHT/1", "- Home postcode\n- Who holds the case now?\n", "- Date of birth\n",
                  "by Tuesday 24 November 2026 at midday", "goes to the meeting either way",
                  "quote HM-2026-0042", "A blank form is attached"):  # fmt: skip
        assert words in text
    assert "A blank form" not in text_of(write("receipt", facts))


def test_one_receipt_lists_each_reference() -> None:
    two = ReceiptFacts((Received("HM-2026-0042", "", MEETING), Received("HM-2026-0043", "", MEETING)))
    letter = write("receipt", two)

    assert letter.subject == "Referrals HM-2026-0042 and HM-2026-0043 received"
    assert "We have received 2 referrals from you." in text_of(letter)


def test_a_late_referral_is_told_which_meeting_it_is_for() -> None:
    assert "after the cut-off" in text_of(write("receipt", receipt(missed_cut_off=True)))
    assert "after the cut-off" not in text_of(write("receipt", receipt()))


def test_a_digest_with_nothing_new_says_so() -> None:
    letter = write("digest", DigestFacts(MEETING, form_version="1", mails=41, accounted_for=41))

    assert letter.subject == "Review list for Wednesday 25 November 2026: 0 new referrals"
    assert "- 0 new referrals\n" in text_of(letter)
    assert "- 41 mails, 41 accounted for\n" in text_of(letter)
    assert "late" not in text_of(letter)


def test_a_late_digest_says_so() -> None:
    late = DigestFacts(MEETING, form_version="1", mails=0, accounted_for=0, late=True)

    assert "This review list is late. It was due on Tuesday 24 November 2026 at 1pm." in text_of(write("digest", late))
    assert "has passed" in text_of(write("digest", replace(late, meeting_passed=True)))


def test_what_needs_a_person_has_its_commands_and_a_reminder_its_age() -> None:
    facts = next(facts for name, facts in samples(SETTINGS.meeting) if name == "needs-a-person")
    assert isinstance(facts, NeedsAPersonFacts)
    letter = write("needs-a-person", facts)
    reminder = write("needs-a-person", replace(facts, reminder=True, age=timedelta(hours=25)))

    assert "\n  send-form\n" in text_of(letter)
    assert "mailbot do 12 send-form" in text_of(letter)
    assert letter.subject == "Needs a person: item 12"
    assert reminder.subject == "Still needs a person: item 12"
    assert "This has waited 1 day." in text_of(reminder)


@pytest.mark.parametrize("name", [name for name in LETTERS if name.startswith("outcome-")])
def test_an_outcome_letter_opens_with_the_outcome_and_has_all_a_referrer_needs(name: str) -> None:
    facts = next(facts for sample, facts in samples(SETTINGS.meeting) if sample == name)
    letter = write(name, facts)
    text = text_of(letter)

    assert text.splitlines()[0].endswith(".")
    assert "HM-2026-0042" in letter.subject
    for words in ("Our reference: HM-2026-0042", "Your reference: CMHT/1234", "on Wednesday 25 November 2026",
                  "persistent and fixated", "Dr A Example", "continues to hold the case", "safety plan",
                  "If you disagree", "complaint"):  # fmt: skip
        assert words in text


# The templates


def test_the_shipped_letters_have_no_problems() -> None:
    assert LETTERS_HERE.check() == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(CONFIG / "letters", tmp_path / "letters")
    return tmp_path


def test_every_template_that_cannot_be_used_is_told_at_once(folder: Path) -> None:
    letters = folder / "letters"
    (letters / "form.md").unlink()
    (letters / "receipt.md").write_text("Hello\n\nthere\n")
    (letters / "alarm.md").write_text("Subject: x\n\nHello {% if %}\n")
    (letters / "question.md").write_bytes(b"Subject: x\n\n\xff\n")
    (letters / "_end.md").write_text("{{ oops }\n")
    (letters / "_page.html").write_text("{{ body")

    with pytest.raises(UserError) as error:
        Letters(our_settings(folder=folder))

    text = "\n".join(error.value.problems)
    for words in ("form.md: is missing", "receipt.md: must begin with", "alarm.md: near line 3", "question.md: is not UTF-8",
                  "_page.html: cannot be used", "_end.md: near line 1"):  # fmt: skip
        assert words in text


def test_check_tells_what_a_changed_letter_lacks_or_asks_for(folder: Path) -> None:
    letters = folder / "letters"
    (letters / "form.md").write_text("Subject: Form\n\nHere it is.\n")
    (letters / "receipt.md").write_text("Subject: {{ refrence }}\n\n999 {{ team.phone }}\n")
    (letters / "alarm.md").write_text("Subject: x\n\n{{ what.__class__.__mro__ }} {{ 1 / 0 }}\n")

    problems = "\n".join(Letters(our_settings(folder=folder)).check())

    assert "form.md: does not say 999" in problems
    assert "form.md: does not say 02382 310 844" in problems
    assert "receipt.md: cannot be written: 'refrence' is undefined" in problems
    assert "alarm.md: cannot be written" in problems
    assert problems.count("receipt.md") == 1


# Speed, with room for a busy machine


def test_a_form_letter_takes_about_a_millisecond_and_its_attachments_little_more() -> None:
    big = Attachment("big.pdf", "application/pdf", bytes(400_000))
    thread = Thread("<a@b.example>")

    assert fastest(lambda: encode(big.data)) < 0.015
    assert fastest(lambda: write("form", FormFacts(), thread=thread, attachments=(PDF,))) < 0.003
    assert fastest(lambda: write("form", FormFacts(), attachments=(big,)).raw) < 0.01


def fastest(work: Any) -> float:
    times = []
    for _ in range(10):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)
