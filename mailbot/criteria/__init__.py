"""The published criteria beside a referral's answers: advice for the meeting, never a decision (rule 7).

Each check looks met, looks not met, cannot tell or finds answers that conflict, and quotes the words it rests on. None
of them hides, delays or ranks a referral, and no letter to a referrer says anything of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mailbot.criteria.also import also
from mailbot.criteria.area import Area as Area
from mailbot.criteria.asked import Asked
from mailbot.criteria.check import Check as Check
from mailbot.criteria.check import Verdict as Verdict
from mailbot.criteria.person import age, behaviour, home
from mailbot.criteria.published import Published as Published
from mailbot.criteria.published import load as load
from mailbot.criteria.service import agreement, holder, investigation, on_the_form
from parsers import Answer, Form


def checks(
    published: Published, form: Form, answers: Mapping[str, Answer], received_on: date, *, from_form: bool = True
) -> tuple[Check, ...]:
    """Every check of one referral, C1 to C7 in their order and then what else the meeting should see."""
    asked = Asked(form, answers, received_on, from_form)
    found = [
        age(published, asked),
        home(published, asked),
        behaviour(published, asked),
        investigation(published, asked),
        holder(published, asked),
        on_the_form(published, asked),
        agreement(published, asked),
    ]
    return (*found, *also(published, asked))
