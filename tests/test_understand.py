"""What the headers say of a mail, whom to believe, and when nothing may be answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.kinds import KINDS
from mailbot.letters import mark_of
from mailbot.mail import parse
from mailbot.signs import automatic_sign, bulk_sign, passed_on_by_rule
from mailbot.store import LetterState, Store
from mailbot.understand import authenticity, references_in
from mailbot.understood import Authenticity, Known, KnownReferral, joined, no_automatic_reply
from tests.desk import MONDAY, PASSED, SERVER, US, Desk, mail, our_office, our_settings
from tests.test_mail import dsn

KNOWN = Known(now=MONDAY, our_addresses=frozenset({US}), words=our_office().words, encoder=our_office().encoder)


@pytest.mark.parametrize(
    ("headers", "automatic"),
    [
        ({}, False),
        ({"Auto-Submitted": "no"}, False),
        ({"Auto-Submitted": "No; by=a-person"}, False),
        ({"X-Auto-Response-Suppress": "All"}, False),
        ({"X-Auto-Response-Suppress": "DR, OOF, AutoReply"}, False),
        ({"Auto-Submitted": "auto-generated"}, True),
        ({"Auto-Submitted": "auto-replied (vacation)"}, True),
        ({"Auto-Submitted": "AUTO-NOTIFIED"}, True),
        ({"X-Autoreply": "yes"}, True),
        ({"X-Autoreply": "no"}, False),
        ({"X-Autorespond": "x"}, True),
        ({"Precedence": "auto_reply"}, True),
        ({"Return-Path": "<>"}, True),
        ({"Return-Path": "< >"}, True),
        ({"Return-Path": "<sam@cmht.example>"}, False),
        ({"X-POST-MessageClass": "9; Autoresponder"}, True),
        ({"X-FC-MachineGenerated": "true"}, True),
        ({"X-MS-Exchange-Inbox-Rules-Loop": "sam@cmht.example"}, False),
    ],
)
def test_signs_of_a_machine(headers: dict[str, str], automatic: bool) -> None:
    assert bool(automatic_sign(parse(mail(headers=headers)))) is automatic


@pytest.mark.parametrize(
    ("subject", "automatic"),
    [
        ("Automatic reply: Referral form", True),
        ("[EXTERNAL] Automatic reply: Referral form", True),
        ("Out of Office: Referral form", True),
        ("Out of Office AutoReply: form", True),
        ("out of the office", True),
        ("Auto-reply: form", True),
        ("Auto Response: x", True),
        ("RE: Referral form", False),
        ("Out of office hours contact", False),
        ("RE: Automatic reply: Referral form", False),
        ("AUTO: Pat Dale is out of the office (returning 30/11/2026)", True),
        ("Réponse automatique : Referral form", True),
        ("Automatic reply from the council?", False),
    ],
)
def test_subjects_of_automatic_replies(subject: str, automatic: bool) -> None:
    assert bool(automatic_sign(parse(mail(subject=subject)))) is automatic


@pytest.mark.parametrize(
    ("headers", "bulk"),
    [
        ({}, False),
        ({"List-Id": "<x.lists.example>"}, True),
        ({"List-Unsubscribe": "<mailto:x@y.example>"}, True),
        ({"Feedback-ID": "1:2"}, True),
        ({"Precedence": "Bulk"}, True),
        ({"Precedence": "list"}, True),
        ({"Precedence": "first-class"}, False),
        ({"X-Mailing-List": "x@lists.example"}, True),
        ({"List-Post": "<mailto:x@lists.example>"}, True),
        ({"X-Mailer": "Outlook"}, False),
    ],
)
def test_signs_of_mail_to_many(headers: dict[str, str], bulk: bool) -> None:
    assert bool(bulk_sign(parse(mail(headers=headers)))) is bulk


@pytest.mark.parametrize(
    "sender",
    [
        "noreply@x.example",
        "no-reply@x.example",
        "DoNotReply@x.example",
        "notifications@x.example",
        "gmail-noreply@x.example",
        "no-reply+a1@x.example",
        "bounces+7@x.example",
    ],
)
def test_addresses_nobody_reads(sender: str) -> None:
    assert bulk_sign(parse(mail(sender=sender)))


@pytest.mark.parametrize("sender", ["nora.reply@x.example", "norman@x.example", "notification.officer@x.example"])
def test_a_person_whose_name_begins_alike_is_read(sender: str) -> None:
    assert not bulk_sign(parse(mail(sender=sender)))


@pytest.mark.parametrize(
    "ours", ["masip@groups.desk.example", "<masip.groups.desk.example>", "MASIP@groups.desk.example"]
)
def test_what_comes_through_a_list_of_our_own_is_a_persons(ours: str) -> None:
    through = {
        "List-Id": "The team <masip.groups.desk.example>", "List-Post": "<mailto:masip@groups.desk.example>",
        "List-Unsubscribe": "<mailto:masip+leave@groups.desk.example>", "Precedence": "list",
    }  # fmt: skip
    found = parse(mail(headers=through))
    assert bulk_sign(found) == "List-Id"
    assert bulk_sign(found, [ours]) == ""
    assert bulk_sign(found, ["other@groups.desk.example"]) == "List-Id"
    assert bulk_sign(parse(mail(headers={**through, "Feedback-ID": "1:2"})), [ours]) == "Feedback-ID"
    known = Known(now=MONDAY, our_addresses=frozenset({US}), own_lists=frozenset({ours}))
    assert no_automatic_reply(found, known) == ()


RULE = {"Auto-Submitted": "auto-generated", "X-MS-Exchange-Generated-Message-Source": "Mailbox Rules Agent"}


@pytest.mark.parametrize(
    ("headers", "subject", "passed_on"),
    [
        (RULE, "Referral form", True),
        ({"Auto-Submitted": "auto-generated", "X-MS-Exchange-Inbox-Rules-Loop": "a@x.example"}, "Referral form", True),
        ({"Auto-Submitted": "auto-generated", "Resent-From": "a@x.example"}, "Referral form", True),
        ({"Auto-Submitted": "auto-generated"}, "Referral form", False),
        ({**RULE, "Auto-Submitted": "auto-replied"}, "Referral form", False),
        (RULE, "Automatic reply: Referral form", False),
        ({}, "Referral form", False),
    ],
)
def test_a_rule_that_passes_on_a_persons_mail(headers: dict[str, str], subject: str, passed_on: bool) -> None:
    assert passed_on_by_rule(parse(mail(headers=headers, subject=subject))) is passed_on


def test_what_a_rule_passed_on_is_answered_once_a_day(desk: Desk) -> None:
    """R16: a stricter limit than other mail has."""
    kinds = [desk.handles(mail(headers=RULE))["kind"] for _ in range(2)]
    desk.clock.move(hours=25)
    kinds.append(desk.handles(mail(headers=RULE))["kind"])
    assert kinds == ["form_request", "unclear", "form_request"]
    assert len(desk.letters("form")) == 2


@pytest.mark.parametrize(
    "returned",
    [
        "Message-ID: <rewritten@prod.outlook.example>\nX-Microsoft-Original-Message-ID: {id}\n",
        "Message-ID: <rewritten@prod.outlook.example>\nX-Mailbot-Letter: {mark}\n",
        "X-Mailbot-Letter: {mark}\n",
    ],
)
@pytest.mark.parametrize("media_type", ["message/rfc822", "text/rfc822-headers"])
def test_a_bounce_finds_its_letter_although_the_message_id_was_rewritten(
    desk: Desk, returned: str, media_type: str
) -> None:
    desk.handles(mail())
    desk.deliver()
    (letter,) = desk.letters("form")
    with desk.store.transaction(desk.clock.now()) as tx:
        tx.letters.settle(letter["id"], LetterState.SENT, list(LetterState))
    headers = returned.format(id=letter["message_id"], mark=mark_of("form", letter["cause"]))
    raw = (
        "From: MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@x.example\nSubject: Undeliverable: Referral form\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n'
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns;x\n\n"
        "Final-Recipient: rfc822;sam.okoro@cmht.example\nAction: failed\nStatus: 5.1.10\n\n--b\n"
        f"Content-Type: {media_type}\n\n{headers}Subject: x\n\n--b--\n"
    )
    desk.handles(raw.encode())
    assert [one["state"] for one in desk.letters("form")] == ["delivered_not"]
    assert desk.needs() == ["not_delivered"]


OTHERS = "mx.elsewhere.example; dmarc=pass header.from=cmht.example"


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ([], "unknown"),
        ([f"{PASSED}cmht.example"], "pass"),
        (
            [f"{SERVER} 1; spf=pass smtp.mailfrom=x; dkim=pass; dmarc=pass (p=none dis=none) header.from=cmht.example"],
            "pass",
        ),
        ([f"{SERVER.upper()}; dmarc=PASS header.from=CMHT.example"], "pass"),
        ([f"{SERVER}; dmarc=pass"], "pass"),
        ([f"{SERVER}; dmarc=fail header.from=cmht.example"], "fail"),
        ([f"{SERVER}; dmarc=none header.from=cmht.example"], "unknown"),
        ([f"{SERVER}; dmarc=temperror"], "unknown"),
        ([f"{SERVER}; spf=pass; dkim=pass header.d=cmht.example"], "unknown"),
        ([f"{SERVER}; none"], "unknown"),
        ([f"{PASSED}decoy.example"], "unknown"),
        ([OTHERS], "unknown"),
        ([f"{SERVER}.evil.example; dmarc=pass header.from=cmht.example"], "unknown"),
        ([f"evil-{SERVER}; dmarc=pass header.from=cmht.example"], "unknown"),
        ([f"{SERVER}; dmarc=fail header.from=cmht.example", f"{PASSED}cmht.example"], "fail"),
        ([f"{SERVER}; dmarc=none", f"{PASSED}cmht.example"], "unknown"),
        ([OTHERS, f"{SERVER}; dmarc=fail header.from=cmht.example"], "fail"),
        ([f'{SERVER}; x="; dmarc=pass header.from=cmht.example"; dmarc=fail'], "fail"),
        ([f"{SERVER}; spf=pass (dmarc=pass header.from=cmht.example) smtp.mailfrom=x; dmarc=fail"], "fail"),
        ([f"{SERVER}; spf=fail smtp.mailfrom=dmarc=pass; dmarc=fail header.from=cmht.example"], "fail"),
        ([""], "unknown"),
    ],
)
def test_only_our_own_servers_topmost_word_counts(results: list[str], verdict: str) -> None:
    raw = b"".join(f"Authentication-Results: {one}\r\n".encode() for one in results) + mail()
    assert authenticity(parse(raw), our_settings().mailbox) == verdict


def test_without_the_name_of_our_server_nothing_is_known() -> None:
    settings = our_settings().mailbox.model_copy(update={"authserv_id": ""})
    raw = b"Authentication-Results: ; dmarc=pass header.from=cmht.example\r\n" + mail()
    assert authenticity(parse(raw), settings) == Authenticity.UNKNOWN


@given(st.text(max_size=200))
def test_nothing_forged_below_our_servers_word_counts(text: str) -> None:
    line = " ".join(text.split()).encode("ascii", "ignore")
    raw = f"Authentication-Results: {SERVER}; dmarc=fail\r\n".encode() + b"X: " + line + b"\r\n" + mail()
    assert authenticity(parse(raw), our_settings().mailbox) == Authenticity.FAIL


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({}, []),
        ({"to": "someone@x.example", "Cc": US}, ["not_addressed_to_us"]),
        ({"to": "someone@x.example"}, ["not_addressed_to_us"]),
        ({"to": f"someone@x.example, Desk <{US.upper()}>"}, []),
        ({"Reply-To": "sam.okoro@cmht.example"}, []),
        ({"Reply-To": "sam@team.cmht.example"}, []),
        ({"Reply-To": "sam@evil.example"}, ["reply_elsewhere"]),
        ({"Reply-To": "sam@cmht.example, x@evil.example"}, ["reply_elsewhere"]),
        ({"Reply-To": "sam@evilcmht.example"}, ["reply_elsewhere"]),
        ({"sender": "nobody"}, ["no_sender"]),
        ({"sender": US}, ["from_us"]),
        ({"Auto-Submitted": "auto-generated"}, ["automatic"]),
        ({"List-Id": "<x.example>"}, ["bulk"]),
    ],
)
def test_why_nothing_is_answered_by_itself(changes: dict[str, str], rules: list[str]) -> None:
    found = no_automatic_reply(parse(mail(**changes)), KNOWN)  # type: ignore[arg-type]
    assert [why.rule for why in found] == rules


def test_nothing_is_answered_that_failed_or_came_to_junk() -> None:
    known = Known(now=MONDAY, our_addresses=frozenset({US}), role="junk", authenticity=Authenticity.FAIL)
    assert [why.rule for why in no_automatic_reply(parse(mail()), known)] == ["authentication_failed", "in_junk"]


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("HM-2026-0042", {"HM-2026-0042"}),
        ("about hm-2026-0042, and HM-2025-12345.", {"HM-2026-0042", "HM-2025-12345"}),
        ("XHM-2026-0042 HM-2026-42 HM-26-0042 HM 2026 0042 AB-2026-0042", set()),
    ],
)
def test_references_in_a_text(text: str, references: set[str]) -> None:
    assert references_in(text, "HM") == references


def test_two_signs_join_and_one_does_not() -> None:
    two = KnownReferral(1, "HM-2026-0001", frozenset({"reference", "thread"}))
    one = KnownReferral(2, "HM-2026-0002", frozenset({"reference"}))
    assert joined(Known(now=MONDAY, our_addresses=frozenset(), referrals=(two, one))) == [two]


def test_every_kind_is_in_the_table_and_the_last_takes_all() -> None:
    folder = Path(__file__).parents[1] / "mailbot" / "kinds"
    assert set(KINDS) == {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert list(KINDS)[-1] == "unclear"
    assert KINDS["unclear"].recognise(parse(b""), KNOWN)


@given(st.binary(max_size=300))
def test_every_kind_looks_at_any_mail(raw: bytes) -> None:
    for kind in KINDS.values():
        kind.recognise(parse(raw), KNOWN)


@pytest.fixture
def desk() -> Desk:
    store = Store("sqlite://")
    store.upgrade()
    return Desk(store)


class TestRepeats:
    def test_the_same_mail_twice_is_answered_once(self, desk: Desk) -> None:
        raw = mail()
        assert desk.handles(raw)["kind"] == "form_request"
        assert desk.handles(raw)["kind"] == "repeat"
        assert desk.handles(b"X-Gateway: added\r\n" + raw)["kind"] == "repeat"
        assert len(desk.letters("form")) == 1

    def test_asking_again_in_a_new_mail_is_no_repeat(self, desk: Desk) -> None:
        for _ in range(4):
            assert desk.handles(mail())["kind"] == "form_request"
        assert len(desk.letters("form")) == 2, "no more than two in a day"
        desk.clock.move(hours=25)
        desk.handles(mail())
        assert len(desk.letters("form")) == 3

    def test_the_same_message_id_with_other_words_is_no_repeat(self, desk: Desk) -> None:
        desk.handles(mail(message_id="<a@x.example>"))
        assert desk.handles(mail("How do I refer?", message_id="<a@x.example>"))["kind"] == "form_request"


class TestReportsAboutLetters:
    def test_a_bounce_marks_the_letter_and_asks_a_person_once(self, desk: Desk) -> None:
        desk.handles(mail())
        (form,) = desk.letters("form")
        send(desk)
        assert desk.handles(dsn(message_id=form["message_id"]))["state"] == "needs_person"
        assert desk.letters("form")[0]["state"] == "delivered_not"
        desk.handles(dsn(message_id=form["message_id"], status="5.2.2"))
        assert desk.needs() == ["not_delivered"]

    @pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
    def test_anything_but_a_failure_is_only_noted(self, desk: Desk, action: str) -> None:
        desk.handles(mail())
        send(desk)
        raw = dsn(action, "4.4.1" if action == "delayed" else "2.0.0", desk.letters("form")[0]["message_id"])
        assert (desk.handles(raw)["kind"], desk.needs()) == ("delivery_report", [])
        assert desk.letters("form")[0]["state"] == "sent"

    def test_a_bounced_letter_to_staff_makes_no_letter_about_a_letter(self, desk: Desk) -> None:
        desk.handles(mail(to="other@x.example"))
        send(desk)
        (told,) = desk.letters("needs-a-person")
        desk.handles(dsn(message_id=told["message_id"]))
        assert "not_delivered" in desk.needs()
        assert len(desk.letters()) == 1


def send(desk: Desk) -> None:
    """As if the server had taken everything."""
    from datetime import timedelta

    from mailbot.store import LetterState

    with desk.store.transaction(desk.clock.now()) as tx:
        for letter in tx.letters.take(100, timedelta(minutes=1)):
            tx.letters.begin(letter.id, timedelta(minutes=1))
            tx.letters.finish(letter.id, LetterState.SENT)


class TestAnsweredByHand:
    def test_nothing_is_added_to_a_persons_answer(self, desk: Desk) -> None:
        with desk.store.transaction(desk.clock.now()) as tx:
            tx.folders.answered_by_hand(["<a@x.example>"])
        assert desk.handles(mail(message_id="<a@x.example>"))["kind"] == "form_request"
        assert desk.letters() == []


class TestFaults:
    def test_one_bad_mail_is_set_aside_told_of_once_and_can_be_tried_again(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fault(*_: object) -> None:
            raise ZeroDivisionError("a name of somebody")

        with monkeypatch.context() as broken:
            broken.setattr("mailbot.kinds.form_request.act", fault)
            bad = desk.arrives(mail())
            good = desk.arrives(mail("Thanks", "Thanks"))
            desk.work()
            desk.work()
        assert (desk.mail(bad)["state"], desk.mail(good)["state"]) == ("set_aside", "handled")
        assert "ZeroDivisionError" in desk.mail(bad)["error"]
        (told,) = desk.letters("needs-a-person")
        assert b"ZeroDivisionError" in told["skeleton"]
        assert b"a name of somebody" not in told["skeleton"]

        from mailbot.actions import answers

        with desk.store.transaction(desk.clock.now()) as tx:
            answers.retry(tx, bad, "Ada")
        desk.work()
        assert desk.mail(bad)["state"] == "handled"
        assert len(desk.letters("form")) == 1

    def test_three_strikes_and_it_is_out(self, desk: Desk) -> None:
        from datetime import timedelta

        from mailbot.store import MailState

        mail_id = desk.arrives(mail())
        for _ in range(3):  # the process dies each time
            with desk.store.transaction(desk.clock.now()) as tx:
                assert tx.mails.take(MailState.NEW, 1, timedelta(minutes=5))
            desk.clock.move(minutes=6)
        desk.work()
        assert desk.mail(mail_id)["state"] == "set_aside"
        assert desk.letters("form") == []
