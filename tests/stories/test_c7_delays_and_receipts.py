"""C7: delays, delivery receipts and read receipts are logged, and nothing else happens."""

from __future__ import annotations

import pytest

from tests.stories.desk import Desk
from tests.stories.mails import JO, Mail, report

READ = (
    "From: {sender}\r\nTo: {us}\r\nSubject: Read: {subject}\r\nMessage-ID: <read.1@nhs.example>\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\r\n\r\n--b\r\n'
    "Content-Type: text/plain\r\n\r\nYour message was read on 23 November.\r\n--b\r\n"
    "Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: RFC822; {sender}\r\n"
    "Original-Message-ID: {id}\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--b--\r\n"
)


@pytest.mark.parametrize(
    ("action", "status"), [("delayed", "4.4.7"), ("delivered", "2.0.0"), ("relayed", "2.0.0"), ("expanded", "2.0.0")]
)
def test_a_report_of_no_failure(desk: Desk, action: str, status: str) -> None:
    desk.receive(JO)
    form = desk.letter("form")
    desk.deliver(report(desk.address, form, when=desk.now(), action=action, status=status), verdict="")
    desk.quiet()

    assert desk.kinds() == ["form_request", "delivery_report"]
    _nothing_else(desk)


def test_a_read_receipt(desk: Desk) -> None:
    desk.receive(JO)
    form = desk.letter("form")
    raw = READ.format(sender="jo.marsh@nhs.example", us=desk.address, subject=form.subject, id=form.message_id)
    desk.deliver(Mail(JO, "Read", "<read.1@nhs.example>", (), raw.encode()))
    desk.quiet()

    assert desk.kinds() == ["form_request", "delivery_report"]
    _nothing_else(desk)


def _nothing_else(desk: Desk) -> None:
    assert [letter.name for letter in desk.letters()] == ["form"]
    assert desk.waiting() == []
    assert desk.folders() == {"Handled": 2, "Sent": 1}
    with desk.ledger() as tx:
        assert [row["state"] for row in tx.letters.of_mail(1)] == ["sent"]
