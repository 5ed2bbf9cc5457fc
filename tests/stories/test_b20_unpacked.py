"""B20: a form in winmail.dat, .msg, .eml or a forwarded mail is taken as if it had been attached directly."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.parsers.packing import msg, winmail
from tests.parsers.test_unpack import eml, forwarded
from tests.stories.desk import Desk
from tests.stories.mails import PRIYA, SAM, pdf_form, word_form


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("winmail.dat", lambda: winmail({"form.pdf": pdf_form(), "logo.png": b"\x89PNG\r\n\x1a\n" + bytes(300)})),
        ("Referral.msg", lambda: msg({"form.docx": word_form()}, "Please see the form.")),
        ("Referral.eml", lambda: eml(form_pdf=pdf_form())),
        ("FW Referral.eml", lambda: forwarded(eml(form_docx=word_form()))),
    ],
)
def test_it_is_a_referral(desk: Desk, name: str, pack: Callable[[], bytes]) -> None:
    sent = desk.receive(PRIYA, "Referral", "Please find attached.", files={name: pack()})
    receipt = desk.letter("receipt")
    desk.quiet()

    assert receipt.to == sent.address
    assert desk.kinds() == ["returned_form"]
    assert desk.waiting() == []
    assert desk.show("HM-2026-0001")["referral"]["confirmed_by"]


def test_somebody_elses_form_passed_on(desk: Desk) -> None:
    """The referral is whose form it is; who passed it on gets the receipt, and nobody is confirmed."""
    desk.receive(SAM, "FW: Referral", "From our old address.", files={"Referral.msg": msg({"form.pdf": pdf_form()})})
    receipt = desk.letter("receipt")
    desk.quiet()

    assert receipt.to == "sam.okafor@council.example"
    assert desk.kinds() == ["returned_form"]
    assert desk.show("HM-2026-0001")["referral"]["confirmed_by"] is None
