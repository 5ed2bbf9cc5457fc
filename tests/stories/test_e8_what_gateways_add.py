"""E8: subject tags, banners, disclaimers and Safe Links are passed over, and never taken for somebody's words."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import JO, PRIYA, pdf_form

BANNER = (
    "CAUTION: This email originated from outside of the organisation. Do not click links or\n"
    "open attachments unless you recognise the sender and know the content is safe.\n\n"
)
SMALL_PRINT = (
    "\n\n********************************************************************\n"
    "This message may contain confidential information. If you are not the intended recipient please:\n"
    "i) inform the sender; ii) withdraw from reading; he will kill the message and we are out of the office.\n"
)
SAFE = "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fcmht.example%2F&data=05%7C02"
TAGS = "[EXTERNAL] EXT: [OFFICIAL-SENSITIVE] "


def test_a_request(desk: Desk) -> None:
    words = f"{BANNER}Please can you send me your referral form?\n\nJo\ncmht.example<{SAFE}>"
    desk.receive(JO, f"{TAGS}Referral form", words + SMALL_PRINT)
    desk.letter("form")
    desk.quiet()

    assert desk.kinds() == ["form_request"]
    assert desk.waiting() == []


def test_a_returned_form(desk: Desk) -> None:
    desk.receive(
        PRIYA, f"{TAGS}RE: [SECURE] Referral", f"{BANNER}As attached.{SMALL_PRINT}", files={"form.pdf": pdf_form()}
    )
    desk.letter("receipt")
    desk.quiet()

    assert desk.kinds() == ["returned_form"]
    assert desk.waiting() == []


def test_more_information_is_joined_by_the_reference_behind_the_tags(desk: Desk) -> None:
    desk.receive(PRIYA, "Referral", "", files={"form.pdf": pdf_form()})
    desk.letter("receipt")
    desk.quiet()
    words = f"{BANNER}His new officer is DC Alder.{SMALL_PRINT}"
    desk.receive(PRIYA, f"{TAGS}RE: FW: [EXTERNAL] HM-2026-0001", words)
    desk.letter("added")
    desk.quiet()

    assert desk.kinds() == ["returned_form", "more_information"]
    assert len(desk.show("HM-2026-0001")["mails"]) == 2
    assert "danger" not in [item["rule"] for item in desk.waiting()]
