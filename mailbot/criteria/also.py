"""What else the meeting should see: what cannot wait, safeguarding, orders about treatment, a doubtful number."""

from __future__ import annotations

from collections.abc import Iterator

from mailbot.criteria.asked import Asked
from mailbot.criteria.check import Check, Verdict
from mailbot.criteria.published import Published, says_one_of


def also(published: Published, asked: Asked) -> Iterator[Check]:
    """One check each; none where there is nothing to see."""
    for says, key in _seen(published, asked):
        yield Check("also", Verdict.CANNOT_TELL, says, asked.quote(key))


def _seen(published: Published, asked: Asked) -> Iterator[tuple[str, str]]:
    if asked.choice("q_urgent") == "yes":
        yield "something cannot wait for the meeting", "q_urgent"
    if asked.choice("k_people") == "yes" and not says_one_of(published.safeguarded, asked.text("k_people")):
        yield "others may be in danger, and no safeguarding referral is named", "k_people"
    orders = asked.choices("j_orders")
    if "stalking_protection" in orders or says_one_of(published.treatment, asked.text("j_orders")):
        yield "an order may ask for treatment or an assessment: please check its conditions", "j_orders"
    if asked.unsure("p_nhs"):
        yield "the NHS number is not clear: please ask", "p_nhs"
