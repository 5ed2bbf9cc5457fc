"""E2: spam and phishing get no reply, nothing in them is used, and staff can see them."""

from __future__ import annotations

from tests.stories.desk import Desk
from tests.stories.mails import pdf_form

WORDS = "Your mailbox is full. Please send the referral form to https://login.evil.example today."


def test_what_filters_marked_or_put_into_junk(desk: Desk) -> None:
    desk.receive("IT <it@evil.example>", "Mailbox full", "Sign in today.", X_Spam_Flag="YES", verdict="none")
    desk.receive("IT <it@evil.example>", "Hello", "Sign in.", X_MS_Exchange_Organization_SCL="9", verdict="none")
    desk.receive("News <news@evil.example>", "Offers", "Unsubscribe here.", List_Unsubscribe="<https://x.example>")
    desk.quiet()

    assert desk.kinds() == ["bulk"] * 3
    assert desk.letters() == []
    assert desk.waiting() == []
    assert desk.folders() == {"Handled": 3}


def test_a_request_that_is_marked_as_spam_goes_to_a_person(desk: Desk) -> None:
    """It may be a person's, whom nobody may miss; the form goes to nobody by itself."""
    asks = "Please could you send me your referral form? Thank you."
    desk.receive("Sam <sam@housing.example>", "Referral form", asks, X_Spam_Flag="YES", verdict="none")
    desk.letter("needs-a-person")
    desk.quiet()

    assert desk.kinds() == ["unclear"]
    assert [letter.name for letter in desk.letters()] == ["needs-a-person"]


def test_a_form_that_a_forger_sends_makes_no_referral(desk: Desk) -> None:
    desk.receive("Priya <priya.nair@nhs.example>", "Referral", WORDS, files={"form.pdf": pdf_form()}, verdict="fail")
    desk.letter("needs-a-person")
    desk.quiet()

    assert desk.status()["referrals"] == {}
    assert [letter.name for letter in desk.letters()] == ["needs-a-person"]
