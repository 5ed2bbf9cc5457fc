"""The short letters: when they go, how often, and what they never say."""

from __future__ import annotations

import pytest

from mailbot.links import linked_hosts
from mailbot.mail import parse
from mailbot.store import Store
from parsers.write.fill import fill_docx
from tests.desk import CONFIG, PASSED, Desk, mail
from tests.parsers.people import PLAIN
from tests.test_decisions import text

SENDER = "sam.okoro@cmht.example"


@pytest.fixture
def desk() -> Desk:
    """With one referral, whose referrer is confirmed."""
    store = Store("sqlite://")
    store.upgrade()
    desk = Desk(store)
    blank = (CONFIG / "forms/1/referral-form.docx").read_bytes()
    form = fill_docx(blank, {**PLAIN, "r_email": SENDER, "q_urgent": {"choice": "no", "text": ""}})
    desk.handles(passed(mail("Form attached", files=[("form.docx", "application/msword", form)])))
    assert desk.needs() == []
    return desk


def passed(raw: bytes) -> bytes:
    return f"Authentication-Results: {PASSED}cmht.example\r\n".encode() + raw


def reply(desk: Desk, words: str, **headers: str) -> bytes:
    answered = {"In-Reply-To": desk.letters("receipt")[0]["message_id"]}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return passed(mail(words, "RE: Referral", headers=answered | named))


def test_two_programs_that_answer_each_other_come_to_an_end(desk: Desk) -> None:
    for number in range(5):
        row = desk.handles(reply(desk, f"We have your message and will be back on day {number}."))
        assert row["kind"] == "more_information"
    assert len(desk.letters("added")) == 2
    assert desk.needs() == ["more_information"] * 5


def test_an_unmarked_out_of_office_answer_is_not_answered(desk: Desk) -> None:
    desk.handles(reply(desk, "I am on annual leave until Monday."))
    assert desk.letters("added") == []


def test_a_case_that_is_closed_is_not_added_to_without_a_person(desk: Desk) -> None:
    with desk.store.transaction(desk.clock.now()) as tx:
        tx.referrals.change(1, state="told")
    desk.handles(reply(desk, "He has moved back to Gosport."))
    assert (desk.letters("added"), desk.needs()) == ([], ["after_outcome"])
    assert "or a new form?" in " ".join(text(desk.letters("needs-a-person")[-1]).split())


def test_the_stage_of_a_meeting_that_has_been_is_for_a_person(desk: Desk) -> None:
    desk.clock.move(days=3)
    desk.handles(reply(desk, "Any update please?"))
    assert (desk.letters("status"), desk.needs()) == ([], ["status_question"])


def test_a_request_for_the_form_never_joins(desk: Desk) -> None:
    assert desk.handles(reply(desk, "Please can you send me a referral form?"))["kind"] == "form_request"
    with desk.store.look(desk.clock.now()) as tx:
        assert len(tx.mails.of_referral(1)) == 1


def test_nothing_goes_where_nothing_may(desk: Desk) -> None:
    desk.handles(reply(desk, "His postcode is SO14 9ZZ.", reply_to="x@elsewhere.example"))
    desk.handles(mail("I am being stalked", "help", reply_to="x@elsewhere.example"))
    assert (desk.letters("added"), desk.letters("neutral")) == ([], [])
    assert desk.needs() == ["unclear", "victim"]


def test_a_forged_mail_is_put_with_nothing(desk: Desk) -> None:
    forged = reply(desk, "He has moved.").replace(b"dmarc=pass", b"dmarc=fail")
    assert desk.handles(forged)["kind"] == "unclear"
    with desk.store.look(desk.clock.now()) as tx:
        assert len(tx.mails.of_referral(1)) == 1


def test_a_link_below_a_name_is_no_file(desk: Desk) -> None:
    words = "His postcode is SO14 9ZZ.\n\nSam\nhttps://team.sharepoint.com/sites/us"
    assert desk.handles(reply(desk, words))["kind"] == "more_information"


def test_the_names_of_files_are_not_repeated(desk: Desk) -> None:
    macros = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(900)
    desk.handles(mail("Attached.", "Hello", files=[("Daniel Whitlock.docx", "application/msword", macros)]))
    (told,) = desk.letters("cannot-open")
    assert b"Whitlock" not in told["skeleton"]


@pytest.mark.parametrize(
    ("words", "html", "hosts"),
    [
        ("See https://we.tl/t-x and http://A.example:80/", "", ("we.tl", "a.example")),
        ("", '<a href="https://eur1.safelinks.protection.outlook.com/?url=https%3A%2F%2Fx.sharepoint.com%2Fa">f</a>',
         ("eur1.safelinks.protection.outlook.com", "x.sharepoint.com")),
        ("", '<a href="https://new.example/">x</a><blockquote><a href="https://old.example/">y</a></blockquote>',
         ("new.example",)),
        ("no link", "<p>none</p>", ()),
    ],
)  # fmt: skip
def test_hosts_of_links(words: str, html: str, hosts: tuple[str, ...]) -> None:
    assert linked_hosts(words, html) == hosts


def test_links_of_quoted_mail_are_not_the_senders() -> None:
    quoted = "Thanks\n\nOn Mon, 23 Nov 2026 at 09:00, Sam <s@x.example> wrote:\n> https://we.tl/t-x\n"
    assert parse(mail(quoted)).links == ()
