"""E1: newsletters and notices that nobody reads the answers of are filed, and counted in the digest."""

from __future__ import annotations

from datetime import timedelta

from tests.stories.desk import MONDAY, Desk


def test_it_is_filed_and_counted(desk: Desk) -> None:
    words = "This month: how to refer, the new referral form, and more. " + "Please read on. " * 30
    news = "Safer Lives Network <news@network.example>"
    desk.receive(news, "Newsletter: our referral form", words, List_Id="<news.network.example>", Precedence="bulk")
    desk.receive("IT <no-reply@desk.example>", "Your mailbox is nearly full", "Please send less mail.")
    desk.quiet()

    assert desk.kinds() == ["bulk", "bulk"]
    assert desk.letters() == []
    assert desk.folders() == {"Handled": 2}

    desk.move_clock(MONDAY + timedelta(days=1, hours=4, minutes=1))
    assert "2 automatic or bulk mails filed without an answer" in desk.letter("digest").text
