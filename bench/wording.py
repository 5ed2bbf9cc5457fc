"""What people who ask for the form write: hardly two alike, so that nothing which remembers a text is faster for it."""

from __future__ import annotations

import random
from dataclasses import dataclass

_FIRST = (
    "Aisha", "Bronwen", "Callum", "Dilys", "Ewan", "Farida", "Gareth", "Halima", "Imogen", "Jerome", "Kezia",
    "Lachlan", "Mariam", "Nuala", "Osian", "Petra", "Quentin", "Roisin", "Sanjay", "Thandi", "Ursula", "Viktor",
    "Winifred", "Yusuf",
)  # fmt: skip
_LAST = (
    "Abara", "Birtles", "Cottam", "Dhillon", "Eastwick", "Fenwick", "Gilroy", "Hussain", "Inchbald", "Jessop",
    "Kowal", "Lyddon", "Mbeki", "Netherby", "Oduya", "Penhale", "Quarmby", "Rashid", "Saltash", "Thurgood", "Umar",
    "Vosper",
)  # fmt: skip
_ROLES = """Probation Practitioner
Detective Constable
Senior Social Worker
Community Psychiatric Nurse
GP Partner
Independent Domestic Violence Advocate
Housing Officer
Safeguarding Lead
Clinical Psychologist
Practice Secretary
Support Worker""".splitlines()
_PLACES = """Harbour Road Surgery
North Downs Probation
Castle Ward
Meon Valley Housing
Itchen Family Team
Test Court
Solent Liaison Service
New Forest Outreach
Rother Street Police Station
Alver Community Mental Health Team""".splitlines()
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_SUBJECT = """Referral form
Referral form request
Form please
Request for referral form
Referral
Making a referral
Blank form
Referral form – {place}
Your referral form""".splitlines()
_HELLO = """Hello,
Hi,
Dear team,
Good morning,
Good afternoon
Hi all,
Hello there""".splitlines()
_ABOUT = """
You were recommended to us on {day}.
My manager said on {day} that I should write to you.
I have not used your service before.
I heard you speak at {place} on {day}.
I am new here.""".splitlines()  # the first is nothing
_ASK = """Please could you send me the referral form for your service?
Could I have a copy of your referral form please?
Can you email me the referral form please?
I would like a copy of the referral form.
Please send me a blank referral form.
Could you please send over the referral form?
Would you be able to send me a referral form?
Grateful if you could send me the referral form.
Please can I have a referral form?
May I request a referral form?
Kindly send across the referral form.
Could you forward the referral form to this address please?
I would be grateful for a copy of your referral form.
Please could I get the referral form for your service?
Could someone send me the referral form please?""".splitlines()
_THEN = """
Word or PDF, both are fine.
By email please, I am in clinic on {day}.
No hurry.
Hope you are well.""".splitlines()  # the first is nothing
_BYE = """Many thanks,
Kind regards,
Thanks,
Best wishes,
Thank you in advance,
Regards,
With thanks,""".splitlines()
_SMALL_PRINT = """This message is intended only for the person it is addressed to and may be confidential.
If it has reached you by mistake please tell the sender and delete it.
Views in it are those of the sender and not of {place}.
We check what we send and receive for viruses, and cannot answer for what is added on the way.
Please think of the trees before you print this page.
{place} is open from Monday to Friday, {hour} to 17:30, but not on bank holidays.
Anything that must be kept under the law on public records is kept under number {digits}.
Calls may be recorded so that we can train our staff.
Our privacy notice, version {digits}, says what we do with what you tell us.""".splitlines()


@dataclass(frozen=True)
class Wording:
    """One person's words: a subject, who they are, and the lines of the mail, small print last."""

    name: str
    subject: str
    lines: tuple[str, ...]


def name(chance: random.Random) -> str:
    """A first and a last name."""
    return f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"


def wording(chance: random.Random) -> Wording:
    """The next person's."""
    who = name(chance)
    facts = {
        "place": chance.choice(_PLACES),
        "day": chance.choice(_DAYS),
        "digits": chance.randrange(10_000, 99_999),
        "hour": f"{chance.randrange(8, 12)}:{chance.randrange(60):02}",
    }
    asks = " ".join(filter(None, (chance.choice(_ABOUT), chance.choice(_ASK), chance.choice(_THEN))))
    small = " ".join(chance.sample(_SMALL_PRINT, chance.randrange(4, len(_SMALL_PRINT) + 1)))
    signature = _signature(chance, who)
    lines = (chance.choice(_HELLO), "", asks, "", chance.choice(_BYE), who.partition(" ")[0], *signature, "", small)
    return Wording(who, chance.choice(_SUBJECT).format(**facts), tuple(line.format(**facts) for line in lines))


def _signature(chance: random.Random, who: str) -> tuple[str, ...]:
    """Below the mark that mail programs put there (RFC 3676 4.3)."""
    address = f"{{place}}, {chance.randrange(1, 200)} High Street, Exampleton"
    return ("-- ", who, chance.choice(_ROLES), address, f"Telephone 023 8096 0{chance.randrange(1000):03}")
