"""Two processes on one PostgreSQL: each mail is handled once, each letter sent once, and one takes over from the other."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from datetime import timedelta

from tests.stories.conftest import OpenDesk
from tests.stories.desk import MONDAY, Desk
from tests.stories.forked import Forked
from tests.stories.mails import BY_PHONE, CHAIR, JO, PRIYA, SAM, pdf_form


@contextlib.contextmanager
def another(desk: Desk) -> Iterator[None]:
    """A second process with the same settings."""
    process = Forked(["run"], desk.environment, desk.folder / "another.log")
    try:
        yield
        assert process.poll() is None, (desk.folder / "another.log").read_text()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def test_together_they_do_everything_once(open_desk: OpenDesk, postgres_url: str) -> None:
    desk = open_desk(database=postgres_url).start()
    with another(desk):
        for number in range(4):
            desk.receive(f"Jo <jo.{number}@probation.example>")
            who = {
                "p_surname": f"{'KLMN'[number] * 6}",
                "p_nhs": None,
                "p_forenames": None,
                "p_dob": f"19{6 + number}0-0{1 + number}-1{number}",
            }
            form = {"form.pdf": pdf_form(r_email=f"priya.{number}@nhs.example", **BY_PHONE, **who)}
            desk.receive(f"Priya <priya.{number}@nhs.example>", "Referral", "", files=form)
        desk.receive(PRIYA, "Hello", "Are you the right people?")
        desk.quiet()
        desk.move_clock(MONDAY + timedelta(days=1, hours=4, minutes=1))
        desk.until(lambda: desk.letters("digest"), "no digest was sent")
        desk.quiet()

        everybody = sorted((letter.name, letter.to) for letter in desk.letters())
        assert everybody == sorted(
            [("form", f"jo.{number}@probation.example") for number in range(4)]
            + [("receipt", f"priya.{number}@nhs.example") for number in range(4)]
            + [("invitation", f"priya.{number}@nhs.example") for number in range(4)]
            + [
                ("digest", CHAIR),
                ("needs-a-person", CHAIR),
                ("needs-a-person", CHAIR),
            ]  # told, and reminded a day later
        )
        assert desk.status()["referrals"] == {"on_list": 4}

        desk.kill()
        desk.move_clock(MONDAY + timedelta(days=1, hours=5))  # the watch of the dead has run out
        desk.receive(SAM)
        assert desk.letter("form", "sam.okafor@council.example")
        desk.receive(JO)
        desk.quiet()
        assert len(desk.letters()) == 17
